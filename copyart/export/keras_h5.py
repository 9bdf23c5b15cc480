"""Weights in the HDF5 files of Keras 2, read as plain arrays: no layer is built, and nothing in the file is run.

Keras writes plain files: groups, lists of names, and arrays of floats that lie in one piece. Whatever else HDF5 can do
is refused: links to other files, arrays kept elsewhere or compressed, and lists that name one long text many times.
"""

import io
import json
import math
import os
import re
from typing import NamedTuple

import h5py
import numpy as np

from copyart.errors import StyleError
from copyart.export.torch_objects import RefusedError, shown

MAX_BYTES = 2**29
#: Layers and weights that a file may list; the example's four networks have 300.
_MOST_NAMES = 5000
_MOST_TEXT = 2**28
#: A description of the example's generator takes 60 kB.
_MOST_CONFIG = 2**22
_MAGIC = b"\x89HDF\r\n\x1a\n"
#: How a heap begins, in which HDF5 keeps texts of any length; its own size follows.
_HEAP = re.compile(rb"GCOL\x01\0\0\0(.{8})", re.DOTALL)


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


def read_keras_h5(source):
    """Read the weights of a `.h5` file that Keras 2 saved: a whole model, or `save_weights`.

    Args:
        source: Path of the file, or its bytes; at most 1 GiB.

    Returns:
        A `KerasFile`.

    Raises:
        StyleError: The file is missing, damaged, or of another kind.
    """
    in_memory = isinstance(source, bytes)
    name = "bytes" if in_memory else "".join(str(source).splitlines())
    try:
        data = source if in_memory else _contents(source)
        _check_start(data)
        with h5py.File(io.BytesIO(data), "r") as root:
            return _read(root, _Reader(data))
    except RefusedError as error:
        reason = str(error)
    except OSError as error:
        reason = f"which cannot be read ({shown(error.strerror or error)})"
    # A hostile file can make HDF5 raise anything.
    except Exception as error:
        reason = f"which is damaged ({type(error).__name__}: {shown(error)})"
    raise StyleError(
        f"A Keras weights file must be whole, and one that Keras 2 saved. Received: {name}, {reason}. "
        "Copy it again, or save it again with network.save_weights('generator.h5')."
    )


def _contents(path):
    with open(os.fspath(path), "rb") as file:
        return file.read(MAX_BYTES + 1)


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
        heaps = [int.from_bytes(size, "little") for size in _HEAP.findall(data)]
        #: Length of the longest text that can stand in the file.
        self.longest = min(max(heaps, default=0), len(data))

    def names(self, group, attribute):
        """Return a list of names; each may be any text of the file, so all together are bounded beforehand."""
        found = h5py.h5a.open(group.id, attribute.encode())
        count = found.shape[0] if len(found.shape) == 1 else _MOST_NAMES + 1
        if count > _MOST_NAMES or count * max(self.longest, found.dtype.itemsize) > _MOST_TEXT:
            raise RefusedError(f"whose {attribute} are not {_MOST_NAMES:,} names at most")
        names = group.attrs[attribute] if count else []
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


def _role(name):
    return name.rpartition("/")[2].partition(":")[0]
