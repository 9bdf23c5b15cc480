"""Paint animations (GIF, APNG, animated WebP) with their timing, loops and transparency."""

import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image

from copyart.data.atomic_files import temporary_path_beside
from copyart.data.decoding import MAX_PIXELS
from copyart.data.images import flatten, split_alpha
from copyart.data.read_ahead import generate_ahead
from copyart.data.upright_rgb import to_upright_rgb
from copyart.errors import VideoError, one_line
from copyart.painting.mixture_over_time import MixtureOverTime
from copyart.painting.painter import Painter, painting_mask
from copyart.video.animation_files import animation_writer
from copyart.video.reading import Film, FilmFrame
from copyart.video.steady import blend_by_mask, blend_previous, compare_frames

#: How long browsers show frames without a duration, in milliseconds.
_UNTIMED = 100
#: Browsers show a GIF's frame for 100 ms if its duration is shorter than this, in milliseconds.
_SHORTEST_IN_GIF = 20


class AnimationFrame(NamedTuple):
    """One frame of an animation: its picture, RGB or RGBA, and its duration in milliseconds."""

    picture: Image.Image
    milliseconds: float


class Animation:
    """An animation opened for reading.

    Raises:
        VideoError: if it cannot be read.
    """

    def __init__(self, path: str | os.PathLike):
        self.path, self.name = Path(path), Path(path).name
        self.problems: list[str] = []
        try:
            self._image = Image.open(self.path, formats=["GIF", "PNG", "WEBP"])
            image = self._image
            #: Number of frames.
            self.count = getattr(image, "n_frames", 1)
            #: How many times it is played; 0 means forever.
            self.plays = _number_of_plays(image)
            self.is_gif = image.format == "GIF"
            #: Whether a frame may have transparent pixels. True for every GIF, because its first frame does not tell.
            self.transparent = self.is_gif or image.has_transparency_data
        except Exception as error:  # for malicious files Pillow may raise almost any exception
            raise VideoError(
                f"{self.name!r} must be a readable GIF, APNG or WebP. Received: a file that cannot be read "
                f"({one_line(error)}). Save it again in one of these formats."
            ) from error
        pixels = self._image.width * self._image.height
        if pixels > MAX_PIXELS:
            self.close()
            raise VideoError(
                f"{self.name!r} must have frames of at most {MAX_PIXELS:,} pixels. Received: {pixels:,}. Convert it to "
                "a smaller size."
            )

    def frames(self) -> Iterator[AnimationFrame]:
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
            yield AnimationFrame(picture, self._image.info.get("duration") or _UNTIMED)

    def close(self) -> None:
        """Close the file."""
        self._image.close()


def _number_of_plays(image: Image.Image) -> int:
    """Return how many times an animation is played; 0 means forever. A GIF states the repetitions, one less."""
    loop = image.info.get("loop")
    if image.format == "GIF":
        return 1 if loop is None else loop and loop + 1
    return 1 if loop is None else loop


class Excerpt:
    """A part of a film, to be written as an animation that is played forever.

    Args:
        source: Path of the film.
        start: Start in seconds, or None for the film's start.
        end: End in seconds, or None for the film's end.
    """

    plays, is_gif, transparent = 0, False, False

    def __init__(self, source: str | os.PathLike, start: float | None, end: float | None):
        self._film, self._start, self._end = Film(source), start, end
        self.name, self.problems = self._film.name, self._film.problems
        self.count = self._film.approximate_frame_count(start, end)

    def frames(self) -> Iterator[AnimationFrame]:
        """Yield the frames."""
        film, waiting = self._film, None
        end = float("inf") if self._end is None else self._end
        for moment in film.frames(start=self._start):
            if waiting is not None:
                yield self._animation_frame(waiting, moment.pts - waiting.pts)
            if moment.pts * film.time_base - film.start >= end:
                return
            waiting = moment
        if waiting is not None:
            yield self._animation_frame(waiting, waiting.duration or film.usual_duration)

    def _animation_frame(self, moment: FilmFrame, duration: int) -> AnimationFrame:
        return AnimationFrame(moment.picture, 1000 * float(duration * self._film.time_base))

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
    """Paint an animation. Its file is written atomically, frame by frame.

    Args:
        animation: An `Animation` or an `Excerpt`.
        painter: The painter, or the painters of a mixture that changes over time.
        target: Path of the painted animation: `.gif`, `.png`, `.apng` or `.webp`.
        options: Arguments of `Painter.paint`, except `mask` and `keep`.
        where: `mask` and `keep`, as for `Painter.paint`.
        steady: As for `paint_video`.
        progress: As for `paint_video`. Defaults to None.

    Returns:
        Number of painted frames, and their width and height.

    Raises:
        VideoError: if no frame can be read, or the animation cannot be written.
        ConfigError: if the target does not have one of these suffixes.
    """
    if animation.count is None and isinstance(painter, MixtureOverTime):
        raise VideoError(
            f"{animation.name!r} must have a known length for a mixture that changes over time. Received: a film "
            "without one. Convert it to MP4 first."
        )
    with temporary_path_beside(target) as temporary:
        with temporary.open("wb") as file:
            writer = animation_writer(target, file, animation.plays, animation.transparent)
            frames: Iterator[tuple[int, AnimationFrame]] = enumerate(animation.frames())
            if writer.format == "GIF" and not animation.is_gif:
                frames = _merge_short_frames(frames)
            total = animation.count
            for painting, milliseconds in generate_ahead(_paint_frames(frames, total, painter, options, where, steady)):
                writer.add(painting, milliseconds)
                if progress:
                    progress(writer.count, None if total is None else max(total, writer.count))
            if not writer.count:
                raise VideoError(f"{animation.name!r} must have a readable frame. Received: none. Save it again.")
            writer.finish()
        if progress:
            progress(writer.count, writer.count)
        os.replace(temporary, target)
    return writer.count, writer.size


def _merge_short_frames(frames: Iterator[tuple[int, AnimationFrame]]) -> Iterator[tuple[int, AnimationFrame]]:
    """Yield numbered frames. While a frame is too short for a GIF, drop the next one and add its duration."""
    waiting = None
    for number, frame in frames:
        if waiting is None:
            waiting = number, frame
        elif waiting[1].milliseconds < _SHORTEST_IN_GIF:
            waiting = waiting[0], AnimationFrame(waiting[1].picture, waiting[1].milliseconds + frame.milliseconds)
        else:
            yield waiting
            waiting = number, frame
    if waiting is not None:
        yield waiting


def _paint_frames(
    frames: Iterator[tuple[int, AnimationFrame]],
    total: int | None,
    painter: Painter | MixtureOverTime,
    options: dict[str, Any],
    where: dict[str, Any],
    steady: float,
) -> Generator[tuple[Image.Image, float], None, None]:
    before: Image.Image | None = None
    painting_before: Any = None
    for number, frame in frames:
        photo, (colours, alpha) = flatten(frame.picture), split_alpha(frame.picture)
        now = painter.painter_at(number / max((total or 1) - 1, 1)) if isinstance(painter, MixtureOverTime) else painter
        painting = now.paint(colours, **options)
        if steady and before is not None and (change := compare_frames(before, photo, steady)) is not None:
            painting = blend_previous(painting, painting_before, change)
        before, painting_before = photo, painting
        painting = blend_by_mask(painting, colours, painting_mask(colours, **where))
        if alpha is not None:
            painting = painting.copy()
            painting.putalpha(alpha)
        yield painting, frame.milliseconds
