"""`copyart demo`: train a tiny model on the bundled sample and paint with it."""

from pathlib import Path
from typing import Any

import click

from copyart.cli.console import UserPath, count_bar, is_quiet, load_backend, print_message, verbosity_options

#: Small enough to take a few minutes on two cores, large enough to show strokes.
SETTINGS: dict[str, Any] = {
    "image_size": 64,
    "load_size": 110,
    "filters": 16,
    "blocks": 2,
    "discriminator_filters": 32,
    "upsampling": "resize",
    "cycle_weight": 5.0,
    "identity_weight": 3.0,
    "ema_decay": 0.98,
    "learning_rate": 6e-4,
    "epochs": 4,
    "steps_per_epoch": 150,
    "evaluation_epochs": 0,
}


@click.command(short_help="Train a tiny model and paint with it, in a few minutes.")
@click.argument("folder", default="demo", type=UserPath(path_type=Path))
@click.option("--epochs", type=int, default=SETTINGS["epochs"], show_default=True, help="More look better.")
@verbosity_options
def demo(folder: Path, epochs: int) -> None:
    """Train a tiny model on the bundled sample and paint with it, offline, in a few minutes.

    The model is tiny and trained only briefly. It shows how Copyart works, not how well it paints.
    """
    load_backend()
    from copyart.data.images import save_image
    from copyart.data.sample import sample_files
    from copyart.painting.loading import load
    from copyart.training import train

    print_message("Training on the bundled sample: 32 photos and 32 paintings, all drawn by a program.")
    with count_bar("reading pictures") as count:
        train.train(
            "The sample",
            folder / "run",
            source="sample",
            verbose=not is_quiet(),
            say=print_message,
            data_progress=count,
            **{**SETTINGS, "epochs": epochs},
        )
    painter = load(folder / "run")
    photo = sample_files()[0][0]
    painting = folder / "painting.png"
    save_image(painter.paint(photo), painting)
    print_message("")
    click.echo(f"The painting      {painting}")
    click.echo(f"The photo         {photo}")
    click.echo(f"Training report   {folder / 'run' / 'report.html'}")
    click.echo(f"Paint your own    copyart paint PHOTO --style {folder / 'run'}")
