"""Paint films with `copyart paint`."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from copyart.cli.console import count_bar, print_error, print_message, require_extra
from copyart.errors import ImageError

if TYPE_CHECKING:
    from copyart.painting.mixture_over_time import MixtureOverTime
    from copyart.painting.painter import Painter
    from copyart.video.paint_video import PaintedVideo


class Seconds(click.ParamType):
    """A time as seconds, minutes:seconds or hours:minutes:seconds."""

    name = "time"

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> float:
        """Return the time in seconds."""
        try:
            parts = [float(part) for part in str(value).split(":")]
        except ValueError:
            parts = []
        if not 1 <= len(parts) <= 3 or not all(0 <= part < float("inf") for part in parts):
            self.fail(f"must be a time, such as 12.5 or 1:02:03. Received: {value!r}", parameter, context)
        return sum(part * 60**power for power, part in enumerate(reversed(parts)))


SECONDS = Seconds()


def is_film(source: Path | str) -> bool:
    """Tell whether an argument is a film (by its name) or an animation (by its content)."""
    from copyart.data.animated import is_animation
    from copyart.painting.output_paths import FILM_SUFFIXES

    return Path(source).suffix.lower() in FILM_SUFFIXES or is_animation(source)


def paint_films(
    jobs: Sequence[tuple[Path | str, Path | str]],
    painter: "Painter | MixtureOverTime",
    masks: dict[Path | str, Any],
    options: dict[str, Any],
) -> tuple[list[dict[str, Any]], int]:
    """Paint films, one after the other.

    Args:
        jobs: Pairs (path of a film, path of its painting).
        masks: Path of a film → its mask.
        options: Arguments of `paint_video`. Those that are None are not passed on.

    Returns:
        A list with a dictionary of facts for each painted film, and the number of films with an error or a problem.
    """
    if not jobs:
        return [], 0
    with require_extra("video", "painting films"):
        from copyart.video.paint_video import paint_video
    options = {name: value for name, value in options.items() if value is not None}
    done, failed = [], 0
    for film, target in jobs:
        try:
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            with count_bar("painting", "frames") as count:
                start = time.monotonic()
                video = paint_video(film, painter, target, mask=masks.get(film), **options, progress=count)
            done.append(_print_painted_film(film, video, time.monotonic() - start))
            for problem in video.problems:
                print_error(problem)
            failed += bool(video.problems)
        except (ImageError, OSError) as error:  # concerns only this film; other errors would concern every film
            print_error(error)
            failed += 1
        except KeyboardInterrupt:
            _print_kept_frames(target)
            raise
    return done, failed


def _print_painted_film(film: Path | str, video: "PaintedVideo", seconds: float) -> dict[str, Any]:
    width, height = video.size
    painted = video.frames - video.resumed
    print_message(
        f"{video.path}  {width}×{height}  {video.frames} frames  {seconds:.1f} s, {painted / seconds:.1f} frames/s"
    )
    facts = {"photo": str(film), "painting": str(video.path), "size": video.size, "seconds": round(seconds, 3)}
    return {**facts, "frames": video.frames, "problems": list(video.problems)}


def _print_kept_frames(target: Path | str) -> None:
    from copyart.video.segments import kept_frames

    if frames := kept_frames(Path(target)):
        print_message(f"{target}: {frames} painted frames are kept. Continue with --resume.")
