"""The objects that the pickle of a PyTorch weights file may build: dicts, and descriptions of tensors.

Each PyTorch function that a pickle may call is replaced by one of ours, which only describes a tensor. The reader loads
the numbers later, after checking the tensor's position in the file.
"""

from collections.abc import Callable
from dataclasses import dataclass

from copyart.formats.weights_file import RefusedError

STORAGE_DTYPES = {
    "FloatStorage": "f4",
    "DoubleStorage": "f8",
    "HalfStorage": "f2",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "i8",
    "IntStorage": "i4",
    "ShortStorage": "i2",
    "CharStorage": "i1",
    "ByteStorage": "u1",
    "BoolStorage": "bool",
    "UntypedStorage": "u1",
}
ALLOWED_GLOBALS = {
    ("collections", "OrderedDict"),
    ("torch._utils", "_rebuild_tensor_v2"),
    ("torch._utils", "_rebuild_parameter"),
    ("torch.storage", "UntypedStorage"),
    *(("torch", name) for name in STORAGE_DTYPES),
}
# An integer below 2**60 is its own hash, so a malicious file cannot make all its keys collide.
_LARGEST_KEY = 2**60
_MOST_DIMENSIONS = 32


@dataclass(frozen=True, slots=True)
class Global:
    """A global name in the pickle. It is never imported or called."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Storage:
    """A block of numbers in the file: its dtype, key and length, and the part that is used."""

    dtype: str
    key: str
    numel: int
    view_offset: int
    view_numel: int

    @property
    def itemsize(self) -> int:
        """Bytes per number in the file."""
        return {"bfloat16": 2, "bool": 1}.get(self.dtype) or int(self.dtype[1:])


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor whose numbers are not loaded yet. `offset` and `stride` count elements of the storage, not bytes."""

    storage: Storage
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]


def _whole_number(value: object) -> int:
    if type(value) is not int or value < 0:
        raise RefusedError("which holds a tensor whose sizes are not non-negative whole numbers")
    return value


def _whole_numbers(values: object) -> tuple[int, ...]:
    if type(values) is not tuple or len(values) > _MOST_DIMENSIONS:
        raise RefusedError(f"which holds a tensor whose sizes are not a tuple of at most {_MOST_DIMENSIONS}")
    return tuple(_whole_number(value) for value in values)


def parse_storage(persistent_id: object) -> Storage:
    """Return the storage that a persistent id describes, in either file format.

    Raises:
        RefusedError: if it describes anything else.
    """
    match persistent_id:
        case ("storage", Global(name=name), str(key), str(), numel) if name in STORAGE_DTYPES:
            view = None
        case ("storage", Global(name=name), str(key), str(), numel, view) if name in STORAGE_DTYPES:
            pass
        case _:
            raise RefusedError("which refers to something that is not a tensor's storage")
    _, offset, view_numel = view or (key, 0, numel)
    storage = Storage(STORAGE_DTYPES[name], key, _whole_number(numel), _whole_number(offset), _whole_number(view_numel))
    if storage.view_offset + storage.view_numel > storage.numel:
        raise RefusedError("which holds a storage view that reaches beyond its storage")
    return storage


def _rebuild_tensor(
    storage: object,
    offset: object,
    size: object,
    stride: object,
    requires_grad: object,
    hooks: object,
    metadata: object = None,
) -> Tensor:
    if not isinstance(storage, Storage):
        raise RefusedError("which holds a tensor without a storage")
    if metadata:
        raise RefusedError("which holds a tensor with its conjugate or negative bit set")
    return Tensor(storage, _whole_number(offset), _whole_numbers(size), _whole_numbers(stride))


def _rebuild_parameter(tensor: object, requires_grad: object, hooks: object) -> Tensor:
    if not isinstance(tensor, Tensor):
        raise RefusedError("which holds a parameter without a tensor")
    return tensor


def _build_ordered_dict(pairs: object = None) -> dict:
    if pairs is None:
        return {}
    if type(pairs) is not list:  # Python 2 wrote a list of pairs
        raise RefusedError("which holds a dict made of something other than pairs")
    result = {}
    for key, value in pairs:
        result[checked_key(key)] = value
    # The list is emptied, because otherwise a few bytes could build many dicts from the same long list.
    pairs.clear()
    return result


def checked_key(key: object) -> str | int:
    """Return a dict's key if it is allowed in a state dict.

    Raises:
        RefusedError: if it is neither a name nor a small whole number.
    """
    if type(key) is str or (type(key) is int and abs(key) < _LARGEST_KEY):
        return key
    raise RefusedError("which holds a dict whose keys are not names or small whole numbers")


CALLS: dict[str, Callable[..., object]] = {
    "OrderedDict": _build_ordered_dict,
    "_rebuild_tensor_v2": _rebuild_tensor,
    "_rebuild_parameter": _rebuild_parameter,
}
