"""Weights in the HDF5 files of Keras 2, read as plain arrays: no layer is built, and nothing in the file is run.

Keras writes plain files: groups, lists of names, and arrays of floats that lie in one piece. Whatever else HDF5 can do
is refused: links to other files, arrays kept elsewhere or compressed, and lists that name one long text many times.

HDF5's own library can be sent round in circles, or fall, by a file that is damaged just so. `keras_h5_process`
therefore calls this from a process of its own.
"""

import io
import json
import math
import re
from typing import NamedTuple

import h5py
import numpy as np

from copyart.export.torch_objects import RefusedError, shown

MAX_BYTES = 2**29
#: Layers and weights that a file may list; the example's four networks have 300.
_MOST_NAMES = 5000
_MOST_TEXT = 2**28
#: A description of the example's generator takes 60 kB.
_MOST_CONFIG = 2**22
_MAGIC = b"\x89HDF\r\n\x1a\n"
#: How a heap begins, in which HDF5 keeps texts of any length; its own size follows, and then its texts.
_HEAP = re.compile(rb"GCOL\x01\0\0\0(?=.{8})", re.DOTALL)
_HEAP_START, _TEXT_START = 16, 16


class Weight(NamedTuple):
    """An array and the last part of its name: `kernel`, `bias`, `gamma`, `beta`."""

    role: str
    array: np.ndarray


class KerasFile(NamedTuple):
    """What a file holds.

    Args:
        networks: Name of a network → its weights in Keras' order. A file of one network has one.
        config: The network's description where the file has one, as JSON holds it, else None.
    """

    networks: dict[str, list[Weight]]
    config: dict | None


def read_h5(data):
    """Read the weights of a `.h5` file that Keras 2 saved: a whole model, or `save_weights`.

    Args:
        data: The file's bytes.

    Returns:
        A `KerasFile`.

    Raises:
        RefusedError: The file is of another kind, or holds more than plain arrays.
        Exception: Whatever HDF5 raises where it is damaged.
    """
    _check_start(data)
    with h5py.File(io.BytesIO(data), "r") as root:
        return _read(root, _Reader(data))


def _check_start(data):
    if len(data) > MAX_BYTES:
        raise RefusedError(f"which is larger than {MAX_BYTES >> 20} MiB")
    if not data.startswith(_MAGIC):
        raise RefusedError("which is not an HDF5 file")


def _read(root, reader):
    config = _config(root)
    top = _group(root, "model_weights") if "model_weights" in root else root
    if "layer_names" not in top.attrs:
        raise RefusedError("which has no list of layers, as Keras 2 writes it and Keras 3 does not")
    layers = {name: reader.weights(_group(top, name)) for name in reader.names(top, "layer_names")}
    layers = {name: weights for name, weights in layers.items() if weights}
    # A network of networks is saved as a layer for each; a plain one's layers have a kernel each at most.
    nested = {name: weights for name, weights in layers.items() if _kernels(weights) > 1}
    return KerasFile(nested or {"": [weight for weights in layers.values() for weight in weights]}, config)


def _kernels(weights):
    return sum(weight.role == "kernel" for weight in weights)


def _config(root):
    if "model_config" not in root.attrs:
        return None
    if h5py.h5a.open(root.id, b"model_config").shape != ():
        raise RefusedError("whose model_config is not one text")
    text = root.attrs["model_config"]
    if len(text) > _MOST_CONFIG:
        raise RefusedError(f"whose model_config is longer than {_MOST_CONFIG >> 20} MiB")
    config = json.loads(text)
    return config if isinstance(config, dict) else None


def _group(group, name):
    found = _linked(group, name)
    if not isinstance(found, h5py.Group):
        raise RefusedError(f"whose {shown(name)} is not a group")
    return found


def _linked(group, name):
    """Follow a name part by part, inside the file and downwards only."""
    for part in name.split("/"):
        if part in ("", ".", "..") or not isinstance(group, h5py.Group):
            raise RefusedError(f"which lists {shown(name)}, no path inside the file")
        if not isinstance(group.get(part, getlink=True), h5py.HardLink):
            raise RefusedError(f"whose {shown(name)} is missing, or a link to elsewhere")
        group = group[part]
    return group


class _Reader:
    """Reads names and arrays, until they are more than the file can hold.

    Args:
        data: The whole file.
    """

    def __init__(self, data):
        self.left = len(data)
        #: Length in bytes of the longest text in the file.
        self.longest = max((_longest_text(data, match.start()) for match in _HEAP.finditer(data)), default=0)

    def names(self, group, attribute):
        """Return a list of names; each may be any text of the file, so all together are bounded beforehand."""
        found = h5py.h5a.open(group.id, attribute.encode())
        count = found.shape[0] if len(found.shape) == 1 else _MOST_NAMES + 1
        if count > _MOST_NAMES or count * max(self.longest, found.dtype.itemsize) > _MOST_TEXT:
            raise RefusedError(f"whose {attribute} are not {_MOST_NAMES:,} names at most")
        names = list(group.attrs[attribute]) if count else []
        if not all(isinstance(name, (str, bytes)) for name in names):
            raise RefusedError(f"whose {attribute} are not texts")
        return [name if isinstance(name, str) else name.decode() for name in names]

    def weights(self, group):
        """Return what a layer's group holds."""
        names = self.names(group, "weight_names")
        return [Weight(_role(name), self._array(_linked(group, name), name)) for name in names]

    def _array(self, dataset, name):
        if not isinstance(dataset, h5py.Dataset) or dataset.dtype.kind != "f" or dataset.dtype.itemsize > 8:
            raise RefusedError(f"whose {shown(name)} is no array of floats")
        if dataset.chunks or dataset.is_virtual or dataset.external:
            raise RefusedError(f"whose {shown(name)} is compressed or kept elsewhere, which Keras never does")
        self.left -= math.prod(dataset.shape) * dataset.dtype.itemsize  # dataset.nbytes may overflow
        if self.left < 0:
            raise RefusedError("whose arrays claim more bytes than the file has")
        return dataset[()].astype(np.float32)


def _longest_text(data, start):
    """Walk through a heap as HDF5 does, which would never end in one whose lengths are damaged."""
    end = start + int.from_bytes(data[start + 8 : start + _HEAP_START], "little")
    place, longest = start + _HEAP_START, 0
    while place + _TEXT_START <= min(end, len(data)):
        length = int.from_bytes(data[place + 8 : place + _TEXT_START], "little")
        left_over = not any(data[place : place + 2])
        step = length if left_over else _TEXT_START + -(-length // 8) * 8
        if not step or place + step > end:
            raise RefusedError("whose lists of names are damaged")
        longest = longest if left_over else max(longest, length)
        place += step
    return longest


def _role(name):
    return name.rpartition("/")[2].partition(":")[0]
