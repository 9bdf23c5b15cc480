"""Segments: a film is written in pieces of some seconds, so that painting can go on where it was ended.

They lie in a hidden folder beside the film that is to be. Each is a film that can be played. `segments.json` lists
those that are whole.
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

from copyart.data.whole_files import write_whole
from copyart.video.colour import to_frame
from copyart.video.formats import FilmFormat, add_pictures

#: Frames in a segment. A run that is ended loses at most as many, and each segment starts with a key frame.
FRAMES = 120
_LIST = "segments.json"


class Segment(NamedTuple):
    """One segment.

    Args:
        file: Its name in the folder.
        times: The time of each of its frames, in units of the film's time base.
        end: When its last frame goes.
    """

    file: str
    times: list[int]
    end: int


class Segments:
    """The segments of one film.

    Args:
        target: Path of the film that is to be.
        order: What is painted and how, for `json`. Segments of another order are of no use.
        resume: Whether to keep segments of the same order.
    """

    def __init__(self, target: Path, order: dict[str, Any], resume: bool):
        self.folder = _folder(target)
        self._order, self.done = order, []
        if resume:
            self.done = self._listed()
        if not self.done:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(exist_ok=True)

    def _listed(self):
        try:
            listed = json.loads((self.folder / _LIST).read_text(encoding="utf-8"))
            if listed["order"] != json.loads(json.dumps(self._order)):
                return []
            return [Segment(*entry) for entry in listed["segments"] if (self.folder / entry[0]).is_file()]
        except (OSError, ValueError, KeyError, TypeError):
            return []

    @property
    def frames(self) -> int:
        """How many frames are painted."""
        return sum(len(segment.times) for segment in self.done)

    def path(self, name: str) -> Path:
        """Return the path of a file in the folder."""
        return self.folder / name

    def add(self, segment: Segment) -> None:
        """List a segment that is whole."""
        self.done.append(segment)
        listed = {"order": self._order, "segments": self.done}
        write_whole(self.folder / _LIST, json.dumps(listed).encode())

    def packets(self) -> Iterator[Any]:
        """Yield the encoded frames of all segments with their times in the film, and how long each is seen."""
        for segment in self.done:
            with av.open(str(self.folder / segment.file)) as container:
                stream = container.streams.video[0]
                ends = [*segment.times[1:], segment.end]
                packets = (packet for packet in container.demux(stream) if packet.size)
                # Without B-frames the packets are in the order of their times.
                for packet, time, end in zip(packets, segment.times, ends, strict=False):
                    packet.pts = packet.dts = time
                    packet.duration = end - time
                    yield packet

    def template(self) -> Any:
        """Return the first segment, open for reading. Close it."""
        return av.open(str(self.folder / self.done[0].file))

    def size(self) -> tuple[int, int]:
        """Return the width and height of the painted frames."""
        with self.template() as container:
            context = container.streams.video[0].codec_context
            return context.width, context.height

    def remove(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def remove_if_empty(self) -> None:
        """Delete the folder if it holds no whole segment."""
        if not self.done:
            self.remove()


def kept_frames(target: Path) -> int:
    """Return how many frames of a film are painted and wait for `resume`."""
    try:
        listed = json.loads((_folder(target) / _LIST).read_text(encoding="utf-8"))
        return sum(len(Segment(*entry).times) for entry in listed["segments"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _folder(target):
    return target.with_name(f".{target.name}.segments")


class SegmentWriter:
    """Writes one segment.

    Args:
        path: Of the file, MP4 by its name: its clock is as fine as the film's.
        format: What the film is written as.
        time_base: Seconds in one unit of the times.
        rate: Frames in a second on average.
        aspect: Width of a pixel by its height, or None.
    """

    def __init__(self, path: Path, format: FilmFormat, time_base: Fraction, rate: Fraction, aspect: Any):
        self._path, self._format, self._how = path, format, (time_base, rate, aspect)
        self._container = self._stream = None
        self.times: list[int] = []

    def write(self, picture: Image.Image, time: int) -> None:
        """Encode one frame.

        Args:
            picture: RGB.
            time: Later than the frame before.
        """
        frame = to_frame(picture)
        if self._container is None:
            self._container = av.open(str(self._path), "w", format="mp4")
            self._stream = add_pictures(self._container, self._format, (frame.width, frame.height), *self._how)
        self.times.append(time)
        frame.time_base, frame.pts = self._how[0], time - self.times[0]
        self._container.mux(self._stream.encode(frame))

    def finish(self, end: int) -> Segment:
        """Write what is still in the encoder, and return the segment.

        Args:
            end: When the last frame goes.
        """
        self._container.mux(self._stream.encode(None))
        self._container.close()
        self._container = None
        with open(self._path, "rb") as file:  # a full disk shows here at the latest
            os.fsync(file.fileno())
        return Segment(self._path.name, self.times, end)

    def abandon(self) -> None:
        """Close and delete what is half written."""
        if self._container is not None:
            with contextlib.suppress(OSError, ValueError):
                self._container.close()
        self._path.unlink(missing_ok=True)
