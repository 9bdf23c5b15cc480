"""`copyart export`."""

import dataclasses
from pathlib import Path

import click

from copyart.cli.console import json_option, load_tensorflow, loudness_options, print_json, say


@click.command(short_help="Write a style in another form.")
@click.argument("style", metavar="DIR")
@click.option("--to", "form", type=click.Choice(["saved-model"]), required=True, help="What to write.")
@click.argument("out", type=click.Path(path_type=Path))
@json_option
@loudness_options
def export(style, form, out, as_json):
    """Write the style in DIR (a workdir, a style folder, a .keras or .pth file) to OUT in another form.

    A SavedModel goes to OUT/1, or to OUT/2 if there is one already, as TensorFlow Serving wants it. It is compared
    with the style before the command ends.

    \b
    copyart export runs/vangogh --to saved-model served/vangogh
    """
    load_tensorflow()
    from copyart.export import next_version, saved_model
    from copyart.painting.loading import load

    path = next_version(out)
    report = saved_model(load(style), path)
    if as_json:
        print_json({**dataclasses.asdict(report), "path": str(report.path)})
    else:
        levels = 255 * report.max_painting_difference
        say(f"{report.path}: paintings differ from the style's own by {levels:.2g} of 255 levels at most.")
