"""`copyart.paint_video`: paint a film without flicker, and keep its timing and sound."""

import contextlib
import dataclasses
import hashlib
import math
import os
from collections.abc import Callable, Generator, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from PIL import Image

from copyart.data.animated import ANIMATION_SUFFIXES, is_animation
from copyart.data.images import read_image
from copyart.data.read_ahead import generate_ahead
from copyart.errors import ConfigError, VideoError, one_line
from copyart.painting.mixture_over_time import MixtureOverTime, load_painter
from copyart.painting.painter import Painter, painting_mask
from copyart.video.animations import Animation, Excerpt, paint_animation
from copyart.video.formats import FilmFormat, format_of
from copyart.video.joining import join_segments
from copyart.video.reading import Film, FilmFrame
from copyart.video.segments import FRAMES, Segments, SegmentWriter
from copyart.video.steady import STEADY, blend_by_mask, blend_previous, check_steady, compare_frames

#: File names of the last frame and of its painting; a resumed run continues from these two.
_LAST_FRAME, _LAST_PAINTING = "frame-{}.png", "painting-{}.png"


@dataclasses.dataclass(frozen=True)
class PaintedVideo:
    """The result of painting a film.

    Args:
        path: Path of the painted film.
        frames: Number of frames.
        size: Width and height in pixels.
        resumed: Number of frames that an earlier call had painted.
        problems: One line for each problem found in the original film.
    """

    path: Path
    frames: int
    size: tuple[int, int]
    resumed: int
    problems: tuple[str, ...]


def paint_video(
    source: str | os.PathLike,
    style: Any,
    target: str | os.PathLike,
    *,
    start: float | None = None,
    end: float | None = None,
    strength: float = 1.0,
    preserve_color: bool = False,
    max_pixels: int | None = None,
    brush: float | None = None,
    mask: Any = None,
    keep: str | None = None,
    steady: float = STEADY,
    resume: bool = False,
    progress: Callable[[int, int | None], object] | None = None,
) -> PaintedVideo:
    """Paint a film.

    The sound is copied, frames keep their times, and rotation is applied. Needs the extra `video`.

    Args:
        source: Path of the film: MP4, MOV, MKV, WebM, AVI or MPEG; or of an animation: GIF, APNG or WebP.
        style: A source for `copyart.load`, a `Painter`, or a mixture that changes during the film:
            `"monet:1→vangogh:1"`.
        target: Path of the painted film. `.mp4`, `.m4v`, `.mov` and `.mkv` files are encoded as H.264, `.webm` files as
            VP9. `.gif`, `.png`, `.apng` and `.webp` files are animations, without sound.
        start: Start of the part to paint, in seconds. Defaults to None: the film's start.
        end: End of the part to paint, in seconds. Defaults to None: the film's end.
        strength: As for `Painter.paint`. Defaults to 1.
        preserve_color: As for `Painter.paint`. Defaults to False.
        max_pixels: As for `Painter.paint`. Defaults to None.
        brush: As for `Painter.paint`. Defaults to None.
        mask: As for `Painter.paint`, the same for all frames. Defaults to None.
        keep: As for `Painter.paint`. Defaults to None.
        steady: How strongly unchanged areas keep the previous frame's painting, from 0 (each frame by itself) to
            1. Defaults to 0.8.
        resume: Whether to resume an earlier call with the same arguments. Defaults to False.
        progress: Called with (painted frames, total frames or None). Defaults to None.

    Returns:
        A `PaintedVideo`, whose `problems` describe damage or an early end of the film.

    Raises:
        VideoError: if the film cannot be read, or the painting cannot be written.
        ConfigError: if an argument is out of its range.
        StyleError: if the style cannot be loaded.

    Example:
        >>> copyart.paint_video("clip.mp4", "monet", "painted.mp4")
    """
    source, target = Path(source), Path(target)
    check_steady(steady)
    _check_times(start, end)
    options: dict[str, Any] = {
        "strength": strength,
        "preserve_color": preserve_color,
        "max_pixels": max_pixels,
        "brush": brush,
    }
    where = {"mask": None if mask is None else read_image(mask), "keep": keep}
    if os.path.realpath(source) == os.path.realpath(target):
        raise ConfigError(f"a painting must not overwrite its film. Received: {target} for both. Choose another file.")
    if is_animation(source) or target.suffix.lower() in ANIMATION_SUFFIXES:
        return _paint_animation(source, style, target, start, end, options, where, steady, progress)
    format = format_of(target)
    with Film(source) as film:
        painter = load_painter(style)
        between = _seconds_between(film, start, end, isinstance(painter, MixtureOverTime))
        order = _painting_arguments(
            film, painter, format, {**options, **where, "start": start, "end": end, "steady": steady}
        )
        try:
            segments = Segments(target, order, resume)
            work = _FilmInProgress(film, painter, between, options, where, steady, segments, format, progress)
            return work.run(target, start, end)
        except OSError as error:
            raise _unwritable_error(target, error) from error


