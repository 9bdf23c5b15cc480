"""PyTorch weight files, read without PyTorch and without trusting them.

Reads what `torch.save(network.state_dict(), path)` writes: the zip archive of PyTorch 1.6 and later, and the
row of pickles before it. Nothing in the file is run, and it cannot claim more numbers than it holds.
"""

import io
import os
from math import prod

import numpy as np

from copyart.errors import StyleError
from copyart.export.torch_files import MAX_BYTES, TorchFile, open_torch_file
from copyart.export.torch_objects import RefusedError, Storage, Tensor, shown

# A bfloat16 is the upper half of a float32.
_RAW_DTYPES = {"bfloat16": "u2", "bool": "u1"}


def read_state_dict(source: str | os.PathLike | bytes) -> dict[str, np.ndarray]:
    """Read the tensors of a PyTorch `.pth` file, by name.

    Args:
        source: Path of the file, or its bytes; at most 1 GiB. It holds a state dict, or a dict with exactly
            one state dict among its values, as in `{"epoch": 3, "state_dict": {...}}`.

    Returns:
        The arrays in the file's order, each C-contiguous, in the machine's byte order, with memory of its
        own. Dtypes are kept, but for bfloat16, which becomes float32.

    Raises:
        StyleError: The file is missing, damaged, of another kind, or asks for more than tensors.

    Example:
        >>> weights = read_state_dict("latest_net_G.pth")
        >>> weights["model.1.weight"].shape
        (64, 3, 7, 7)
    """
    in_memory = isinstance(source, (bytes, bytearray, memoryview))
    name = "bytes" if in_memory else "".join(str(source).splitlines())
    try:
        with io.BytesIO(source) if in_memory else open(os.fspath(source), "rb") as file:
            torch_file = open_torch_file(file)
            return _arrays(_state_dict(torch_file.content), torch_file)
    except RefusedError as error:
        reason = str(error)
    except OSError as error:
        reason = f"which cannot be read ({shown(error.strerror or error)})"
    # A hostile file can raise anything, MemoryError and RecursionError included.
    except Exception as error:
        reason = f"which is damaged ({type(error).__name__}: {shown(error)})"
    raise StyleError(
        "A PyTorch weights file must be whole, and hold one dict of tensors. "
        f"Received: {name}, {reason}. Download it again, or save it again in PyTorch with "
        "torch.save(network.state_dict(), path)."
    )


def _state_dict(content: object) -> dict[str, Tensor]:
    if _holds_tensors_only(content):
        return content
    if isinstance(content, dict) and content.keys() >= {"state", "param_groups"}:
        raise RefusedError("which holds the state of an optimiser, and no network")
    # By identity: one dict under many names is looked through once.
    values = {id(value): (key, value) for key, value in content.items()} if isinstance(content, dict) else {}
    found = {key: value for key, value in values.values() if _holds_tensors_only(value)}
    if len(found) != 1:
        names = ", ".join(shown(key) for key in list(found)[:8]) or "none"
        raise RefusedError(f"which holds {len(found)} dicts of tensors ({names})")
    return next(iter(found.values()))


def _holds_tensors_only(value: object) -> bool:
    if not isinstance(value, dict) or not value:
        return False
    return all(isinstance(key, str) and isinstance(item, Tensor) for key, item in value.items())


def _arrays(tensors: dict[str, Tensor], file: TorchFile) -> dict[str, np.ndarray]:
    arrays, left = {}, MAX_BYTES
    for name, tensor in tensors.items():
        size = _checked_bytes(name, tensor, file.length)
        left -= size
        if left < 0:
            raise RefusedError(f"whose tensors take more than {MAX_BYTES >> 30} GiB")
        arrays[name] = _array(tensor, _numbers(tensor.storage, file))
    return arrays


def _checked_bytes(name: str, tensor: Tensor, file_length: int) -> int:
    """Return how many bytes a tensor takes, once it is sure to lie inside its storage."""
    if len(tensor.size) != len(tensor.stride):
        raise RefusedError(f"whose tensor {shown(name)} has sizes and strides that do not match")
    numel = prod(tensor.size)
    last = tensor.offset + sum((n - 1) * step for n, step in zip(tensor.size, tensor.stride, strict=True))
    if numel and last >= tensor.storage.view_numel:
        raise RefusedError(f"whose tensor {shown(name)} reaches beyond its storage")
    if numel * tensor.storage.itemsize > file_length:
        raise RefusedError(f"whose tensor {shown(name)} is larger than the file")
    return numel * tensor.storage.itemsize


def _numbers(storage: Storage, file: TorchFile) -> np.ndarray:
    """Return the storage's numbers as a view on the file's bytes."""
    dtype = np.dtype(file.byte_order + _RAW_DTYPES.get(storage.dtype, storage.dtype))
    data = file.read(storage.key)
    if len(data) < storage.numel * storage.itemsize:
        raise RefusedError(f"whose storage {shown(storage.key)} is cut short")
    return np.frombuffer(data, dtype, storage.view_numel, storage.view_offset * storage.itemsize)


def _array(tensor: Tensor, numbers: np.ndarray) -> np.ndarray:
    values = _strided(tensor, numbers)
    if tensor.storage.dtype == "bool":
        return values.astype(np.bool_, order="C")
    if tensor.storage.dtype != "bfloat16":
        return values.astype(values.dtype.newbyteorder("="), order="C")
    bits = values.astype(np.uint32, order="C")
    bits <<= 16
    return bits.view(np.float32)


def _strided(tensor: Tensor, numbers: np.ndarray) -> np.ndarray:
    if not prod(tensor.size):
        return np.empty(tensor.size, numbers.dtype)
    # A dimension of one may carry any stride, even one that overflows.
    steps = [stride if n > 1 else 0 for n, stride in zip(tensor.size, tensor.stride, strict=True)]
    strides = [step * numbers.itemsize for step in steps]
    return np.lib.stride_tricks.as_strided(numbers[tensor.offset :], tensor.size, strides)
