"""Batches without TensorFlow: threads crop the pictures of each step, a few steps ahead."""

import itertools
from collections.abc import Callable, Iterator
from typing import cast

import keras
import numpy as np

from copyart.data.read_ahead import read_ahead

#: Number of batches to prepare in advance, and number of threads that prepare them.
_AHEAD, _THREADS = 8, 2


def batches(
    pairs_of: Callable[[int], np.ndarray],
    crop: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
    shape: tuple[int, int, int, int],
    first: Callable[[], int],
    count: int | None = None,
) -> "NumpyBatches":
    """Return batches without TensorFlow, equal byte for byte to those of `copyart.data.tensorflow_batches`.

    Args:
        pairs_of, crop, shape, first, count: As for `copyart.data.tensorflow_batches.batches`.
    """

    def make(step: int) -> tuple[np.ndarray, np.ndarray]:
        photos, art = crop(pairs_of(step))
        return to_float(photos), to_float(art)

    return NumpyBatches(make, first, count)


class NumpyBatches(keras.utils.PyDataset):
    """Batches `(photos, art)` for `fit` or a `for` loop. A pass over them is an epoch.

    Keras' own workers are not used: they end with each epoch, and start before the epoch's first step is known.

    Args:
        make: Function that returns the batch of a step. It may be called in any thread.
        first: Function that returns the first step of a pass, called when the pass starts.
        count: Number of steps in a pass. Defaults to None: a pass never ends.
    """

    def __init__(
        self,
        make: Callable[[int], tuple[np.ndarray, ...]],
        first: Callable[[], int],
        count: int | None = None,
    ):
        super().__init__()
        self._make, self._first, self._count = make, first, count
        self._start: int | None = None
        self._next: int | None = None
        self._coming: Iterator = iter(())

    @property
    def num_batches(self) -> int | None:
        """Number of steps in a pass, or None if a pass never ends."""
        return self._count

    def __len__(self) -> int:
        if self._count is None:
            raise TypeError("an endless data set has no length")
        return self._count

    def on_epoch_begin(self) -> None:
        """Start the next pass, unless an endless pass is running."""
        if self._start is None or self._count is not None:
            self._start = self._first()

    def __getitem__(self, index: int) -> tuple[np.ndarray, ...]:
        """Return a batch of the current pass of `fit`."""
        if self._start is None:
            self.on_epoch_begin()
        start = cast(int, self._start)
        step = start + index
        if step != self._next:
            self._coming = self._batches(step, start)
        self._next = step + 1
        return next(self._coming)

    def __iter__(self) -> Iterator[tuple[np.ndarray, ...]]:
        """Return an iterator over the next pass."""
        start = self._first()
        return self._batches(start, start)

    def _batches(self, step: int, start: int) -> Iterator[tuple[np.ndarray, ...]]:
        steps = itertools.count(step) if self._count is None else range(step, start + self._count)
        return (batch.result() for batch in read_ahead(self._make, steps, workers=_THREADS, ahead=_AHEAD))


def to_float(images: np.ndarray) -> np.ndarray:
    """Convert uint8 images to float32 in [-1, 1]."""
    numbers = np.divide(images, np.float32(127.5), dtype=np.float32)
    numbers -= 1
    return numbers
