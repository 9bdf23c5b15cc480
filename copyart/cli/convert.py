"""`copyart convert`: convert another project's weights to a style folder."""

import dataclasses
from pathlib import Path
from typing import Any

import click

from copyart.cli.console import UserPath, json_option, load_backend, print_json, print_message, verbosity_options


@click.command(short_help="Convert another project's weights to a style.")
@click.argument("file", type=UserPath(path_type=Path))
@click.argument("style", type=UserPath(path_type=Path))
@click.option("--name", help="Name of the style to show.  [default: the file's name]")
@click.option("--licence", help="Licence of the weights.  [default: unknown]")
@click.option("--source", help="Where the file comes from, and its training data.  [default: unknown]")
@click.option("--network", help="Network to take from a file that holds several.  [default: a Keras file's first]")
@click.option("--half", is_flag=True, help="Store float16, at half the size.")
@json_option
@verbosity_options
def convert(file: Path, style: Path, as_json: bool, **options: Any) -> None:
    """Convert the generator in FILE to the style folder STYLE.

    FILE is a .pth file of pytorch-CycleGAN-and-pix2pix or of the CUT project, a .h5 file of the CycleGAN example on
    keras.io, or the .index file of its checkpoint. It is read without PyTorch, and no code in it is run.

    \b
    copyart convert latest_net_G_A.pth styles/mine --name "Claude Monet" --licence "CC BY 4.0"
    copyart convert checkpoint.pth styles/mine --network G_AB
    """
    load_backend()
    from copyart.weights import convert_weights

    report = convert_weights(file, style, **options)
    if as_json:
        print_json({**dataclasses.asdict(report), "path": str(report.path)})
    else:
        print_message(f"{report.path}: {report.architecture}. Look at {report.path / 'preview.jpg'}.")
