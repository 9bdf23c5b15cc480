"""What is kept of a picture between the passes over it: maps, strip by strip, in memory or in temporary files."""

import contextlib
import contextvars
import math
import tempfile

import numpy as np

from copyart.errors import ImageError

#: Bytes that the maps of a picture may take in memory, where they are quickest at hand: enough for a telephone's 12
#: megapixels with the light generator. Those of a larger picture lie in temporary files.
IN_MEMORY = 400 << 20

_in_memory = contextvars.ContextVar("maps in memory", default=False)


@contextlib.contextmanager
def maps_in_memory():
    """Keep the maps of pictures that are painted meanwhile, in this thread, in memory: nothing goes to the disk."""
    token = _in_memory.set(True)
    try:
        yield
    finally:
        _in_memory.reset(token)


@contextlib.contextmanager
def open_maps(count, channels, width, cuts):
    """Give maps that are gone at the end.

    Args:
        count: How many.
        channels: Of each map.
        width: Of each map.
        cuts: (first row, row after the last) of each strip.
    """
    maps = [MapInMemory(channels, width, cuts) for _ in range(count)]
    with contextlib.ExitStack() as files:
        if _in_memory.get() or sum(map_.most_bytes for map_ in maps) <= IN_MEMORY:
            yield maps
        else:
            opened = [files.enter_context(tempfile.TemporaryFile(prefix="copyart-")) for _ in range(count)]
            yield [MapInFile(channels, width, cuts, file) for file in opened]


class _Map:
    """A map in strips, float32 (1, channels, rows, width) each.

    Args:
        channels: Of the map.
        width: Of the map.
        cuts: (first row, row after the last) of each strip.
    """

    def __init__(self, channels, width, cuts):
        self._channels, self._width, self._cuts = channels, width, cuts

    def walk(self, margins):
        """Go from strip to strip. Each may be replaced when it has been given out.

        Args:
            margins: For each strip, how many rows of the strip above are wanted, and how many of the one below.

        Yields:
            The rows above, the strip and the rows below: (1, channels, rows, width) each, until the next ones.
        """
        strip = self._strip(0)
        above = strip[:, :, :0]
        for number, (_, wanted_below) in enumerate(margins):
            last = number + 1 == len(margins)
            following = strip[:, :, :0] if last else self._strip(number + 1)
            yield above, strip, np.ascontiguousarray(following[:, :, :wanted_below])
            if not last:
                above = strip[:, :, strip.shape[2] - margins[number + 1][0] :].copy()
                strip = following

    def _room(self):
        """Return room for any strip, float32 (numbers,)."""
        return np.empty(self._numbers(), np.float32)

    def _numbers(self):
        return self._channels * self._width * max(high - low for low, high in self._cuts)

    def _shaped(self, room, number):
        """Return a strip's part of some room, in its shape."""
        low, high = self._cuts[number]
        shape = (1, self._channels, high - low, self._width)
        return room[: math.prod(shape)].reshape(shape)


class MapInMemory(_Map):
    """A map in memory: strips are handed out and taken in as they are, without a copy."""

    def __init__(self, channels, width, cuts):
        super().__init__(channels, width, cuts)
        self._rooms, self._spare = [None] * len(cuts), None

    @property
    def most_bytes(self):
        """Bytes that the map takes in the end: room for every strip, and for a new one."""
        return 4 * self._numbers() * (len(self._cuts) + 1)

    def new(self, number):
        """Return an array for a strip that `replace` is to take in; the strip itself stays meanwhile."""
        self._spare = self._room() if self._spare is None else self._spare
        return self._shaped(self._spare, number)

    def replace(self, number):
        """Take what the array that was handed out last now holds for the strip."""
        self._rooms[number], self._spare = self._spare, self._rooms[number]

    def _strip(self, number):
        return self._shaped(self._rooms[number], number)


class MapInFile(_Map):
    """A map in a file.

    Args:
        channels: Of the map.
        width: Of the map.
        cuts: (first row, row after the last) of each strip.
        file: A binary file, empty.
    """

    def __init__(self, channels, width, cuts, file):
        super().__init__(channels, width, cuts)
        self._file = file
        self._result, self._rooms = self._room(), (self._room(), self._room())

    def new(self, number):
        """Return an array for a strip that `replace` is to take in."""
        return self._shaped(self._result, number)

    def replace(self, number):
        """Write what the array that was handed out last now holds for the strip.

        Raises:
            ImageError: if there is no room.
        """
        try:
            self._seek(number)
            self._file.write(self._shaped(self._result, number).data.cast("B"))
            self._file.flush()
        except OSError as error:
            raise ImageError(
                f"a large photo needs room in the temporary folder while it is painted. Received: {error.strerror}. "
                "Set TMPDIR to a folder with more room, or give --max-pixels."
            ) from error

    def _strip(self, number):
        strip = self._shaped(self._rooms[number % 2], number)
        self._seek(number)
        self._file.readinto(strip.data.cast("B"))
        return strip

    def _seek(self, number):
        self._file.seek(self._cuts[number][0] * self._channels * self._width * 4)
