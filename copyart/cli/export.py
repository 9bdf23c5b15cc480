"""`copyart export`."""

import dataclasses
from pathlib import Path

import click

from copyart.cli.console import hushed, json_option, load_backend, load_tensorflow, loudness_options, print_json, say
from copyart.errors import ConfigError

#: Form → the options that it takes besides the photos to compare on.
_OPTIONS = {
    "saved-model": (),
    "onnx": ("precision", "floats", "calibration"),
    "litert": ("precision", "calibration"),
    "web": (),
}


@click.command(short_help="Write a style in another form.")
@click.argument("style", metavar="STYLE")
@click.option("--to", "form", type=click.Choice(list(_OPTIONS)), required=True, help="What to write.")
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--precision", type=click.Choice(["float32", "float16", "int8"]), help="Of onnx and litert. Defaults to float32."
)
@click.option("--float", "floats", is_flag=True, help="onnx: batches of floats in [-1, 1], not a picture's bytes.")
@click.option("--photos", type=click.Path(), help="A folder of photos to compare on; else bundled ones.")
@click.option("--calibration", type=click.Path(), help="A folder of photos to calibrate int8 by; else bundled ones.")
@json_option
@loudness_options
def export(style, form, out, photos, as_json, **options):
    """Write STYLE (whatever --artist of `copyart paint` takes) to OUT in another form.

    Every form is run by its own runtime and compared with the style before the command ends; what was found stands
    in its card, and one that differs too much is not written. A SavedModel goes to OUT/1, or to OUT/2 if there is
    one already, as TensorFlow Serving wants it; onnx and litert are files; web is a folder.

    \b
    copyart export runs/vangogh --to saved-model served/vangogh
    copyart export monet --to onnx monet.onnx
    copyart export monet --to litert monet.tflite --precision int8
    """
    given = {name: value for name, value in options.items() if value}
    if unfit := given.keys() - _OPTIONS[form]:
        raise ConfigError(
            f"--to {form} takes {', '.join(map(_flag, _OPTIONS[form])) or 'no such options'}. "
            f"Received: {_flag(min(unfit))}. Leave it out."
        )
    report = _write(style, form, out, **_read(given, photos))
    if as_json:
        print_json({**dataclasses.asdict(report), "path": str(report.path), "card": str(report.card)})
        return
    largest, mean = 255 * report.max_painting_difference, 255 * report.mean_painting_difference
    say(
        f"{report.path}: paintings differ from the style's own by {largest:.2g} of 255 levels at most, {mean:.2g} on "
        f"average ({report.pictures} pictures, {report.runtime}). Card: {report.card}"
    )


def _flag(name):
    return {"floats": "--float"}.get(name, f"--{name}")


def _read(given, photos):
    """Turn what was given on the command line into arguments."""
    from copyart.data.images import list_images

    arguments = dict(given)
    if "calibration" in given:
        arguments["calibration"] = list_images(given["calibration"])
    return {**arguments, "photos": list_images(photos) if photos else None}


def _write(style, form, out, **arguments):
    (load_tensorflow if form in ("saved-model", "litert") else load_backend)()
    from copyart import export
    from copyart.painting.loading import load

    with hushed():
        model = load(style)
        if form == "saved-model":
            return export.saved_model(model, export.next_version(out), **arguments)
        return {"onnx": export.onnx, "litert": export.litert, "web": export.web}[form](model, out, **arguments)
