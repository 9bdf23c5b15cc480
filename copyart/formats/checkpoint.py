"""Read the checkpoints that Keras 2 wrote, with TensorFlow's own reader.

Import this module only in the sandbox: a malicious index can crash TensorFlow's reader.
"""

import glob
import math
import re
from pathlib import Path

import numpy as np
import tensorflow as tf

from copyart.formats.weights_file import RefusedError, Weight, WeightsFile, printable

_VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"
_KEY = re.compile(r"(?:(?P<network>.*)/)?layer_with_weights-(?P<number>\d{1,9})/(?P<role>\w+)" + re.escape(_VALUE))
#: Maximum size of an index in bytes; that of the Keras example has 300 entries in 30 kB.
_MOST_INDEX = 1 << 22
_MAX_BYTES = 2**30


def read(path: str) -> WeightsFile:
    """Read the weights of the networks in a checkpoint.

    Args:
        path: Path of the checkpoint's `.index` file; the `.data-…` files lie beside it.

    Raises:
        RefusedError: if the checkpoint holds no networks of Keras layers, or claims more bytes than its files hold.
        Exception: of any class, if the checkpoint is damaged.
    """
    index = Path(path)
    if index.stat().st_size > _MOST_INDEX:
        raise RefusedError(f"whose index is larger than {_MOST_INDEX >> 20} MiB")
    parts = index.parent.glob(f"{glob.escape(index.stem)}.data-*")
    left = min(_MAX_BYTES, sum(part.stat().st_size for part in parts))
    networks: dict[str, list[Weight]] = {}
    reader = tf.compat.v1.train.NewCheckpointReader(str(index.with_suffix("")))
    shapes, dtypes = reader.get_variable_to_shape_map(), reader.get_variable_to_dtype_map()
    for match in sorted(filter(None, map(_KEY.fullmatch, shapes)), key=_weight_sort_key):
        name = match.string
        if not dtypes[name].is_floating:
            raise RefusedError(f"whose {printable(name)} is not an array of floats")
        left -= math.prod(shapes[name]) * dtypes[name].size
        if left < 0:
            raise RefusedError("whose tensors claim more bytes than its data files hold")
        weight = Weight(match["role"], reader.get_tensor(name).astype(np.float32))
        networks.setdefault(match["network"] or "", []).append(weight)
    if not networks:
        raise RefusedError("which holds no networks of Keras layers", "Save one with network.save_weights.")
    return WeightsFile(networks)


def _weight_sort_key(match: re.Match[str]) -> tuple[bool, str, int, bool, bool]:
    # gen_G comes before gen_F, as in the example, because the first generator is the default.
    network, role = match["network"] or "", match["role"]
    return not network.endswith("_G"), network, int(match["number"]), role != "kernel", role != "gamma"
