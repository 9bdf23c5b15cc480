"""Weights in TensorFlow's checkpoints, as Keras 2 writes them where a file name has no suffix: read as plain arrays."""

import re

from copyart.errors import StyleError
from copyart.export.keras_h5 import KerasFile, Weight
from copyart.export.tensor_bundle import TensorBundle
from copyart.export.torch_objects import RefusedError, shown

_VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"
_KEY = re.compile(r"(?:(?P<network>.*)/)?layer_with_weights-(?P<number>\d{1,9})/(?P<role>\w+)" + re.escape(_VALUE))


def read_keras_checkpoint(path):
    """Read the weights of the networks in a checkpoint. TensorFlow is not needed.

    Args:
        path: Path of its `.index` file; the `.data-…` files lie beside it.

    Returns:
        A `KerasFile`. Networks are called as the attribute that held them: `gen_G`, `gen_F` in the Keras example.

    Raises:
        StyleError: The checkpoint is missing, damaged, or of another kind.
    """
    try:
        found = _found(TensorBundle(path))
    except RefusedError as error:
        raise _refusal(path, str(error)) from None
    except OSError as error:
        name = "".join(str(error.filename).splitlines())
        raise _refusal(path, f"and {name!r} cannot be read: {error.strerror or shown(error)}") from error
    except Exception as error:  # a hostile file can raise anything
        raise _refusal(path, f"which is damaged ({type(error).__name__}: {shown(error)})") from error
    if not found:
        raise StyleError(
            "a TensorFlow checkpoint must hold networks of Keras layers. "
            f"Received: {str(path)!r}, which holds none. Save it with network.save_weights."
        )
    return KerasFile(found, None)


def _refusal(path, received):
    return StyleError(
        "a TensorFlow checkpoint must be whole: an .index file with its .data files beside it. "
        f"Received: {str(path)!r}, {received}. Copy all of its files again."
    )


def _found(bundle):
    networks = {}
    for match in sorted(filter(None, map(_KEY.fullmatch, bundle.names)), key=_order):
        weight = Weight(match["role"], bundle.read(match.string))
        networks.setdefault(match["network"] or "", []).append(weight)
    return networks


def _order(match):
    # gen_G before gen_F, as the example makes them: the generator to the second domain is what paints.
    network, role = match["network"] or "", match["role"]
    return not network.endswith("_G"), network, int(match["number"]), role != "kernel", role != "gamma"
