"""What is kept of a picture between the passes over it: maps in files, and the moments of their channels."""

import contextlib
import contextvars
import io
import tempfile

import numpy as np

from copyart.errors import ImageError

_in_memory = contextvars.ContextVar("maps in memory", default=False)


@contextlib.contextmanager
def maps_in_memory():
    """Keep the maps of pictures that are painted meanwhile, in this thread, in memory: nothing goes to the disk."""
    token = _in_memory.set(True)
    try:
        yield
    finally:
        _in_memory.reset(token)


def open_map_file():
    """Return an empty binary file for a map, gone when it is closed: a temporary one, or one in memory."""
    return io.BytesIO() if _in_memory.get() else tempfile.TemporaryFile(prefix="copyart-")


class MapFile:
    """A map in a file, float32 (rows, channels, width).

    A strip is written only when the next one has been read, which may still need what stood there: so a pass can write
    its result over its source.

    Args:
        file: A binary file, empty.
        channels: Of the map.
        width: Of the map.
    """

    def __init__(self, file, channels, width):
        self._file = file
        self._row = (channels, width)
        self._late = None

    def read(self, low, high):
        """Return the rows from `low` to before `high`."""
        rows = np.empty((high - low, *self._row), np.float32)
        self._seek(low)
        self._file.readinto(rows.data.cast("B"))
        return rows

    def write_later(self, low, rows):
        """Write rows from `low` on, when the strip after them has been read."""
        self.settle()
        self._late = low, rows

    def settle(self):
        """Write what is due."""
        if self._late is not None:
            low, rows = self._late
            self._seek(low)
            self._write(np.ascontiguousarray(rows).data.cast("B"))
            self._late = None

    def _write(self, rows):
        try:
            self._file.write(rows)
            self._file.flush()
        except OSError as error:
            raise ImageError(
                f"a large photo needs room in the temporary folder while it is painted. Received: {error.strerror}. "
                "Set TMPDIR to a folder with more room, or give --max-pixels."
            ) from error

    def _seek(self, row):
        channels, width = self._row
        self._file.seek(row * channels * width * 4)


class Moments:
    """The mean and the mean square of each channel of a map, gathered strip by strip.

    Args:
        channels: Of the map.
    """

    def __init__(self, channels):
        #: What is taken from the map before its moments are, so that float32 holds its squares well.
        self.centre = np.zeros((channels, 1, 1), np.float32)
        self._rows, self._mean, self._square = 0, np.zeros(channels), np.zeros(channels)

    def add(self, mean, square, rows):
        """Count in a strip of some rows."""
        self._rows += rows
        self._mean += (mean - self._mean) * rows / self._rows
        self._square += (square - self._square) * rows / self._rows

    def affine(self, stage, centred):
        """Return a factor and an addend for each channel, float32 (channels, 1, 1), that normalise the map.

        Args:
            stage: Whose result the map is. Where it has no normalisation, they only give the centre back.
            centred: Whether the centre is taken from the map.
        """
        if not stage.normed:
            return np.ones_like(self.centre), self.centre if centred else np.zeros_like(self.centre)
        variance = np.maximum(self._square - self._mean**2, 0)
        scale = (1 if stage.gain is None else stage.gain) / np.sqrt(variance + stage.epsilon)
        mean = self._mean + (0 if centred else self.centre[:, 0, 0])
        shift = (0 if stage.offset is None else stage.offset) - mean * scale
        return tuple(part.astype(np.float32)[:, None, None] for part in (scale, shift))
