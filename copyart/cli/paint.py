"""`copyart paint`: paint photos and films in a style."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from copyart.cli.console import (
    UserPath,
    count_bar,
    json_option,
    print_error,
    print_json,
    print_message,
    suppress_stderr,
    verbosity_options,
)
from copyart.cli.films import SECONDS, is_film, paint_films
from copyart.errors import ConfigError, ImageError, one_line

if TYPE_CHECKING:
    from PIL import Image

    from copyart.painting.mixture_over_time import MixtureOverTime
    from copyart.painting.painter import Painter, ReadPhoto


@click.command(short_help="Paint photos and films.")
@click.argument("photos", nargs=-1, required=True, metavar="PHOTO...")
@click.option(
    "--style",
    "-s",
    "--artist",
    "-a",
    "style",
    help="A name, workdir, style folder, .keras or .pth file, or a mixture such as monet:0.6,vangogh:0.4. For a film "
    "also a changing mixture such as monet:1→vangogh:1.",
)
@click.option("--all", "all_styles", is_flag=True, help="Paint one photo in every bundled style, on a contact sheet.")
@click.option("--network", help="Network to take from a weights file that holds several.")
@click.option("--out", "-o", help="A file for one photo, a folder for several, - for standard output.")
@click.option("--strength", type=float, default=1.0, show_default=True, help="0 is the photo, 1 the painting.")
@click.option("--preserve-color", is_flag=True, help="Keep the photo's colours.")
@click.option(
    "--max-pixels", type=int, help="Paint larger photos at this many pixels, then enlarge them; saves memory."
)
@click.option("--brush", type=float, help="Size of the strokes; 1 is as trained.  [default: by the photo's size]")
@click.option(
    "--mask", type=UserPath(), help="An image: white is painted, black stays photo. For several photos, a folder."
)
@click.option(
    "--keep", metavar="people[:SHARE]", help="people leaves people unpainted, people:0.5 paints them at half strength."
)
@click.option("--from", "start", type=SECONDS, help="For a film: start, in seconds or as m:s.")
@click.option("--to", "end", type=SECONDS, help="For a film: end.")
@click.option(
    "--steady", type=float, help="For a film: from 0 (each frame by itself) to 1 (least flicker).  [default: 0.8]"
)
@click.option("--resume", is_flag=True, help="For a film: resume an earlier call that was stopped.")
@json_option
@verbosity_options
def paint(
    photos: tuple[str, ...],
    style: str | None,
    all_styles: bool,
    network: str | None,
    out: str | None,
    strength: float,
    preserve_color: bool,
    max_pixels: int | None,
    brush: float,
    mask: str | None,
    keep: str | None,
    as_json: bool,
    **film: Any,
) -> None:
    """Paint each PHOTO: files, folders, patterns, or - for standard input. Films (MP4, MOV, MKV, WebM) are painted too.

    A painting is written next to its photo, or to --out. It never replaces the photo.

    \b
    copyart paint photo.jpg --style runs/vangogh
    copyart paint holiday/ --style runs/vangogh -o painted/
    copyart paint photo.jpg --style vangogh:0.6,ukiyoe:0.4 --keep people
    copyart paint photo.jpg --all -o sheet.jpg
    copyart paint clip.mp4 --style monet --from 0:10 --to 0:20
    cat photo.jpg | copyart paint - --style runs/vangogh > painting.jpg
    """
    from copyart.data.read_ahead import read_paint_write
    from copyart.painting.output_paths import STANDARD, output_paths

    if (style is None) != all_styles:
        raise click.UsageError("--style or --all is needed, and not both")
    style = style or "all"
    if all_styles:
        _require_one_photo(output_paths(photos, None, style), network)
    jobs = output_paths(photos, out, style)
    if as_json and any(target == STANDARD for _, target in jobs):
        raise ConfigError("standard output takes a painting or --json. Received: both. Give a file with -o.")
    masks = _checked_masks(jobs, mask, keep)
    options = {"strength": strength, "preserve_color": preserve_color, "max_pixels": max_pixels, "brush": brush}
    if all_styles:
        _paint_all(jobs, as_json, {**options, "mask": masks.get(jobs[0][0]), "keep": keep})
        return
    films = [job for job in jobs if is_film(job[0])]
    jobs = [job for job in jobs if not is_film(job[0])]
    painter = _load_painter(style, network, changing=not jobs)
    if painter.metadata.get("blended"):
        print_message(
            "The weights of these styles cannot be mixed, so their paintings are blended. This takes as long as "
            "painting in each style."
        )
    done = []
    with count_bar("painting", "photos" if len(jobs) > 1 else "%") as count:
        progress = None if len(jobs) > 1 else lambda share: count(round(100 * share), 100)
        if len(jobs) > 1:
            count(0, len(jobs))
        work = _PhotoStages(painter, masks, {**options, "progress": progress, "keep": keep})
        for number, result in enumerate(read_paint_write(_photo_sources(jobs), work.read, work.paint, work.write)):
            try:
                done.append(result.result())
                _print_painted_photo(done[-1])
            except (ImageError, OSError) as error:  # concerns only this photo; other errors concern every photo
                print_error(error)
            if len(jobs) > 1:
                count(number + 1, len(jobs))
    painted, failed = paint_films(films, painter, masks, {**options, **film, "keep": keep})
    if as_json:
        print_json(done + painted)
    if len(done) < len(jobs) or failed:
        sys.exit(2)


def _require_one_photo(jobs: list, network: str | None) -> None:
    if network is not None:
        raise ConfigError(f"--all paints with the bundled styles. Received: --network {network}. Leave it out.")
    if len(jobs) > 1 or is_film(jobs[0][0]):
        found = f"{len(jobs)} photos" if len(jobs) > 1 else f"the film {str(jobs[0][0])!r}"
        raise ConfigError(f"--all takes one photo. Received: {found}. Give one photo.")


def _paint_all(jobs: list, as_json: bool, options: dict[str, Any]) -> None:
    """Write the contact sheet of one photo in every bundled style."""
    from copyart.painting.all_styles import paint_all

    start = time.monotonic()
    work = _PhotoStages(None, {}, {})
    (job,) = _photo_sources(jobs)
    with count_bar("painting", "styles") as count:
        sheet = paint_all(job[2], count, **options)
    facts = work.write(job, (sheet, time.monotonic() - start, _open_pipe(job[1])))
    _print_painted_photo(facts)
    if as_json:
        print_json([facts])


def _checked_masks(jobs: list, mask: str | None, keep: str | None) -> dict:
    """Check --keep and the masks before painting starts. Return a dictionary photo → mask, empty without --mask."""
    from copyart.painting.masks import mask_paths
    from copyart.painting.people import parse_keep

    if keep is not None:
        parse_keep(keep)
    if mask is None:
        return {}
    photos = [photo for photo, _ in jobs]
    return dict(zip(photos, mask_paths(photos, mask), strict=True))


def _photo_sources(jobs: list) -> Iterator[tuple]:
    """Yield (photo, painting, source); the source is the photo's path, or the bytes of a stream.

    A stream is read here, in the main thread, because a signal does not interrupt a read in another thread.
    """
    from copyart.painting.output_paths import STANDARD, is_stream

    for photo, target in jobs:
        if photo == STANDARD:
            yield photo, target, sys.stdin.buffer.read()
        elif is_stream(photo):
            yield photo, target, _read_stream(photo)
        else:
            yield photo, target, photo


def _read_stream(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ImageError(
            f"{str(path)!r} must be readable. Received: {one_line(error)}. Check the file and its permissions."
        ) from error


def _load_painter(style: str, network: str | None, changing: bool) -> "Painter | MixtureOverTime":
    """Load a painter, and hide messages of Keras' backend.

    `changing` is true if all inputs are films. The style may then be a mixture that changes over time.
    """
    with suppress_stderr():
        from copyart.painting.loading import load
        from copyart.painting.mixture_over_time import load_painter

        return load_painter(style) if changing and network is None else load(style, network)


def _print_painted_photo(painted: dict[str, Any]) -> None:
    if painted["painting"] != "-":
        width, height = painted["size"]
        print_message(f"{painted['painting']}  {width}×{height}  {painted['seconds']:.1f} s")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImageError(
            f"a painting needs a folder. Received: {str(folder)!r} ({error.strerror}). Choose another with --out."
        ) from error


def _open_pipe(target: Any) -> BinaryIO | None:
    """Open a named pipe or device for writing; return None for other targets.

    Opening waits for a reader. A signal interrupts this wait in the main thread, but not in the writing thread.
    """
    from copyart.painting.output_paths import STANDARD, is_stream

    return target.open("wb") if target != STANDARD and is_stream(target) else None


class _PhotoStages:
    """Read, paint and write one photo."""

    def __init__(self, painter: Any, masks: dict, options: dict[str, Any]):
        self.painter, self.masks, self.options = painter, masks, options

    def read(self, job: tuple) -> "ReadPhoto":
        """Read the photo."""
        from copyart.painting.painter import read_photo

        return read_photo(job[2], mask=self.masks.get(job[0]), **self.options)

    def paint(self, job: tuple, photo: "ReadPhoto") -> "tuple[Image.Image, float, BinaryIO | None]":
        """Return the painting, the seconds that it took, and the opened pipe or device to write to, or None."""
        start = time.monotonic()
        painting = self.painter.paint(photo, mask=self.masks.get(job[0]), **self.options)
        return painting, time.monotonic() - start, _open_pipe(job[1])

    def write(self, job: tuple, painted: "tuple[Image.Image, float, BinaryIO | None]") -> dict[str, Any]:
        """Write the painting, and return a dictionary of facts about it."""
        from copyart.data.images import SUFFIX_FORMATS, save_image
        from copyart.painting.output_paths import STANDARD, standard_format

        (photo, target, source), (painting, seconds, stream) = job, painted
        if target == STANDARD:
            save_image(painting, sys.stdout.buffer, standard_format(source), mark=True)
            sys.stdout.buffer.flush()
        elif stream:
            format = target.suffix if target.suffix.lower() in SUFFIX_FORMATS else standard_format(source)
            with stream:
                save_image(painting, stream, format, mark=True)
        else:
            _make_folder(target.parent)
            save_image(painting, target, mark=True)
        return {"photo": str(photo), "painting": str(target), "size": painting.size, "seconds": round(seconds, 3)}
