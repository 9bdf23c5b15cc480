"""`copyart export`: write a style in another format."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from copyart.backend import is_installed
from copyart.cli.console import (
    UserPath,
    json_option,
    load_backend,
    load_tensorflow,
    print_json,
    print_message,
    suppress_stderr,
    verbosity_options,
)
from copyart.errors import ConfigError

if TYPE_CHECKING:
    from copyart.export.report import ExportReport, TorchReport

#: Format → the options that it accepts besides --photos. None: not even --photos, because only weights are compared.
_OPTIONS: dict[str, tuple[str, ...] | None] = {
    "saved-model": (),
    "onnx": ("precision", "floats", "calibration"),
    "litert": ("precision", "calibration"),
    "web": (),
    "torch": None,
}


@click.command(short_help="Write a style in another format.")
@click.argument("style", metavar="STYLE")
@click.option("--to", "form", type=click.Choice(list(_OPTIONS)), required=True, help="What to write.")
@click.argument("out", type=UserPath(path_type=Path))
@click.option(
    "--precision",
    type=click.Choice(["float32", "float16", "int8"]),
    help="Precision of onnx and litert.  [default: float32]",
)
@click.option(
    "--float",
    "floats",
    is_flag=True,
    help="For onnx: input and output are batches of floats in [-1, 1] instead of uint8 pictures.",
)
@click.option(
    "--photos", type=UserPath(), help="A folder of photos to compare on, at most 16.  [default: bundled photos]"
)
@click.option(
    "--calibration",
    type=UserPath(),
    help="A folder of photos to calibrate int8 with, at most 16.  [default: bundled photos]",
)
@json_option
@verbosity_options
def export(style: str, form: str, out: Path, as_json: bool, **options: Any) -> None:
    """Write STYLE (anything that `copyart paint --style` accepts) to OUT in another format.

    Each export is run in its own runtime and compared with the style. The report states the differences; if they are
    too large, nothing is written. A SavedModel is written to OUT/1, or to OUT/2 if OUT/1 exists, as TensorFlow
    Serving expects; onnx and litert write a file, web a folder, torch a state dict for pytorch-CycleGAN-and-pix2pix.

    \b
    copyart export runs/vangogh --to saved-model served/vangogh
    copyart export monet --to onnx monet.onnx
    copyart export monet --to litert monet.tflite --precision int8
    copyart export runs/vangogh --to torch latest_net_G.pth
    """
    given = {name: value for name, value in options.items() if value}
    _refuse_options_of_other_formats(form, given)
    report: Any = _write_export(style, form, out, **_replace_folders_by_photos(given))
    if as_json:
        facts = dataclasses.asdict(report)
        print_json({name: str(value) if isinstance(value, Path) else value for name, value in facts.items()})
    elif form == "torch":
        print_message(
            f"{report.path}: {report.architecture}; read back, and all {report.tensors} tensors equal the style's. "
            f"Report: {report.report_file}"
        )
    else:
        _print_export(report)


def _refuse_options_of_other_formats(form: str, given: dict[str, Any]) -> None:
    options = _OPTIONS[form]
    taken = () if options is None else (*options, "photos")
    if unfit := given.keys() - taken:
        accepted = ", ".join(map(_option_name, taken)) or "no such options"
        raise ConfigError(f"--to {form} accepts {accepted}. Received: {_option_name(min(unfit))}. Leave it out.")


def _print_export(report: "ExportReport") -> None:
    largest, mean = 255 * report.max_painting_difference, 255 * report.mean_painting_difference
    print_message(
        f"{report.path}: paintings differ from the style's by at most {largest:.2g} of 255 grey levels, on average by "
        f"{mean:.2g} ({report.pictures} pictures, {report.runtime}). Report: {report.report_file}"
    )


def _option_name(name: str) -> str:
    return {"floats": "--float"}.get(name, f"--{name}")


def _replace_folders_by_photos(given: dict[str, Any]) -> dict[str, Any]:
    """Return the options with the pictures of each folder of photos instead of the folder."""
    from copyart.data.images import list_images

    return {name: list_images(value) if name in ("calibration", "photos") else value for name, value in given.items()}


def _write_export(style: str, form: str, out: Path, **arguments: Any) -> "ExportReport | TorchReport":
    if form in ("saved-model", "litert"):
        load_tensorflow()
    elif form == "torch" or is_installed("keras"):  # onnx and web work without Keras
        load_backend()
    from copyart import export
    from copyart.painting.loading import load

    with suppress_stderr():
        model = load(style)
        if form == "saved-model":
            return export.saved_model(model, export.next_version(out), **arguments)
        write = export.torch_weights if form == "torch" else getattr(export, form)
        return write(model, out, **arguments)
