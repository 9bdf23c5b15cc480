"""`copyart train`: train an artist. It has an option for each field of `TrainingConfig`."""

import dataclasses
import inspect
import re
import types
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from copyart.backend import BACKENDS
from copyart.cli.console import (
    UserPath,
    count_bar,
    is_quiet,
    json_option,
    load_backend,
    print_json_line,
    print_message,
    verbosity_options,
)
from copyart.config import CHOICES, DEVICES, RECIPES, TrainingConfig

#: Field → other names of its option. They use the word "judge", as docs/evaluation.md does.
_OTHER_NAMES = {"evaluation_epochs": ("--judge-epochs",), "evaluation_pictures": ("--judge-pictures",)}


def setting_options(command: Callable) -> Callable:
    """Add an option for each setting to a command. An option that the user omits is None, and the recipe decides."""
    helps = _setting_help_texts()
    for field in reversed(dataclasses.fields(TrainingConfig)):
        kind = click.Choice(CHOICES[field.name]) if field.name in CHOICES else _type_without_none(field.type)
        name = f"--{field.name.replace('_', '-')}"
        if kind is bool:
            name, kind = f"{name}/--no-{name[2:]}", None
        others = _OTHER_NAMES.get(field.name, ())
        command = click.option(name, *others, field.name, type=kind, default=None, help=helps[field.name])(command)
    return command


def _type_without_none(kind: Any) -> Any:
    """Return int for `int | None`, and any other type unchanged."""
    if isinstance(kind, types.UnionType):
        return next(part for part in typing.get_args(kind) if part is not type(None))
    return kind


def _setting_help_texts() -> dict[str, str]:
    """Read the description of each setting from the docstring of `TrainingConfig`."""
    text = (inspect.getdoc(TrainingConfig) or "").split("Args:\n")[1]
    entries = re.findall(r"^    (\w+): (.*(?:\n        .*)*)", text, re.MULTILINE)
    return {name: " ".join(line.strip() for line in words.splitlines()) for name, words in entries}


@click.command(short_help="Train an artist, or resume a run.")
@click.argument("artist", required=False)
@click.option(
    "--workdir", "-w", required=True, type=UserPath(), help="Folder of the run. The same folder resumes the run."
)
@click.option("--source", type=click.Choice(["kaggle", "tfds", "sample"]), help="Source of the pictures.")
@click.option("--photos", multiple=True, type=UserPath(), help="A folder of your own photos; may be repeated.")
@click.option("--art", multiple=True, type=UserPath(), help="A folder of your own paintings; may be repeated.")
@click.option("--recipe", type=click.Choice(list(RECIPES)), help="Recipe.  [default: that of the workdir, or article]")
@click.option("--backend", type=click.Choice(BACKENDS), help="Backend of Keras.  [default: TensorFlow if installed]")
@click.option("--devices", type=click.Choice(DEVICES), default="auto", show_default=True)
@setting_options
@json_option
@verbosity_options
def train(
    artist: str | None,
    workdir: str,
    source: str | None,
    photos: tuple[str, ...],
    art: tuple[str, ...],
    recipe: str | None,
    backend: str | None,
    devices: str,
    as_json: bool,
    **settings: Any,
) -> None:
    """Train ARTIST from paintings and photos, or resume the run in the workdir.

    \b
    copyart train "Gustav Klimt" -w runs/klimt --recipe quick --minutes 10
    copyart train -w runs/klimt                         resumes after a stop
    copyart train Grandma -w runs/grandma --recipe quick --photos ~/photos --art ~/scans

    With --json, standard output has one JSON object per line: an estimate of the duration after ten steps, and the path
    of the style at the end.
    """
    load_backend(backend)
    from copyart.training import train as training

    with count_bar("downloading", "bytes") as downloaded, count_bar("reading pictures") as read:
        model = training.train(
            artist,
            workdir,
            source=source,
            photos=list(photos) or None,
            art=list(art) or None,
            recipe=recipe,
            devices=devices,
            verbose=not is_quiet(),
            say=print_message,
            data_progress=read,
            download_progress=downloaded,
            estimated=(lambda facts: print_json_line("estimate", facts)) if as_json else None,
            **settings,
        )
    best = Path(workdir, "best")
    style = best if best.exists() else Path(workdir, "style")
    if as_json:
        steps = int(model.optimizer.iterations.numpy())
        print_json_line("done", {"workdir": workdir, "steps": steps, "style": str(style)})
    else:
        print_message(f"Done. Open {workdir}/report.html, or paint: copyart paint PHOTO --style {style}")