def _paint_animation(
    source: Path,
    style: Any,
    target: Path,
    start: float | None,
    end: float | None,
    options: dict[str, Any],
    where: dict[str, Any],
    steady: float,
    progress: Callable[[int, int | None], object] | None,
) -> PaintedVideo:
    with contextlib.closing(Animation(source) if is_animation(source) else Excerpt(source, start, end)) as animation:
        painter = load_painter(style)
        try:
            frames, size = paint_animation(animation, painter, target, options, where, steady, progress)
        except OSError as error:
            raise _unwritable_error(target, error) from error
        return PaintedVideo(target, frames, size, 0, tuple(animation.problems))


def _unwritable_error(target: Path, error: OSError) -> VideoError:
    return VideoError(
        f"{target.name!r} must be writable. Received: {one_line(error)}. Check that its folder exists, is writable, "
        "and has free space."
    )


def _check_times(start: float | None, end: float | None) -> None:
    if start is not None and not start >= 0:
        raise ConfigError(f"start must be at least 0 seconds. Received: {start=}. Leave it out for the film's start.")
    if end is not None and not end > (start or 0):
        raise ConfigError(f"end must be later than start. Received: {start=}, {end=}. Both are seconds.")


def _seconds_between(film: Film, start: float | None, end: float | None, needed: bool) -> tuple[float, float]:
    """Return the start and the end, in seconds, of the painted part, during which a mixture changes."""
    begin, last = start or 0.0, min(end or math.inf, film.seconds or math.inf)
    if needed and last == math.inf:
        raise VideoError(
            f"{film.name!r} must have a known length for a mixture that changes over time. Received: a film without "
            "one. Set the end with --to (in Python: `end=`)."
        )
    return begin, max(last, begin + 1e-3)


def _painting_arguments(
    film: Film, painter: Painter | MixtureOverTime, format: FilmFormat, options: dict[str, Any]
) -> dict[str, Any]:
    """Return everything that determines a painted film. Stored segments are reused only if all of it is the same."""
    stat = film.path.stat()
    digest = hashlib.sha256()
    for each in painter.named_painters if isinstance(painter, MixtureOverTime) else [painter]:
        digest.update(repr(sorted(each.metadata.items())).encode())
        for stage in each.plan or ():
            digest.update(stage.kernel.tobytes())
        # A blend of paintings has no network. Its metadata, hashed above, name the styles and shares.
        if each.plan is None and not each.metadata.get("blended"):
            for weight in each.network.get_weights():
                digest.update(weight.tobytes())
    if options["mask"] is not None:
        digest.update(options["mask"].tobytes())
    options = {**options, "mask": options["mask"] is not None}
    source = [str(film.path.resolve()), stat.st_size, stat.st_mtime_ns]
    return {"film": source, "style": digest.hexdigest(), "codec": format.codec, **options}


