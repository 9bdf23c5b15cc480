"""Read the HDF5 files of Keras 2 as plain arrays, without building a layer or running code from the file.

Keras writes groups, lists of names, and contiguous arrays of floats. All other HDF5 features are refused: links to
other files, external or compressed arrays, and lists that repeat one long text many times.

Call `read` only in the sandbox: some damaged files crash the HDF5 library or send it into an endless loop.
"""

import io
import json
import math
import re
from typing import Any

import h5py
import numpy as np

from copyart.formats.weights_file import RefusedError, Weight, WeightsFile, printable

MAX_BYTES = 2**29
#: Maximum number of names in a list of layers or weights; the four networks of the Keras example have 300.
_MOST_NAMES = 5000
_MOST_TEXT = 2**28
#: Maximum size of a description in bytes; that of the example's generator takes 60 kB.
_MOST_CONFIG = 2**22
_MAGIC = b"\x89HDF\r\n\x1a\n"
#: The magic number of a heap, in which HDF5 keeps variable-length texts. The heap's size and texts follow.
_HEAP = re.compile(rb"GCOL\x01\0\0\0(?=.{8})", re.DOTALL)
_HEAP_START, _TEXT_START = 16, 16


def read(source: str | bytes) -> WeightsFile:
    """Read the weights in a `.h5` file that Keras 2 saved: a whole model, or only weights (`save_weights`).

    Args:
        source: Path of the file, or its bytes.

    Returns:
        Float32 arrays in Keras' order, and the network's description if the file has one.

    Raises:
        RefusedError: if the file is in another format, or lists weights that are not plain arrays of floats.
        Exception: of any class, if the file is damaged.
    """
    data = source if isinstance(source, bytes) else _read_up_to_limit(source)
    _check_magic(data)
    with h5py.File(io.BytesIO(data), "r") as root:
        return _read_file(root, _Reader(data))


def _read_up_to_limit(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(MAX_BYTES + 1)


def _check_magic(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise RefusedError(f"which is larger than {MAX_BYTES >> 20} MiB")
    if not data.startswith(_MAGIC):
        raise RefusedError("which is not an HDF5 file")


def _read_file(root: h5py.File, reader: "_Reader") -> WeightsFile:
    config = _model_config(root)
    top = _open_group(root, "model_weights") if "model_weights" in root else root
    if "layer_names" not in top.attrs:
        raise RefusedError("which has no list of layers; Keras 2 writes one, Keras 3 does not")
    layers = {name: reader.weights(_open_group(top, name)) for name in reader.names(top, "layer_names")}
    layers = {name: weights for name, weights in layers.items() if weights}
    # If a layer has several kernels, it is a nested network.
    nested = {name: weights for name, weights in layers.items() if _count_kernels(weights) > 1}
    return WeightsFile(nested or {"": [weight for weights in layers.values() for weight in weights]}, config)


def _count_kernels(weights: list[Weight]) -> int:
    return sum(weight.name == "kernel" for weight in weights)


def _model_config(root: h5py.File) -> dict[str, Any] | None:
    if "model_config" not in root.attrs:
        return None
    if h5py.h5a.open(root.id, b"model_config").shape != ():
        raise RefusedError("whose model_config is not one text")
    text = root.attrs["model_config"]
    if len(text) > _MOST_CONFIG:
        raise RefusedError(f"whose model_config is longer than {_MOST_CONFIG >> 20} MiB")
    config = json.loads(text)
    return config if isinstance(config, dict) else None


def _open_group(group: h5py.Group, name: str) -> h5py.Group:
    found = _follow_path(group, name)
    if not isinstance(found, h5py.Group):
        raise RefusedError(f"whose {printable(name)} is not a group")
    return found


def _follow_path(group: h5py.Group, name: str) -> Any:
    """Follow a path inside the file, downwards only."""
    for part in name.split("/"):
        if part in ("", ".", "..") or not isinstance(group, h5py.Group):
            raise RefusedError(f"which lists {printable(name)}, no path inside the file")
        if not isinstance(group.get(part, getlink=True), h5py.HardLink):
            raise RefusedError(f"whose {printable(name)} is missing or a link to another file")
        group = group[part]
    return group


class _Reader:
    """Reads names and arrays. Arrays that together claim more bytes than the file holds are refused.

    Args:
        data: The whole file.
    """

    def __init__(self, data: bytes):
        self.left = len(data)
        #: Length of the longest text in the file, in bytes.
        self.longest = max((_longest_text(data, match.start()) for match in _HEAP.finditer(data)), default=0)

    def names(self, group: h5py.Group, attribute: str) -> list[str]:
        """Return the names in an attribute, after checking their total length: many may refer to one long text."""
        found = h5py.h5a.open(group.id, attribute.encode())
        count = found.shape[0] if len(found.shape) == 1 else _MOST_NAMES + 1
        if count > _MOST_NAMES or count * max(self.longest, found.dtype.itemsize) > _MOST_TEXT:
            raise RefusedError(f"whose {attribute} are not a list of at most {_MOST_NAMES:,} names")
        names = list(group.attrs[attribute]) if count else []
        if not all(isinstance(name, (str, bytes)) for name in names):
            raise RefusedError(f"whose {attribute} are not texts")
        return [name if isinstance(name, str) else name.decode() for name in names]

    def weights(self, group: h5py.Group) -> list[Weight]:
        """Return the weights in a layer's group."""
        names = self.names(group, "weight_names")
        return [Weight(_variable_name(name), self._read_array(_follow_path(group, name), name)) for name in names]

    def _read_array(self, dataset: Any, name: str) -> np.ndarray:
        if not isinstance(dataset, h5py.Dataset) or dataset.dtype.kind != "f" or dataset.dtype.itemsize > 8:
            raise RefusedError(f"whose {printable(name)} is no array of floats")
        if dataset.chunks or dataset.is_virtual or dataset.external:
            raise RefusedError(
                f"whose {printable(name)} is compressed or stored in another file, which Keras never does"
            )
        self.left -= math.prod(dataset.shape) * dataset.dtype.itemsize  # dataset.nbytes may overflow
        if self.left < 0:
            raise RefusedError("whose arrays claim more bytes than the file holds")
        return dataset[()].astype(np.float32)


def _longest_text(data: bytes, start: int) -> int:
    """Return the length of the longest text in a heap. Refuse damaged lengths, which could make HDF5 loop forever."""
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


def _variable_name(name: str) -> str:
    return name.rpartition("/")[2].partition(":")[0]
