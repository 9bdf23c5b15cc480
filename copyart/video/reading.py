"""Read a film: its frames with their times, and what else is in its file."""

import contextlib
import dataclasses
import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from PIL import Image

from copyart.data.decoding import MAX_PIXELS
from copyart.errors import VideoError, one_line
from copyart.video.colour import to_picture

#: What may open a file. Others, such as playlists, would open further files or addresses.
_OPTIONS = {
    "format_whitelist": "mov,matroska,avi,mpeg,mpegts,ogg",
    "protocol_whitelist": "file",
}
#: Damaged packets in a row after which the film counts as over.
_MOST_DAMAGED = 300
#: What PyAV raises on a damaged file, or one that cannot be written.
AV_ERRORS = (av.FFmpegError, OSError, ValueError, EOFError)
#: How long reading may block, in seconds: the file may lie in a pipe or on a dead network drive.
_TIMEOUT = 60


@dataclasses.dataclass(frozen=True)
class Moment:
    """One frame of a film.

    Args:
        pts: Its time, in units of the film's `time_base`.
        duration: How long it is seen, in the same units; 0 if the film does not say.
        picture: The frame, RGB, upright; None where only the times are wanted.
    """

    pts: int
    duration: int
    picture: Image.Image | None


class Film:
    """A film that is open for reading.

    Args:
        path: Of the file.

    Raises:
        VideoError: if it is no film, or is damaged at its start.
    """

    def __init__(self, path: str | os.PathLike):
        self.path, self.name = Path(path), Path(path).name
        #: One line for each thing that was wrong with the film, as far as it has been read.
        self.problems: list[str] = []
        self._container = self._open()
        stream = self._stream(self._container)
        _check_size(self.name, stream)
        self.time_base: Fraction = stream.time_base
        self.rate: Fraction = stream.average_rate or stream.guessed_rate or Fraction(25)
        self.sample_aspect_ratio: Fraction | None = stream.sample_aspect_ratio
        self._start = max(self._container.start_time or 0, 0)
        self._seconds = _seconds(self._container, stream)
        self._counted = stream.frames
        self._end = _end(self._container, stream)

    def _open(self):
        try:
            if not self.path.is_file():
                raise OSError("a path where there is no file")
            return av.open(str(self.path), options=dict(_OPTIONS), timeout=_TIMEOUT, metadata_errors="replace")
        except AV_ERRORS as error:
            raise VideoError(
                f"{self.name!r} must be a film: MP4, MOV, MKV, WebM, AVI or MPEG. Received: {one_line(error)}. "
                "Fetch or save it again."
            ) from error

    def _stream(self, container):
        covers = av.stream.Disposition.attached_pic
        streams = [stream for stream in container.streams.video if not stream.disposition & covers]
        if not streams or streams[0].codec_context is None:
            raise VideoError(
                f"{self.name!r} must have moving pictures. Received: {len(container.streams)} streams without them, or "
                "in a codec that is not known. Convert it to H.264."
            )
        streams[0].thread_type = "AUTO"
        return streams[0]

    @property
    def start(self) -> Fraction:
        """Seconds at which the film starts, by its own clock."""
        return Fraction(self._start, av.time_base)

    @property
    def seconds(self) -> float | None:
        """Length in seconds, as the film states it."""
        return self._seconds

    @property
    def usual_duration(self) -> int:
        """How long a frame is usually seen, in units of `time_base`."""
        return max(round(1 / (self.rate * self.time_base)), 1)

    def ends_early(self, last: int) -> bool:
        """Tell whether a film that cannot be read any further should have been longer."""
        tolerance = max(3 * self.usual_duration, 0.01 * (self._end or 0))
        return self._end is not None and last < self._end - tolerance

    def count(self, start: float | None, end: float | None) -> int | None:
        """Return about how many frames lie between two times, or None if the film does not say."""
        whole = start is None and end is None
        if whole and self._counted:
            return self._counted
        if self._seconds is None:
            return None
        span = min(end if end is not None else self._seconds, self._seconds) - (start or 0)
        rate = self._counted / self._seconds if self._counted else float(self.rate)
        return max(round(span * rate), 1)

    def frames(self, after: int | None = None, start: float | None = None) -> Iterator[Moment]:
        """Yield the frames in the order of their times.

        Frames that cannot be decoded are left out, and noted in `problems`.

        Args:
            after: Only frames later than this time, in units of `time_base`. Defaults to None: all.
            start: Only frames at or after this time, in seconds. Defaults to None: all.
        """
        low = None if after is None else after + 1
        if start is not None:
            low = max(low or 0, -int(-(self.start + Fraction(start).limit_denominator(10**6)) // self.time_base))
        container, stream = self._sought(low)
        size, latest = None, None
        with contextlib.closing(container):
            for frame in self._decoded(container, stream):
                pts = _time(frame, latest, self)
                if latest is not None and pts <= latest:  # a clock that stands still or runs backwards
                    pts = latest + 1
                latest = pts
                if low is not None and pts < low:
                    continue
                picture = self._picture(frame)
                if picture is None:
                    continue
                size = size or picture.size
                if picture.size != size:
                    picture = picture.resize(size, Image.Resampling.LANCZOS)
                yield Moment(pts, frame.duration or 0, picture)

    def _sought(self, low):
        """Return the film, open a short way before a time."""
        container = self._open()
        stream = self._stream(container)
        if low is None:
            return container, stream
        try:
            container.seek(max(low - 1, 0), stream=stream, backward=True)
            first = next(iter(container.decode(stream)), None)
            found = first is not None and first.pts is not None and first.pts <= low
            if found:  # again, for the frame that has been read
                container.seek(max(low - 1, 0), stream=stream, backward=True)
                return container, stream
        except AV_ERRORS:
            pass
        container.close()  # a file that cannot be sought is read from its start
        container = self._open()
        return container, self._stream(container)

    def _decoded(self, container, stream):
        damaged, in_a_row = 0, 0
        packets = container.demux(stream)
        while in_a_row < _MOST_DAMAGED:
            try:
                packet = next(packets, None)
                if packet is None:
                    break
                frames = packet.decode()
            except AV_ERRORS:
                damaged, in_a_row = damaged + 1, in_a_row + 1
                continue
            for frame in frames:
                in_a_row = 0
                damaged += bool(frame.is_corrupt)
                yield frame
        if damaged:
            self.problems.append(
                f"{self.name!r} must be whole. Received: {damaged} damaged places. The picture before stands for what "
                "could not be read."
            )

    def _picture(self, frame):
        if frame.width * frame.height > MAX_PIXELS:
            return None
        try:
            return to_picture(frame)
        except AV_ERRORS:  # a pixel format that nothing converts, in a mangled file
            return None

    def others(self) -> Any:
        """Return the file, open once more, for its sound, subtitles, chapters and titles. Close it."""
        return self._open()

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def __enter__(self) -> "Film":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _time(frame, latest, film):
    if frame.pts is not None:
        return frame.pts
    return 0 if latest is None else latest + film.usual_duration


def _seconds(container, stream):
    if container.duration:
        return container.duration / av.time_base
    return float(stream.duration * stream.time_base) if stream.duration else None


def _end(container, stream):
    """Return when the last frame should go, in units of the stream's time base, or None if the film does not say."""
    if stream.duration:
        return (stream.start_time or 0) + stream.duration
    said = stream.metadata.get("DURATION", "").split(":")  # Matroska's
    with contextlib.suppress(ValueError):
        if len(said) == 3:
            return round((int(said[0]) * 3600 + int(said[1]) * 60 + float(said[2])) / stream.time_base)
    return None


def _check_size(name, stream) -> None:
    width, height = stream.codec_context.width, stream.codec_context.height
    if not 0 < width * height <= MAX_PIXELS:
        raise VideoError(
            f"{name!r} must have pictures of 1 to {MAX_PIXELS:,} pixels. Received: {width:,} × {height:,}. "
            "Check how it was made."
        )