class _FilmInProgress:
    """The state of painting one film."""

    def __init__(
        self,
        film: Film,
        painter: Painter | MixtureOverTime,
        between: tuple[float, float],
        options: dict[str, Any],
        where: dict[str, Any],
        steady: float,
        segments: Segments,
        format: FilmFormat,
        progress: Callable[[int, int | None], object] | None,
    ):
        self.film, self.painter, self.between, self.options = film, painter, between, options
        self.where, self.steady = where, steady
        self.segments, self.format, self.progress = segments, format, progress
        self.painting: Any = None
        self.frame: Any = None
        self.writer: Any = None  # a `SegmentWriter` while a segment is written

    def run(self, target: Path, start: float | None, end: float | None) -> PaintedVideo:
        """Paint the missing segments, and join all segments."""
        resumed = self.segments.frames
        try:
            self._paint_missing_segments(start, end)
        except OSError as error:
            self._abandon_segment()
            raise self._interrupted_film_error(target, start, end, error) from error
        finally:
            self._abandon_segment()
            self.segments.remove_if_empty()
        if not self.segments.done:
            raise VideoError(
                f"{self.film.name!r} must have a readable frame{_describe_span(start, end)}. Received: "
                f"none{_describe_length(self.film)}. Download or save it again."
            )
        self._notice_early_end(end, target)
        try:
            self._join_segments(target, start, end)
        except OSError as error:
            raise self._interrupted_film_error(target, start, end, error) from error
        size = self.segments.frame_size()
        self.segments.remove()
        return PaintedVideo(target, self.segments.frames, size, resumed, tuple(self.film.problems))

    def _abandon_segment(self) -> None:
        if self.writer is not None:
            self.writer.abandon()
            self.writer = None

    def _join_segments(self, target: Path, start: float | None, end: float | None) -> None:
        with self.film.reopen() as source:
            join_segments(
                self.segments, source, target, self.format, self.film.time_base, self._span_in_source_time(start, end)
            )

    def _interrupted_film_error(
        self, target: Path, start: float | None, end: float | None, error: OSError
    ) -> VideoError:
        """Return the error for a film that could not be written completely, after saving the painted part."""
        kept = "nothing is kept"
        if self.segments.done:
            kept = f"the first {self.segments.frames} frames are in {self.segments.folder}, in films of {FRAMES}"
            with contextlib.suppress(OSError):
                self._join_segments(target, start, end)
                kept = f"the first {self.segments.frames} frames are kept and playable"
            kept += "; continue with --resume (resume=True)"
        return VideoError(
            f"{target.name!r} must be writable. Received: {one_line(error)}. Check its folder and free some space: "
            f"{kept}."
        )

    def _span_in_source_time(self, start: float | None, end: float | None) -> tuple[Fraction, Fraction | None]:
        """Return the start and end of the painted film on the source's clock."""
        first = self.film.start
        begin = first if start is None else self.segments.done[0].times[0] * self.film.time_base
        return begin, None if end is None else first + Fraction(end).limit_denominator(10**6)

    def _paint_missing_segments(self, start: float | None, end: float | None) -> None:
        done = self.segments.done
        after = done[-1].times[-1] if done else None
        total = self.film.approximate_frame_count(start, end)
        frames = generate_ahead(self._frames_until_end(self.film.frames(after, start), end))
        painted = generate_ahead(self._painted_frames(generate_ahead(self._frames_with_changes(frames))))
        count = self.segments.frames
        if done:
            self.frame = self._read_saved_picture(_LAST_FRAME)
            self.painting = self._read_saved_picture(_LAST_PAINTING)
        moment = None
        for moment, change, painting, mask in painted:
            if self.writer is not None and len(self.writer.times) >= FRAMES:
                self._finish_segment(moment.pts)
            if change is not None and self.painting is not None:
                painting = blend_previous(painting, self.painting, change)
            self.frame, self.painting = moment.picture, painting
            self._write_frame(moment, blend_by_mask(painting, moment.picture, mask))
            count += 1
            if self.progress:
                self.progress(count, None if total is None else max(total, count))
        if moment is not None:
            self._finish_segment(moment.pts + (moment.duration or self.film.usual_duration))
        if self.progress:
            self.progress(count, count)

    def _frames_until_end(self, frames: Iterator[FilmFrame], end: float | None) -> Generator[FilmFrame, None, None]:
        limit = None if end is None else self.film.start + Fraction(end).limit_denominator(10**6)
        for moment in frames:
            if limit is not None and moment.pts * self.film.time_base >= limit:
                break
            yield moment

    def _frames_with_changes(self, frames: Iterator[FilmFrame]) -> Generator[tuple, None, None]:
        """Yield each frame with its change from the previous one."""
        before = self._read_saved_picture(_LAST_FRAME) if self.segments.done else None
        for moment in frames:
            change = compare_frames(before, moment.picture, self.steady) if self.steady and before else None
            before = moment.picture
            yield moment, change

    def _painted_frames(self, compared: Iterator[tuple]) -> Generator[tuple, None, None]:
        begin, end = self.between
        for moment, change in compared:
            painter = self.painter
            if isinstance(painter, MixtureOverTime):
                seconds = moment.pts * self.film.time_base - self.film.start
                painter = painter.painter_at(float(seconds - begin) / (end - begin))
            mask = painting_mask(moment.picture, **self.where)
            yield moment, change, painter.paint(moment.picture, **self.options), mask

    def _write_frame(self, moment: FilmFrame, picture: Image.Image) -> None:
        if self.writer is None:
            path, film = self.segments.path(f"{len(self.segments.done):06}.mp4"), self.film
            self.writer = SegmentWriter(path, self.format, film.time_base, film.rate, film.sample_aspect_ratio)
        self.writer.write(picture, moment.pts)

    def _finish_segment(self, end: int) -> None:
        number = len(self.segments.done)
        for template, picture in ((_LAST_FRAME, self.frame), (_LAST_PAINTING, self.painting)):
            picture.save(self.segments.path(template.format(number)), compress_level=1)
        self.segments.add(self.writer.finish(end))
        self.writer = None
        for template in (_LAST_FRAME, _LAST_PAINTING):
            self.segments.path(template.format(number - 1)).unlink(missing_ok=True)

    def _read_saved_picture(self, template: str) -> Image.Image:
        with Image.open(self.segments.path(template.format(len(self.segments.done) - 1))) as picture:
            return picture.convert("RGB")

    def _notice_early_end(self, end: float | None, target: Path) -> None:
        last, film = self.segments.done[-1].end, self.film
        if end is None and film.ends_early(last):
            film.problems.append(
                f"{film.name!r} must be complete. Received: a film that ends early, after "
                f"{float(last * film.time_base - film.start):.1f} seconds. The readable part is painted: {target}"
            )


def _describe_span(start: float | None, end: float | None) -> str:
    if start is None and end is None:
        return ""
    return f" between {start or 0:g} and {'its end' if end is None else f'{end:g} seconds'}"


def _describe_length(film: Film) -> str:
    return "" if film.seconds is None else f" of {film.seconds:.1f} seconds"
