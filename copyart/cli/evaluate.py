"""`copyart evaluate`: measure a style."""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from copyart.cli.console import (
    UserPath,
    count_bar,
    json_option,
    load_backend,
    print_json,
    print_message,
    verbosity_options,
)
from copyart.errors import ConfigError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from copyart.evaluation.figures import Evaluation, Figure


@click.command(short_help="Measure a style: figures, faults, a contact sheet.")
@click.argument("style", metavar="STYLE")
@click.option("--photos", multiple=True, type=UserPath(), help="A folder of photos to paint; may be repeated.")
@click.option("--people", multiple=True, type=UserPath(), help="A folder of photos of people; may be repeated.")
@click.option("--art", multiple=True, type=UserPath(), help="A folder of the artist's paintings; may be repeated.")
@click.option(
    "--training-art",
    multiple=True,
    type=UserPath(),
    help="A folder of the style's training paintings; may be repeated.",
)
@click.option("--artist", help="Artist for the attribution rate.  [default: the style's name]")
@click.option("--out", "-o", type=UserPath(path_type=Path), help="Folder of the report.  [default: STYLE/evaluation]")
@click.option("--limit", type=int, default=150, show_default=True, help="Maximum number of pictures of each kind.")
@click.option("--image-size", type=int, default=256, show_default=True, help="Side of all pictures, in pixels.")
@click.option(
    "--features",
    default="auto",
    show_default=True,
    help="The judges: auto (all that are installed), squeezenet, efficientnet, none, or a file of Inception weights.",
)
@json_option
@verbosity_options
def evaluate(
    style: str,
    photos: tuple[str, ...],
    people: tuple[str, ...],
    art: tuple[str, ...],
    training_art: tuple[str, ...],
    artist: str | None,
    out: str | None,
    limit: int | None,
    image_size: int,
    features: str,
    as_json: bool,
) -> None:
    """Measure how close STYLE is to the artist, how well it preserves the photos, and which faults it has.

    STYLE is a workdir, a style folder, a .keras or .pth file, or a name. A workdir is measured on its held-out
    pictures, unless others are given. Distances are measured from the paintings in --art that training held out. If
    --training-art is given, they are measured from all paintings in --art. Without --art there are no distances. The
    report is written to --out.

    \b
    copyart evaluate runs/vangogh
    copyart evaluate monet --photos photos/
    copyart evaluate monet --photos photos/ --people people/ --art paintings/ -o judged/
    """
    load_backend()
    from copyart.evaluation import evaluate as judge

    photo_files, art_files, training_files = _pictures_to_measure(style, photos, art, training_art)
    with _stage_bars() as progress:
        evaluation = judge(
            style,
            photo_files,
            art_files,
            people=_list_pictures(people),
            training_art=training_files,
            artist=artist,
            image_size=image_size,
            features=features,
            limit=limit,
            progress=progress,
        )
    page = evaluation.save(out or _report_folder(style))
    if as_json:
        print_json({**evaluation.to_dict(), "report": str(page)})
    else:
        _print_evaluation(evaluation)
        print_message(f"Report with photos and paintings side by side: {page}")


def _pictures_to_measure(
    style: str, photos: tuple[str, ...], art: tuple[str, ...], training_art: tuple[str, ...]
) -> tuple[Sequence, Sequence | None, Sequence | None]:
    """Return the files of photos, art and training art to measure with: those given, else those of the workdir."""
    from copyart.training.pictures import held_out_files
    from copyart.training.workdir import is_workdir

    if art and not photos:
        raise ConfigError("--art needs --photos. Received: --art alone. Give a folder of photos, too.")
    if training_art and photos and not art:
        raise ConfigError(
            "--training-art needs --art. Received: --training-art without it. Give the held-out paintings."
        )
    if photos:
        return _list_pictures(photos) or [], _list_pictures(art), _list_pictures(training_art)
    if not is_workdir(style):
        raise ConfigError(
            f"evaluating a style outside a workdir needs --photos. Received: {style!r} alone. Give a folder of photos "
            "with --photos, and a folder of the artist's paintings with --art."
        )
    with count_bar("downloading", "bytes") as downloaded, count_bar("finding pictures") as read:
        held_out = held_out_files(style, progress=read, download_progress=downloaded)
    return held_out.photos, held_out.art, _list_pictures(training_art) or held_out.training_art


def _list_pictures(folders: tuple[str, ...]) -> list[Path] | None:
    from copyart.data.images import list_images

    return [path for folder in folders for path in list_images(folder)] if folders else None


def _report_folder(style: str) -> Path:
    return Path(style, "evaluation") if os.path.isdir(style) else Path("evaluation")


@contextlib.contextmanager
def _stage_bars() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar for each stage. Yield the function to call with (stage, done, total)."""
    with contextlib.ExitStack() as stack:
        counters = {}

        def count(stage: str, done: int, total: int) -> None:
            if stage not in counters:
                unit = "sets" if stage.startswith("comparing") else "pictures"
                counters[stage] = stack.enter_context(count_bar(stage, unit))
            counters[stage](done, total)

        yield count


def _print_evaluation(evaluation: "Evaluation") -> None:
    from rich.console import Console

    from copyart.evaluation.report import summary

    console = Console()
    _print_photo_group(console, evaluation, evaluation.style)
    if evaluation.people:
        _print_photo_group(console, evaluation.people, f"{evaluation.style}, photos of people")
    console.print(summary(evaluation), highlight=False, markup=False)


def _print_photo_group(console: "Console", evaluation: "Evaluation", title: str) -> None:
    from copyart.evaluation.wording import headline

    console.print(_figure_table(evaluation, title))
    for line in (headline(evaluation), *evaluation.notes):
        if line:
            console.print(line, highlight=False, markup=False)
    for fault in evaluation.faults:
        console.print(f"FAULT  {fault.message}", highlight=False, markup=False, style="red")
    if not evaluation.faults:
        console.print("No fault found.")


def _figure_table(evaluation: "Evaluation", title: str) -> "Table":
    from rich import box
    from rich.table import Table

    from copyart.evaluation.wording import GROUPS, figure_rows

    columns = ("", "paintings", "95 %", "photos", "real", "gap closed")
    table = Table(*columns, title=title, box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for group in GROUPS:
        for name, figure in figure_rows(evaluation, group):
            table.add_row(*_figure_row(name, figure))
        table.add_section()
    return table


def _figure_row(name: str, figure: "Figure") -> tuple[str, ...]:
    from copyart.evaluation.wording import figure_title, format_gap, format_interval, format_number

    others = ("–" if part is None else format_number(name, part.value) for part in (figure.photos, figure.real))
    gap = "{} ({})".format(*format_gap(figure.gap_closed)) if figure.gap_closed else ""
    return figure_title(name, figure), format_number(name, figure.value), format_interval(name, figure), *others, gap
