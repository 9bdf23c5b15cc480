"""`copyart distill`: train a light generator to imitate another style."""

import dataclasses
from pathlib import Path
from typing import Any

import click

from copyart.backend import BACKENDS
from copyart.cli.console import (
    UserPath,
    count_bar,
    json_option,
    load_backend,
    print_json,
    print_message,
    verbosity_options,
)


@click.command(short_help="Train a light generator to imitate another style.")
@click.argument("teacher", metavar="STYLE")
@click.option("--photos", multiple=True, required=True, type=UserPath(), help="A folder of photos; may be repeated.")
@click.option("--out", "-o", required=True, type=UserPath(path_type=Path), help="The style folder to write.")
@click.option("--steps", type=int, default=2000, show_default=True, help="Training steps.")
@click.option("--blocks", type=int, help="Residual blocks of the student.  [default: 4]")
@click.option("--filters", type=int, help="Channels of its first layer.  [default: 32]")
@click.option("--image-size", type=int, default=128, show_default=True, help="Side of the crops, in pixels.")
@click.option(
    "--load-size", type=int, help="Side to which photos are resized before cropping.  [default: 286 for crops of 128]"
)
@click.option("--batch-size", type=int, default=4, show_default=True, help="Crops a step.")
@click.option(
    "--learning-rate",
    type=float,
    default=1e-3,
    show_default=True,
    help="Initial learning rate; it falls to 0 along a cosine.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the weights, the split and the crops.")
@click.option("--half", is_flag=True, help="Store float16, at half the size.")
@click.option("--backend", type=click.Choice(BACKENDS), help="Backend of Keras.  [default: TensorFlow if installed]")
@json_option
@verbosity_options
def distill(
    teacher: str, photos: tuple[str, ...], out: str, backend: str | None, as_json: bool, **settings: Any
) -> None:
    """Train a light style to imitate STYLE. It needs only photos.

    STYLE is a workdir, a style folder, a .keras or .pth file, or a name. The light style takes 1.4 MB (0.7 with --half)
    and a thirtieth of the arithmetic of the paper's nine blocks.

    \b
    copyart distill runs/vangogh/best --photos photos/ -o styles/vangogh
    copyart distill monet_published.pth --photos photos/ -o styles/monet
    """
    load_backend(backend)
    from copyart.training.distill import distill as teach

    with count_bar("reading pictures") as read, count_bar("learning", "steps") as learnt:
        made = teach(teacher, list(photos), out, progress=learnt, data_progress=read, say=print_message, **settings)
    if as_json:
        print_json({**dataclasses.asdict(made), "path": str(made.path)})
        return
    print_message(
        f"{made.path}: {made.name}, {made.architecture}, {made.parameters:,} weights ({made.teacher} has "
        f"{made.teacher_parameters:,}). Paintings of unseen photos differ by {made.difference:.1f} of 255 grey levels."
    )
