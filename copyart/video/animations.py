"""Paint animations (GIF, APNG, animated WebP) with their timing, loops and transparency."""

import math
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

from PIL import Image

from copyart.data.animated import ANIMATION_SUFFIXES
from copyart.data.atomic_files import temporary_beside
from copyart.data.decoding import MAX_PIXELS
from copyart.data.images import flatten, split_alpha
from copyart.data.painting_mark import marked
from copyart.data.read_ahead import generate_ahead
from copyart.data.upright_rgb import to_upright_rgb
from copyart.errors import ConfigError, VideoError, one_line
from copyart.painting.mixture_over_time import MixtureOverTime
from copyart.painting.painter import Painter, paint_where
from copyart.video.reading import Film
from copyart.video.steady import blend_previous, compare_frames, masked

#: Most pixels of an animation, over all frames. Pillow holds all frames in memory until they are written: 5 bytes a
#: pixel for GIF, up to 15 for APNG and WebP with transparency (measured), so 2 GB at most.
_MOST_PIXELS = 150_000_000
#: Milliseconds for which browsers show frames without a duration.
_UNTIMED = 100
#: Pillow's options for writing animations. GIF has 256 colours per frame. Each frame replaces the previous one.
_OPTIONS = {
    "GIF": {"disposal": 2, "optimize": False},
    "PNG": {"disposal": 0, "blend": 0},
    "WEBP": {"quality": 90, "method": 4},
}
_FORMATS = {".gif": "GIF", ".png": "PNG", ".apng": "PNG", ".webp": "WEBP"}


class Shown(NamedTuple):
    """One frame of an animation: its picture, RGB or RGBA, and its duration in milliseconds."""

    picture: Image.Image
    milliseconds: float


class Animation:
    """An animation opened for reading.

    Args:
        path: Path of the file.

    Raises:
        VideoError: if it cannot be read.
    """

    def __init__(self, path: str | os.PathLike):
        self.path, self.name = Path(path), Path(path).name
        self.problems: list[str] = []
        try:
            self._image = Image.open(self.path, formats=["GIF", "PNG", "WEBP"])
            #: Number of frames, and of loops: 0 means forever, None once.
            self.count, self.loop = getattr(self._image, "n_frames", 1), self._image.info.get("loop")
        except Exception as error:  # for malicious files Pillow may raise almost any exception
            raise VideoError(
                f"{self.name!r} must be a readable GIF, APNG or WebP. Received: a file that cannot be read "
                f"({one_line(error)}). Save it again in one of these formats."
            ) from error
        pixels = self._image.width * self._image.height
        if pixels > MAX_PIXELS or pixels * self.count > _MOST_PIXELS:
            self.close()
            raise VideoError(
                f"{self.name!r} must have at most {_MOST_PIXELS:,} pixels in all its frames. Received: {self.count} "
                f"frames of {pixels:,}. Convert it to MP4."
            )

    def frames(self) -> Iterator[Shown]:
        """Yield the frames. The animation ends at an unreadable frame, which is recorded in `problems`."""
        for number in range(self.count):
            try:
                self._image.seek(number)
                picture = to_upright_rgb(self._image)
            except Exception as error:  # as above
                self.problems.append(
                    f"{self.name!r} must be complete. Received: an animation that ends after {number} of {self.count} "
                    f"frames ({one_line(error)}). The readable part is painted."
                )
                return
            yield Shown(picture, self._image.info.get("duration") or _UNTIMED)

    def close(self) -> None:
        """Close the file."""
        self._image.close()


