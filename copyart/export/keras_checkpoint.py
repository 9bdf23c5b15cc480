"""Weights in TensorFlow's checkpoints, as Keras 2 writes them where a file name has no suffix: read as plain arrays."""

import re

from copyart.errors import StyleError
from copyart.export.keras_h5 import KerasFile, Weight
from copyart.export.torch_objects import shown

MAX_BYTES = 2**30
_VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"
_KEY = re.compile(r"(?:(?P<network>.*)/)?layer_with_weights-(?P<number>\d+)/(?P<role>\w+)" + re.escape(_VALUE))


def read_keras_checkpoint(path):
    """Read the weights of the networks in a checkpoint.

    Args:
        path: Path of its `.index` file; the `.data-…` files lie beside it.

    Returns:
        A `KerasFile`. Networks are called as the attribute that held them: `gen_G`, `gen_F` in the Keras example.

    Raises:
        StyleError: The checkpoint is missing, damaged, or of another kind, or TensorFlow is not installed.
    """
    try:
        import tensorflow as tf
    except ImportError as error:
        raise StyleError(
            "a TensorFlow checkpoint needs TensorFlow to be read. Received: none installed. "
            "Install it: pip install tensorflow"
        ) from error
    try:
        checkpoint = tf.train.load_checkpoint(str(path).removesuffix(".index"))
        found = _found(checkpoint)
    except Exception as error:  # TensorFlow raises its own kinds for files that are damaged
        reason = shown(" ".join(str(error).split()))[:160]
        raise StyleError(
            "a TensorFlow checkpoint must be whole: an .index file with its .data files beside it. "
            f"Received: {str(path)!r} ({reason}). Copy all of its files again."
        ) from error
    if not found:
        raise StyleError(
            "a TensorFlow checkpoint must hold networks of Keras layers. "
            f"Received: {str(path)!r}, which holds none. Save it with network.save_weights."
        )
    return KerasFile(found, None)


def _found(checkpoint):
    sizes = checkpoint.get_variable_to_shape_map()
    matches = [match for match in map(_KEY.fullmatch, sizes) if match]
    networks, left = {}, MAX_BYTES
    for match in sorted(matches, key=_order):
        shape = sizes[match.string]
        left -= 4 * _numbers(shape)
        if left < 0:
            raise ValueError(f"more than {MAX_BYTES >> 30} GiB")
        array = checkpoint.get_tensor(match.string)
        networks.setdefault(match["network"] or "", []).append(Weight(match["role"], array.astype("float32")))
    return networks


def _order(match):
    # gen_G before gen_F, as the example makes them: the generator to the second domain is what paints.
    network, role = match["network"] or "", match["role"]
    return not network.endswith("_G"), network, int(match["number"]), role != "kernel", role != "gamma"


def _numbers(shape):
    product = 1
    for side in shape:
        product *= side
    return product
