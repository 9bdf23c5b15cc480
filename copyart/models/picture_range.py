"""Refuse training pictures that are not in [-1, 1]."""

from typing import Any

import keras
from keras import ops

from copyart.errors import DataError

#: Number of pictures to check, from the start of an array.
_CHECKED = 8


def check_range(*domains: Any) -> None:
    """Refuse arrays of pictures that are not in [-1, 1].

    Args:
        *domains: The arguments `x` and `y` of `fit`. The first pictures of arrays and tensors are checked. Data sets
            and generators are not checked, because some can be read only once.

    Raises:
        DataError: if a value is below -1 or above 1, or the pictures are integers.
    """
    for pictures in domains:
        if isinstance(pictures, (tuple, list)):
            check_range(*pictures)
        elif hasattr(pictures, "dtype") and getattr(pictures, "ndim", 0) == 4:
            check_dtype(pictures)
            part = ops.convert_to_numpy(pictures[:_CHECKED])
            if part.size and (part.min() < -1.001 or part.max() > 1.001):
                raise _range_error(f"values from {part.min():g} to {part.max():g}")


def check_dtype(*domains: Any) -> None:
    """Refuse tensors of integers, which cannot be pictures in [-1, 1]. Symbolic tensors are allowed.

    Raises:
        DataError: if a tensor holds integers.
    """
    for pictures in domains:
        dtype = keras.backend.standardize_dtype(pictures.dtype)
        if not keras.backend.is_float_dtype(dtype):
            raise _range_error(f"pictures of dtype {dtype}")


class RangeGuard(keras.callbacks.Callback):
    """Stops `fit` after its first step if the pictures cannot have been in [-1, 1].

    A generator's output is in [-1, 1], so its mean absolute difference from pictures in [-1, 1] is at most 2.

    Raises:
        DataError: if a cycle term shows a larger difference.
    """

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Prepare to check the first step."""
        self._done = False

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Check the cycle terms of the first step."""
        if self._done:
            return
        self._done = True
        weight = self.model.cycle_weight
        for name in ("photo_cycle", "art_cycle"):
            if weight and logs and logs.get(name, 0.0) > 2.01 * weight:
                error = logs[name] / weight
                raise _range_error(f"pictures that differ from generated ones by {error:.0f} in the mean ({name})")


def _range_error(received: str) -> DataError:
    return DataError(
        f"training pictures must be floats in [-1, 1]. Received: {received}. Scale pictures in 0…255 by x / 127.5 - 1."
    )
