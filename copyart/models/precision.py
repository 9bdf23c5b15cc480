"""Build networks in float32, whatever policy the process trains under."""

import contextlib

import keras


@contextlib.contextmanager
def float32_networks():
    """Give the networks built inside this context float32 weights and float32 arithmetic.

    A style must paint the same picture on a laptop as in a notebook that trains in mixed precision.

    Example:
        >>> with float32_networks():
        ...     network = keras.layers.Dense(1)
        >>> network.compute_dtype
        'float32'
    """
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(policy)
