"""Build networks in a chosen precision, whatever policy the process works under."""

import contextlib

import keras


@contextlib.contextmanager
def networks_in(policy):
    """Build the networks inside this context under a dtype policy, and put the old one back.

    A style must paint the same picture on a laptop as in a notebook that trains in mixed precision, and a saved model
    must come back in the precision that it was saved in.

    Args:
        policy: Name of a Keras dtype policy, or the policy itself.

    Example:
        >>> with networks_in("float32"):
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
