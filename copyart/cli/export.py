"""`copyart export`."""

import dataclasses
from pathlib import Path

import click

from copyart.cli.console import json_option, load_backend, load_tensorflow, loudness_options, print_json, say


def _saved_model(style, out):
    load_tensorflow()
    from copyart.export import next_version, saved_model
    from copyart.painting.loading import load

    path = next_version(out)
    report = saved_model(load(style), path)
    levels = 255 * report.max_painting_difference
    return report, f"{report.path}: paintings differ from the style's own by {levels:.2g} of 255 levels at most."


def _torch(style, out):
    load_backend()
    from copyart.export import torch_weights
    from copyart.painting.loading import load

    report = torch_weights(load(style), out)
    return report, f"{report.path}: {report.architecture}; read back, all {report.tensors} tensors are the style's own."


#: Name of a form → what writes it: a function of the style and the place, which returns a report and a line on it.
FORMS = {"saved-model": _saved_model, "torch": _torch}


@click.command(short_help="Write a style in another form.")
@click.argument("style", metavar="DIR")
@click.option("--to", "form", type=click.Choice(list(FORMS)), required=True, help="What to write.")
@click.argument("out", type=click.Path(path_type=Path))
@json_option
@loudness_options
def export(style, form, out, as_json):
    """Write the style in DIR (a workdir, a style folder, a .keras, .pth or .h5 file) to OUT in another form.

    A SavedModel goes to OUT/1, or to OUT/2 if there is one already, as TensorFlow Serving wants it. It is compared
    with the style before the command ends. A PyTorch state dict is the file OUT; pytorch-CycleGAN-and-pix2pix loads it.

    \b
    copyart export runs/vangogh --to saved-model served/vangogh
    copyart export runs/vangogh --to torch latest_net_G.pth
    """
    report, line = FORMS[form](style, out)
    if as_json:
        print_json({**dataclasses.asdict(report), "path": str(report.path)})
    else:
        say(line)
