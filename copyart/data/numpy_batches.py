"""Batches without TensorFlow: rows of numbers become pictures in threads, a few steps ahead."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np

#: Batches that are made while the accelerator is busy with an earlier one, and the threads that make them.
_AHEAD, _THREADS = 8, 2


def batches(rows_of, cut, shape, first, count=None):
    """Return the batches of some steps, one pass after the other: the same as those for TensorFlow, byte for byte.

    Args:
        rows_of, cut, shape, first, count: As for `copyart.data.tensorflow_batches.batches`.

    Returns:
        `NumpyBatches`.
    """
    return NumpyBatches(lambda step: tuple(map(to_float, cut(rows_of(step)))), first, count)


class NumpyBatches(keras.utils.PyDataset):
    """Batches `(photos, art)` for `fit`, and for a loop over them; a pass is an epoch.

    Args:
        make: Called with a step, in any thread, returns its batch.
        first: Called at the beginning of each pass, returns its first step.
        count: Steps of a pass. Defaults to None: a pass never ends.
    """

    def __init__(self, make, first, count=None):
        super().__init__()
        self._make, self._ahead = make, _Ahead(make)
        self._first, self._start, self._count = first, None, count

    @property
    def num_batches(self):
        """Steps of a pass, None where it never ends."""
        return self._count

    def __len__(self):
        if self._count is None:
            raise TypeError("batches without end have no length")
        return self._count

    def on_epoch_begin(self):
        """Begin the next pass, unless there is one without end under way."""
        if self._start is None or self._count is not None:
            self._start = self._first()

    def __getitem__(self, index):
        """Return a batch of the pass that `fit` is in."""
        if self._start is None:
            self.on_epoch_begin()
        return self._ahead(self._start + index, self._end(self._start))

    def __iter__(self):
        """Return an iterator over the next pass."""
        start = self._first()
        ahead, end = _Ahead(self._make), self._end(start)
        steps = itertools.count(start) if end is None else range(start, end)
        return (ahead(step, end) for step in steps)

    def _end(self, start):
        return None if self._count is None else start + self._count


class _Ahead:
    """Batches by their step, with the next ones under way in threads."""

    def __init__(self, make):
        self._make = make
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="batches")
        self._lock = threading.Lock()
        self._waiting = {}

    def __call__(self, step, end):
        """Return the batch of a step; nothing is made from `end` on, where there is one."""
        last = step + 1 + _AHEAD
        with self._lock:
            wanted = range(step, last if end is None else min(last, end))
            for old in self._waiting.keys() - set(wanted):
                self._waiting.pop(old).cancel()
            for each in wanted:
                if each not in self._waiting:
                    self._waiting[each] = self._threads.submit(self._make, each)
            batch = self._waiting.pop(step)
        return batch.result()


def to_float(images):
    """Turn uint8 into float32 in [-1, 1]."""
    numbers = np.divide(images, np.float32(127.5), dtype=np.float32)
    numbers -= 1
    return numbers
