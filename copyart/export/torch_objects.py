"""What a PyTorch weights pickle may build: dicts, and descriptions of tensors.

A function of PyTorch is looked up here by its name and answered by one of ours, which reads no number yet:
the reader does that once it knows which tensors are wanted, and where each may lie.
"""

from dataclasses import dataclass

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
# Below 2**60 an integer is its own hash, so that no file can make all its keys collide.
_LARGEST_KEY = 2**60
_MOST_DIMENSIONS = 32
_CONTROL_CHARACTERS = dict.fromkeys((*range(32), 127), "?")


class RefusedError(Exception):
    """Why a file is not read, as the end of "Received: FILE, …"."""


@dataclass(frozen=True, slots=True)
class Global:
    """A name the pickle refers to: never imported, never called."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Storage:
    """A run of numbers in the file: its dtype, key and length, and the part of it that is meant."""

    dtype: str
    key: str
    numel: int
    view_offset: int
    view_numel: int

    @property
    def itemsize(self) -> int:
        """Bytes that one number takes in the file."""
        return {"bfloat16": 2, "bool": 1}.get(self.dtype) or int(self.dtype[1:])


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor before its numbers are read; offset and stride count elements of the storage."""

    storage: Storage
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]


def shown(text: object) -> str:
    """Return text from a file as it may stand in a message of one line."""
    return str(text)[:200].encode("ascii", "backslashreplace").decode().translate(_CONTROL_CHARACTERS)


def _whole(value: object) -> int:
    if type(value) is not int or value < 0:
        raise RefusedError("which holds a tensor whose sizes are not whole numbers of 0 and more")
    return value


def _wholes(values: object) -> tuple[int, ...]:
    if type(values) is not tuple or len(values) > _MOST_DIMENSIONS:
        raise RefusedError(f"which holds a tensor whose sizes are not a tuple of {_MOST_DIMENSIONS} at most")
    return tuple(_whole(value) for value in values)


def storage_of(persistent_id: object) -> Storage:
    """Return the storage that a persistent id describes, in either file format."""
    match persistent_id:
        case ("storage", Global(name=name), str(key), str(), numel) if name in STORAGE_DTYPES:
            view = None
        case ("storage", Global(name=name), str(key), str(), numel, view) if name in STORAGE_DTYPES:
            pass
        case _:
            raise RefusedError("which refers to something that is not a tensor's storage")
    _, offset, view_numel = view or (key, 0, numel)
    storage = Storage(STORAGE_DTYPES[name], key, _whole(numel), _whole(offset), _whole(view_numel))
    if offset + view_numel > numel:
        raise RefusedError("which holds a storage that reaches beyond the one it is a part of")
    return storage


def _tensor(storage, offset, size, stride, requires_grad, hooks, metadata=None) -> Tensor:
    if not isinstance(storage, Storage):
        raise RefusedError("which holds a tensor without a storage")
    if metadata:
        raise RefusedError("which holds a tensor with its conjugate or negative bit set")
    return Tensor(storage, _whole(offset), _wholes(size), _wholes(stride))


def _parameter(tensor, requires_grad, hooks) -> Tensor:
    if not isinstance(tensor, Tensor):
        raise RefusedError("which holds a parameter without a tensor")
    return tensor


def _ordered_dict(pairs=None) -> dict:
    if pairs is None:
        return {}
    if type(pairs) is not list:  # the form that Python 2 wrote
        raise RefusedError("which holds a dict made of something other than pairs")
    result = {}
    for key, value in pairs:
        result[key_of(key)] = value
    # Taken once: else a few bytes could ask for the same long list again and again.
    pairs.clear()
    return result


def key_of(key: object) -> str | int:
    """Return a dict's key, where it is one that a state dict may have."""
    if type(key) is str or (type(key) is int and abs(key) < _LARGEST_KEY):
        return key
    raise RefusedError("which holds a dict whose keys are not names or small whole numbers")


CALLS = {"OrderedDict": _ordered_dict, "_rebuild_tensor_v2": _tensor, "_rebuild_parameter": _parameter}
