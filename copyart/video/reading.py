"""Read a film: its frames with their times, and its other streams."""

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

#: Allowed demuxers. Others, such as playlists, would open further files or addresses.
_OPTIONS = {
    "format_whitelist": "mov,matroska,avi,mpeg,mpegts,ogg",
    "protocol_whitelist": "file",
}
#: Reading stops after this many damaged packets in a row.
_MOST_DAMAGED = 300
#: Exceptions of PyAV for a damaged or unwritable file.
AV_ERRORS = (av.FFmpegError, OSError, ValueError, EOFError)
#: Longest time that reading may block, in seconds. The file may be a pipe or on an unreachable network drive.
_TIMEOUT = 60


@dataclasses.dataclass(frozen=True)
class FilmFrame:
    """One frame of a film.

    Args:
        pts: Its presentation time, in units of the film's `time_base`.
        duration: Its duration, in the same units; 0 if the film does not state it.
        picture: The upright RGB picture.
    """

    pts: int
    duration: int
    picture: Image.Image


class Film:
    """A film opened for reading.

    Raises:
        VideoError: if it is not a film, or is damaged at its start.
    """

    def __init__(self, path: str | os.PathLike):
        self.path, self.name = Path(path), Path(path).name
        #: One line for each problem found so far.
        self.problems: list[str] = []
        self._container = self._open_container()
        stream = self._video_stream(self._container)
        _check_size(self.name, stream)
        self.time_base: Fraction = stream.time_base
        self.rate: Fraction = stream.average_rate or stream.guessed_rate or Fraction(25)
        self.sample_aspect_ratio: Fraction | None = stream.sample_aspect_ratio
        self._start = max(self._container.start_time or 0, 0)
        self._seconds = _stated_seconds(self._container, stream)
        self._counted = stream.frames
        self._end = _end_of_last_frame(self._container, stream)

    def _open_container(self) -> Any:
        try:
            if not self.path.is_file():
                raise OSError("a path that does not exist")
            return av.open(str(self.path), options=dict(_OPTIONS), timeout=_TIMEOUT, metadata_errors="replace")
        except AV_ERRORS as error:
            raise VideoError(
                f"{self.name!r} must be a film: MP4, MOV, MKV, WebM, AVI or MPEG. Received: {one_line(error)}. "
                "Download or save it again."
            ) from error

    def _video_stream(self, container: Any) -> Any:
        covers = av.stream.Disposition.attached_pic
        streams = [stream for stream in container.streams.video if not stream.disposition & covers]
        if not streams or streams[0].codec_context is None:
            raise VideoError(
                f"{self.name!r} must have moving pictures. Received: {len(container.streams)} streams, none of them "
                "video in a supported codec. Convert it to H.264."
            )
        streams[0].thread_type = "AUTO"
        return streams[0]

    @property
    def start(self) -> Fraction:
        """Time at which the film starts, in seconds, as stored in the file."""
        return Fraction(self._start, av.time_base)

    @property
    def seconds(self) -> float | None:
        """Length in seconds, as stated in the file."""
        return self._seconds

    @property
    def usual_duration(self) -> int:
        """Usual duration of a frame, in units of `time_base`."""
        return max(round(1 / (self.rate * self.time_base)), 1)

    def ends_early(self, last: int) -> bool:
        """Tell whether a film whose last readable frame ends at the time `last` should be longer than that."""
        tolerance = max(3 * self.usual_duration, 0.01 * (self._end or 0))
        return self._end is not None and last < self._end - tolerance

    def approximate_frame_count(self, start: float | None, end: float | None) -> int | None:
        """Return the approximate number of frames between two times, or None if it is unknown."""
        whole = start is None and end is None
        if whole and self._counted:
            return self._counted
        if self._seconds is None:
            return None
        span = min(end if end is not None else self._seconds, self._seconds) - (start or 0)
        rate = self._counted / self._seconds if self._counted else float(self.rate)
        return max(round(span * rate), 1)

    def frames(self, after: int | None = None, start: float | None = None) -> Iterator[FilmFrame]:
        """Yield the frames, ordered by time.

        Frames that cannot be decoded are left out and recorded in `problems`.

        Args:
            after: Only frames later than this time, in units of `time_base`. Defaults to None: all.
            start: Only frames at or after this time, in seconds. Defaults to None: all.
        """
        low = None if after is None else after + 1
        if start is not None:
            low = max(low or 0, -int(-(self.start + Fraction(start).limit_denominator(10**6)) // self.time_base))
        container, stream = self._open_near(low)
        size, latest = None, None
        with contextlib.closing(container):
            for frame in self._decode_frames(container, stream):
                pts = _frame_time(frame, latest, self)
                if latest is not None and pts <= latest:  # times must increase
                    pts = latest + 1
                latest = pts
                if low is not None and pts < low:
                    continue
                picture = self._frame_to_picture(frame)
                if picture is None:
                    continue
                size = size or picture.size
                if picture.size != size:
                    picture = picture.resize(size, Image.Resampling.LANCZOS)
                yield FilmFrame(pts, frame.duration or 0, picture)

    def _open_near(self, low: int | None) -> tuple[Any, Any]:
        """Open the film at a key frame shortly before the time `low`, or at its start if it cannot seek."""
        container = self._open_container()
        stream = self._video_stream(container)
        if low is None:
            return container, stream
        try:
            container.seek(max(low - 1, 0), stream=stream, backward=True)
            first = next(iter(container.decode(stream)), None)
            found = first is not None and first.pts is not None and first.pts <= low
            if found:  # seek again, because a frame has been read already
                container.seek(max(low - 1, 0), stream=stream, backward=True)
                return container, stream
        except AV_ERRORS:
            pass
        container.close()  # a file in which seeking fails is read from its start
        container = self._open_container()
        return container, self._video_stream(container)

    def _decode_frames(self, container: Any, stream: Any) -> Iterator[av.VideoFrame]:
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
                f"{self.name!r} must be complete. Received: {damaged} damaged places. The previous picture replaces "
                "unreadable frames."
            )

    def _frame_to_picture(self, frame: av.VideoFrame) -> Image.Image | None:
        if frame.width * frame.height > MAX_PIXELS:
            return None
        try:
            return to_picture(frame)
        except AV_ERRORS:  # a damaged file may have a pixel format that cannot be converted
            return None

    def reopen(self) -> Any:
        """Open the file again, for its sound, subtitles, chapters and titles. The caller must close it."""
        return self._open_container()

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def __enter__(self) -> "Film":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _frame_time(frame: av.VideoFrame, latest: int | None, film: Film) -> int:
    if frame.pts is not None:
        return frame.pts
    return 0 if latest is None else latest + film.usual_duration


def _stated_seconds(container: Any, stream: Any) -> float | None:
    if container.duration:
        return container.duration / av.time_base
    return float(stream.duration * stream.time_base) if stream.duration else None


def _end_of_last_frame(container: Any, stream: Any) -> int | None:
    """Return the end of the last frame, in units of the stream's time base, or None if it is unknown."""
    if stream.duration:
        return (stream.start_time or 0) + stream.duration
    said = stream.metadata.get("DURATION", "").split(":")  # Matroska's
    with contextlib.suppress(ValueError):
        if len(said) == 3:
            return round((int(said[0]) * 3600 + int(said[1]) * 60 + float(said[2])) / stream.time_base)
    return None


def _check_size(name: str, stream: Any) -> None:
    width, height = stream.codec_context.width, stream.codec_context.height
    if not 0 < width * height <= MAX_PIXELS:
        raise VideoError(
            f"{name!r} must have pictures of 1 to {MAX_PIXELS:,} pixels. Received: {width:,} × {height:,}. Convert it "
            "to a smaller size."
        )
