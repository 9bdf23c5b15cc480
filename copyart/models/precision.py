"""Context managers for the precision and the data format in which networks are built."""

import contextlib
from collections.abc import Iterator
from typing import Any

import keras


@contextlib.contextmanager
def dtype_policy(policy: Any) -> Iterator[None]:
    """Set the global dtype policy in a `with` block, and restore the old one afterwards.

    This lets a style paint as usual in a notebook that trains in mixed precision, and lets a saved model load in
    its own precision.

    Args:
        policy: Name of a Keras dtype policy, or the policy itself.

    Example:
        >>> with dtype_policy("float32"):
        ...     network = keras.layers.Dense(1)
        >>> network.compute_dtype
        'float32'
    """
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


@contextlib.contextmanager
def channels_last() -> Iterator[None]:
    """Build networks with channels last in a `with` block, even if keras.json says `channels_first`."""
    before = keras.config.image_data_format()
    keras.config.set_image_data_format("channels_last")
    try:
        yield
    finally:
        keras.config.set_image_data_format(before)


def precise_dtype() -> str:
    """Return the dtype of the weights. The output of a network has this dtype even if the layers compute in
    half precision."""
    return keras.config.dtype_policy().variable_dtype
