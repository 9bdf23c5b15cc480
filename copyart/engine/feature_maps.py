"""Store feature maps between the passes over an image, strip by strip, in memory or in temporary files."""

import contextlib
import contextvars
import math
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import numpy as np

from copyart.errors import ImageError

#: Maximum size in bytes of feature maps kept in memory, which is faster than disk: enough for a 12-megapixel photo with
#: the light generator. The feature maps of larger images are stored in temporary files.
MEMORY_LIMIT = 400 << 20

_only_memory = contextvars.ContextVar("feature maps only in memory", default=False)


@contextlib.contextmanager
def keep_feature_maps_in_memory() -> Iterator[None]:
    """Inside this context, in this thread, store feature maps in memory and never on disk."""
    token = _only_memory.set(True)
    try:
        yield
    finally:
        _only_memory.reset(token)


@contextlib.contextmanager
def open_memory_or_file_stores(
    count: int, channels: int, width: int, strips: Sequence[tuple[int, int]]
) -> Iterator[list]:
    """Open `count` empty feature map stores. Temporary files are deleted at the end of the context.

    Args:
        channels: Channels of each feature map.
        width: Width of each feature map.
        strips: (first row, row after the last) of each strip.
    """
    stores = [MemoryStore(channels, width, strips) for _ in range(count)]
    with contextlib.ExitStack() as files:
        if _only_memory.get() or sum(store.most_bytes for store in stores) <= MEMORY_LIMIT:
            yield stores
        else:
            opened = [files.enter_context(tempfile.TemporaryFile(prefix="copyart-")) for _ in range(count)]
            yield [FileStore(channels, width, strips, file) for file in opened]


class FeatureMapStore:
    """A feature map stored in strips; each strip is float32, (1, channels, rows, width).

    Args:
        strips: (first row, row after the last) of each strip.
    """

    def __init__(self, channels: int, width: int, strips: Sequence[tuple[int, int]]):
        self._channels, self._width, self._strips = channels, width, strips

    def read(self, margins: Sequence[tuple[int, int]]) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Read strip by strip. A strip may be overwritten as soon as it has been yielded.

        Args:
            margins: For each strip, how many rows of the strip above and of the strip below to read with it.

        Yields:
            The rows above, the strip and the rows below, (1, channels, rows, width) each. The arrays are valid until
            the next strip is read.
        """
        strip = self._stored_strip(0)
        above = strip[:, :, :0]
        for number, (_, wanted_below) in enumerate(margins):
            last = number + 1 == len(margins)
            following = strip[:, :, :0] if last else self._stored_strip(number + 1)
            yield above, strip, np.ascontiguousarray(following[:, :, :wanted_below])
            if not last:
                above = strip[:, :, strip.shape[2] - margins[number + 1][0] :].copy()
                strip = following

    def _stored_strip(self, number: int) -> np.ndarray:
        """Return a strip, as it was last written."""
        raise NotImplementedError

    def _allocate_buffer(self) -> np.ndarray:
        """Return a buffer that is large enough for any strip, float32 (numbers,)."""
        return np.empty(self._largest_strip_size(), np.float32)

    def _largest_strip_size(self) -> int:
        return self._channels * self._width * max(high - low for low, high in self._strips)

    def _view_as_strip(self, buffer: np.ndarray, number: int) -> np.ndarray:
        """Return a view of a buffer in the shape of a strip."""
        low, high = self._strips[number]
        shape = (1, self._channels, high - low, self._width)
        return buffer[: math.prod(shape)].reshape(shape)


class MemoryStore(FeatureMapStore):
    """A feature map in memory. Strips are read and written without a copy."""

    def __init__(self, channels: int, width: int, strips: Sequence[tuple[int, int]]):
        super().__init__(channels, width, strips)
        self._buffers: list[Any] = [None] * len(strips)
        self._spare: Any = None

    @property
    def most_bytes(self) -> int:
        """Maximum memory in bytes: a buffer for each strip, and one for the strip that is being written."""
        return 4 * self._largest_strip_size() * (len(self._strips) + 1)

    def new_strip(self, number: int) -> np.ndarray:
        """Return an array to compute a strip into. The stored strip does not change until `write` is called."""
        self._spare = self._allocate_buffer() if self._spare is None else self._spare
        return self._view_as_strip(self._spare, number)

    def write(self, number: int) -> None:
        """Store the array that `new_strip` returned last as strip `number`."""
        self._buffers[number], self._spare = self._spare, self._buffers[number]

    def _stored_strip(self, number: int) -> np.ndarray:
        return self._view_as_strip(self._buffers[number], number)


class FileStore(FeatureMapStore):
    """A feature map in a file.

    Args:
        channels: Channels of the feature map.
        width: Width of the feature map.
        strips: (first row, row after the last) of each strip.
        file: An empty binary file.
    """

    def __init__(self, channels: int, width: int, strips: Sequence[tuple[int, int]], file: BinaryIO):
        super().__init__(channels, width, strips)
        self._file = file
        self._result, self._buffers = self._allocate_buffer(), (self._allocate_buffer(), self._allocate_buffer())

    def new_strip(self, number: int) -> np.ndarray:
        """Return an array to compute a strip into, before `write` stores it."""
        return self._view_as_strip(self._result, number)

    def write(self, number: int) -> None:
        """Store the array that `new_strip` returned last as strip `number`.

        Raises:
            ImageError: if the temporary folder is full.
        """
        try:
            self._seek_strip(number)
            self._file.write(self._view_as_strip(self._result, number).data.cast("B"))
            self._file.flush()
        except OSError as error:
            raise ImageError(
                "the temporary folder must have space for the feature maps of a large photo. Received: "
                f"{error.strerror}. Set TMPDIR to a folder with more space, or give --max-pixels."
            ) from error

    def _stored_strip(self, number: int) -> np.ndarray:
        strip = self._view_as_strip(self._buffers[number % 2], number)
        self._seek_strip(number)
        self._file.readinto(strip.data.cast("B"))  # type: ignore[attr-defined]  # a buffered reader has it
        return strip

    def _seek_strip(self, number: int) -> None:
        self._file.seek(self._strips[number][0] * self._channels * self._width * 4)