class Excerpt:
    """A part of a film that is written as an animation.

    Args:
        source: Path of the film.
        start: Start in seconds, or None.
        end: End in seconds, or None.
    """

    def __init__(self, source: str | os.PathLike, start: float | None, end: float | None):
        self._film, self._start, self._end = Film(source), start, end
        self.name, self.problems = self._film.name, self._film.problems
        self.count, self.loop = self._film.count(start, end), 0

    def frames(self) -> Iterator[Shown]:
        """Yield the frames.

        Raises:
            VideoError: if they have too many pixels for an animation.
        """
        film, waiting, pixels = self._film, None, 0
        end = float("inf") if self._end is None else self._end
        for moment in film.frames(start=self._start):
            if waiting is not None:
                yield Shown(
                    cast(Image.Image, waiting.picture), 1000 * float((moment.pts - waiting.pts) * film.time_base)
                )
            waiting = None
            if moment.pts * film.time_base - film.start >= end:
                return
            waiting, pixels = moment, pixels + math.prod(cast(Image.Image, moment.picture).size)
            if pixels > _MOST_PIXELS:
                raise VideoError(
                    f"an animation must have at most {_MOST_PIXELS:,} pixels in all its frames. Received: more, from "
                    f"{self.name!r}. Use a shorter part (--from, --to), or write an MP4."
                )
        if waiting is not None:
            last = waiting.duration or film.usual_duration
            yield Shown(cast(Image.Image, waiting.picture), 1000 * float(last * film.time_base))

    def close(self) -> None:
        """Close the film."""
        self._film.close()


def paint_animation(
    animation: Any,
    painter: Painter | MixtureOverTime,
    target: Path,
    options: dict[str, Any],
    where: dict[str, Any],
    steady: float,
    progress: Callable[[int, int | None], object] | None = None,
) -> tuple[int, tuple[int, int]]:
    """Paint an animation. Its file is written atomically.

    Args:
        animation: An `Animation`, or an object with the same `frames`, `count`, `loop` and `name`.
        painter: The painter, or the painters of a changing mixture.
        target: Path of the painted animation: `.gif`, `.png`, `.apng` or `.webp`.
        options: Arguments of `Painter.paint`.
        where: Its `mask` and `keep`.
        steady: As for `paint_video`.
        progress: As for `paint_video`. Defaults to None.

    Returns:
        Number of painted frames, and their width and height.

    Raises:
        VideoError: if no frame can be read, or the animation cannot be written.
        ConfigError: if the target has another suffix.
    """
    if target.suffix.lower() not in ANIMATION_SUFFIXES:
        raise ConfigError(
            f"an animation must be written to {', '.join(sorted(ANIMATION_SUFFIXES))}. Received: {target.name!r}. "
            "Choose another file name."
        )
    if animation.count is None and isinstance(painter, MixtureOverTime):
        raise VideoError(
            f"{animation.name!r} must have a known length for a changing mixture. Received: a film without one. "
            "Convert it to MP4 first."
        )
    pictures, times = [], []
    for painting, milliseconds in generate_ahead(_painted(animation, painter, options, where, steady)):
        pictures.append(painting)
        times.append(milliseconds)
        if progress:
            progress(len(pictures), None if animation.count is None else max(animation.count, len(pictures)))
    if not pictures:
        raise VideoError(f"{animation.name!r} must have a readable frame. Received: none. Save it again.")
    _save(pictures, times, animation.loop, target)
    return len(pictures), pictures[0].size


def _painted(animation, painter, options, where, steady):
    before = painting_before = None
    for number, frame in enumerate(animation.frames()):
        photo, (colours, alpha) = flatten(frame.picture), split_alpha(frame.picture)
        now = painter.at(number / max(animation.count - 1, 1)) if isinstance(painter, MixtureOverTime) else painter
        painting = now.paint(colours, **options)
        if steady and before is not None and (change := compare_frames(before, photo, steady)) is not None:
            painting = blend_previous(painting, painting_before, change)
        before, painting_before = photo, painting
        painting = masked(painting, colours, paint_where(colours, **where))
        if alpha is not None:
            painting = painting.copy()
            painting.putalpha(alpha)
        yield painting, frame.milliseconds


def _save(pictures, times, loop, target) -> None:
    format = _FORMATS[target.suffix.lower()]
    if any(picture.mode == "RGBA" for picture in pictures):
        pictures = [picture.convert("RGBA") for picture in pictures]
    loops = {} if loop is None and format == "GIF" else {"loop": 1 if loop is None else loop}
    more = {"save_all": True, "append_images": pictures[1:], "duration": [round(time) for time in times], **loops}
    with temporary_beside(target) as temporary:
        pictures[0].save(temporary, format, **more, **_OPTIONS[format], **marked(format))
        os.replace(temporary, target)
