"""Read PyTorch weights files, as written by `torch.save(network.state_dict(), path)`, without PyTorch.

No code in the file is run, and no tensor can claim more numbers than the file holds.
"""

import io
from collections.abc import Iterable
from math import prod
from typing import Any

import numpy as np

from copyart.formats.torch_files import MAX_BYTES, TorchFile, open_torch_file
from copyart.formats.torch_objects import Storage, Tensor
from copyart.formats.weights_file import RefusedError, Weight, WeightsFile, printable

# A bfloat16 is the upper half of a float32.
_RAW_DTYPES = {"bfloat16": "u2", "bool": "u1"}
#: Limits on the nesting depth and the number of dicts and lists. In practice, state dicts are nested up to three deep.
_MOST_LEVELS, _MOST_CONTAINERS = 8, 10_000
#: Maximum number of characters in one part of a network's name; the rest is cut off.
_MOST_NAME = 60


def read(source: str | bytes) -> WeightsFile:
    """Read the state dicts of a file.

    Args:
        source: Path of the file, or its bytes.

    Returns:
        One network for each dict of tensors. Its arrays are C-contiguous, in the machine's byte order.

    Raises:
        RefusedError: if the file is in another format, or contains objects that no state dict needs.
        Exception: of any class, if the file is damaged.
    """
    with io.BytesIO(source) if isinstance(source, bytes) else open(source, "rb") as file:
        torch_file = open_torch_file(file)
        left, networks = MAX_BYTES, {}
        for name, tensors in _state_dicts(torch_file.content).items():
            left -= sum(_checked_size_in_bytes(key, tensor, torch_file.length) for key, tensor in tensors.items())
            if left < 0:
                raise RefusedError(f"whose tensors take more than {MAX_BYTES >> 30} GiB")
            networks[name] = [Weight(key, _tensor_to_array(tensor, torch_file)) for key, tensor in tensors.items()]
        return WeightsFile(networks)


def _state_dicts(content: object) -> dict[str, dict[str, Tensor]]:
    """Return the dicts of tensors, named after the keys that lead to them, except the states of optimisers."""
    found: dict[str, dict[str, Tensor]] = {}
    seen: set[int] = set()
    level: list[tuple[str, Any]] = [("", content)]
    for _ in range(_MOST_LEVELS):
        below = []
        for path, value in level:
            if _holds_only_tensors(value):
                found[path] = value
            elif isinstance(value, (dict, list, tuple)) and not _is_optimiser(value):
                below += [
                    (path, key, item) for key, item in _keys_and_values(value) if isinstance(item, (dict, list, tuple))
                ]
        # Objects are compared by identity, so that an object that is stored under several names is visited once.
        fresh = {id(item): (path, key, item) for path, key, item in below if id(item) not in seen}
        seen |= fresh.keys()
        if len(seen) > _MOST_CONTAINERS:
            raise RefusedError(f"which holds more than {_MOST_CONTAINERS:,} dicts and lists")
        level = [(f"{path}.{printable(key)[:_MOST_NAME]}".lstrip("."), item) for path, key, item in fresh.values()]
    if not found:
        optimiser = _is_optimiser(content)
        raise RefusedError(f"which holds {'the state of an optimiser, and no network' if optimiser else 'no tensors'}")
    return found


def _holds_only_tensors(value: object) -> bool:
    if not isinstance(value, dict) or not value:
        return False
    return all(isinstance(key, str) and isinstance(item, Tensor) for key, item in value.items())


def _is_optimiser(value: object) -> bool:
    return isinstance(value, dict) and value.keys() >= {"state", "param_groups"}


def _keys_and_values(value: dict | list | tuple) -> Iterable[tuple[Any, Any]]:
    return value.items() if isinstance(value, dict) else enumerate(value)


def _checked_size_in_bytes(name: str, tensor: Tensor, file_length: int) -> int:
    """Return the size of a tensor in bytes, after checking that it lies inside its storage."""
    if len(tensor.size) != len(tensor.stride):
        raise RefusedError(f"whose tensor {printable(name)} has sizes and strides that do not match")
    numel = prod(tensor.size)
    last = tensor.offset + sum((n - 1) * step for n, step in zip(tensor.size, tensor.stride, strict=True))
    if numel and last >= tensor.storage.view_numel:
        raise RefusedError(f"whose tensor {printable(name)} reaches beyond its storage")
    if numel * tensor.storage.itemsize > file_length:
        raise RefusedError(f"whose tensor {printable(name)} is larger than the file")
    return numel * tensor.storage.itemsize


def _tensor_to_array(tensor: Tensor, file: TorchFile) -> np.ndarray:
    values = _strided_view(tensor, _storage_numbers(tensor.storage, file))
    if tensor.storage.dtype == "bool":
        return values.astype(np.bool_, order="C")
    if tensor.storage.dtype != "bfloat16":
        return values.astype(values.dtype.newbyteorder("="), order="C")
    bits = values.astype(np.uint32, order="C")
    bits <<= 16
    return bits.view(np.float32)


def _storage_numbers(storage: Storage, file: TorchFile) -> np.ndarray:
    """Return the storage's numbers as a view of the file's bytes."""
    dtype = np.dtype(file.byte_order + _RAW_DTYPES.get(storage.dtype, storage.dtype))
    data = file.read(storage.key)
    if len(data) < storage.numel * storage.itemsize:
        raise RefusedError(f"whose storage {printable(storage.key)} is truncated")
    return np.frombuffer(data, dtype, storage.view_numel, storage.view_offset * storage.itemsize)


def _strided_view(tensor: Tensor, numbers: np.ndarray) -> np.ndarray:
    if not prod(tensor.size):
        return np.empty(tensor.size, numbers.dtype)
    # A dimension of size 1 may have any stride, even one that overflows.
    steps = [stride if n > 1 else 0 for n, stride in zip(tensor.size, tensor.stride, strict=True)]
    strides = [step * numbers.itemsize for step in steps]
    return np.lib.stride_tricks.as_strided(numbers[tensor.offset :], tensor.size, strides)
