"""Segments: a film is written in pieces of a few seconds, so that painting can be resumed.

Each segment is a playable film, in a hidden folder next to the painted film. `segments.json` lists the complete ones.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import av
from PIL import Image

from copyart.data.atomic_files import write_atomically
from copyart.video.colour import to_frame
from copyart.video.formats import FilmFormat, add_picture_stream

#: Frames per segment. A killed run loses at most this many frames. Each segment starts with a key frame.
FRAMES = 120
_LIST = "segments.json"


class Segment(NamedTuple):
    """One segment.

    Args:
        file: File name in the folder.
        times: The time of each of its frames, in units of the film's time base.
        end: End of its last frame.
    """

    file: str
    times: list[int]
    end: int


class Segments:
    """The segments of one film.

    Args:
        target: Path of the painted film.
        order: Everything that determines the film, as JSON types. Segments that differ in it are deleted.
        resume: Whether to keep earlier segments with the same `order`. If not, all are deleted.
    """

    def __init__(self, target: Path, order: dict[str, Any], resume: bool):
        self.folder = _segments_folder(target)
        self._order, self.done = order, []
        if resume:
            self.done = self._read_list()
        if not self.done:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(exist_ok=True)

    def _read_list(self) -> list[Segment]:
        try:
            listed = json.loads((self.folder / _LIST).read_text(encoding="utf-8"))
            if listed["order"] != json.loads(json.dumps(self._order)):
                return []
            return [Segment(*entry) for entry in listed["segments"] if (self.folder / entry[0]).is_file()]
        except (OSError, ValueError, KeyError, TypeError):
            return []

    @property
    def frames(self) -> int:
        """Number of painted frames."""
        return sum(len(segment.times) for segment in self.done)

    def path(self, name: str) -> Path:
        """Return the path of a segment's file."""
        return self.folder / name

    def add(self, segment: Segment) -> None:
        """Add a complete segment to the list."""
        self.done.append(segment)
        listed = {"order": self._order, "segments": self.done}
        write_atomically(self.folder / _LIST, json.dumps(listed).encode())

    def packets(self) -> Iterator[Any]:
        """Yield the encoded frames of all segments with their times in the film and their durations."""
        for segment in self.done:
            with av.open(str(self.folder / segment.file)) as container:
                stream = container.streams.video[0]
                ends = [*segment.times[1:], segment.end]
                packets = (packet for packet in container.demux(stream) if packet.size)
                # Without B-frames, packets are stored in the order in which their frames are shown.
                for packet, time, end in zip(packets, segment.times, ends, strict=False):
                    packet.pts = packet.dts = time
                    packet.duration = end - time
                    yield packet

    def open_first(self) -> Any:
        """Open the first segment for reading. The caller must close it."""
        return av.open(str(self.folder / self.done[0].file))

    def frame_size(self) -> tuple[int, int]:
        """Return the width and height of the painted frames."""
        with self.open_first() as container:
            context = container.streams.video[0].codec_context
            return context.width, context.height

    def remove(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def remove_if_empty(self) -> None:
        """Delete the folder if it has no complete segment."""
        if not self.done:
            self.remove()


def kept_frames(target: Path) -> int:
    """Return how many frames of a film are painted and stored, so that painting can be resumed after them."""
    try:
        listed = json.loads((_segments_folder(target) / _LIST).read_text(encoding="utf-8"))
        return sum(len(Segment(*entry).times) for entry in listed["segments"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _segments_folder(target: Path) -> Path:
    return target.with_name(f".{target.name}.segments")


class SegmentWriter:
    """Writes one segment.

    Args:
        path: Path of the MP4 file to write.
        time_base: Seconds in one unit of the frames' times, the same as in the original film.
        rate: Average frames per second.
        aspect: Width of a pixel divided by its height, or None.
    """

    def __init__(self, path: Path, format: FilmFormat, time_base: Fraction, rate: Fraction, aspect: Any):
        self._path, self._format, self._how = path, format, (time_base, rate, aspect)
        self._container: Any = None
        self._stream: Any = None
        self.times: list[int] = []

    def write(self, picture: Image.Image, time: int) -> None:
        """Encode one frame.

        Args:
            picture: RGB image.
            time: Its time in the film, later than the previous frame's.
        """
        frame = to_frame(picture)
        if self._container is None:
            self._container = av.open(str(self._path), "w", format="mp4")
            self._stream = add_picture_stream(self._container, self._format, (frame.width, frame.height), *self._how)
        self.times.append(time)
        frame.time_base, frame.pts = self._how[0], time - self.times[0]
        self._container.mux(self._stream.encode(frame))

    def finish(self, end: int) -> Segment:
        """Flush the encoder, and return the segment.

        Args:
            end: End of the last frame.
        """
        self._container.mux(self._stream.encode(None))
        self._container.close()
        self._container = None
        with open(self._path, "rb") as file:  # a full disk is noticed here at the latest
            os.fsync(file.fileno())
        return Segment(self._path.name, self.times, end)

    def abandon(self) -> None:
        """Close and delete an incomplete file."""
        if self._container is not None:
            with contextlib.suppress(OSError, ValueError):
                self._container.close()
        self._path.unlink(missing_ok=True)
