"""Write PyTorch weight files without PyTorch, as the zip archives of PyTorch 1.6 and later.

Reference: the format as `torch/serialization.py` of PyTorch 2.13 reads and writes it.
"""

import io
import math
import pickle
import struct
import zipfile
from collections.abc import Hashable, Sequence

import numpy as np

_ROOT = "archive"
#: PyTorch aligns arrays to multiples of this, so that a file can be memory-mapped.
_ALIGNMENT = 64
#: Bytes of a zip entry's header without its name, and of the header of an extra field.
_ZIP_HEADER, _EXTRA_HEADER = 30, 4
#: Identifier of PyTorch's extra field, which contains only padding.
_PADDING = 0x4246
_DATE = (1980, 1, 1, 0, 0, 0)


def state_dict_file(tensors: dict[str, np.ndarray]) -> bytes:
    """Return the bytes of a state dict as `torch.save(network.state_dict(), path)` writes them.

    The same tensors always give the same bytes.

    Args:
        tensors: A dictionary of float32 arrays by name, in the order in which PyTorch lists them.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        _add_zip_entry(archive, buffer, "data.pkl", _StateDictPickler().state_dict(tensors))
        _add_zip_entry(archive, buffer, ".format_version", b"1")
        _add_zip_entry(archive, buffer, ".storage_alignment", str(_ALIGNMENT).encode())
        _add_zip_entry(archive, buffer, "byteorder", b"little")
        for number, array in enumerate(tensors.values()):
            _add_zip_entry(archive, buffer, f"data/{number}", np.ascontiguousarray(array, "<f4").tobytes())
        _add_zip_entry(archive, buffer, "version", b"3\n")
    return buffer.getvalue()


def _add_zip_entry(archive: zipfile.ZipFile, buffer: io.BytesIO, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(f"{_ROOT}/{name}", _DATE)
    begin = buffer.tell() + _ZIP_HEADER + len(entry.filename) + _EXTRA_HEADER
    padding = -begin % _ALIGNMENT
    entry.extra = struct.pack("<HH", _PADDING, padding) + b"Z" * padding
    archive.writestr(entry, content)


class _StateDictPickler:
    """Writes the same protocol 2 opcodes as PyTorch for a state dict."""

    def __init__(self) -> None:
        self._out = bytearray(pickle.PROTO + b"\x02")
        self._memo: dict[Hashable, int] = {}
        self._count = 0

    def state_dict(self, tensors: dict[str, np.ndarray]) -> bytes:
        self._write_ordered_dict_call()
        self._memoise()
        self._out += pickle.MARK
        for number, (name, array) in enumerate(tensors.items()):
            self._write_text(name)
            self._write_tensor(str(number), array)
        self._out += pickle.SETITEMS + pickle.STOP
        return bytes(self._out)

    def _write_tensor(self, key: str, array: np.ndarray) -> None:
        self._write_global("torch._utils", "_rebuild_tensor_v2")
        self._out += pickle.MARK + pickle.MARK
        self._write_text("storage")
        self._write_global("torch", "FloatStorage")
        self._write_text(key)
        self._write_text("cpu")
        self._write_number(array.size)
        self._out += pickle.TUPLE
        self._memoise()
        self._out += pickle.BINPERSID
        self._write_number(0)
        self._write_numbers(array.shape)
        self._write_numbers(_strides(array.shape))
        self._out += pickle.NEWFALSE
        self._write_ordered_dict_call()
        self._memoise()
        self._out += pickle.TUPLE
        self._memoise()
        self._out += pickle.REDUCE
        self._memoise()

    def _write_ordered_dict_call(self) -> None:
        self._write_global("collections", "OrderedDict")
        self._out += pickle.EMPTY_TUPLE + pickle.REDUCE

    def _write_global(self, module: str, name: str) -> None:
        self._write_once((module, name), pickle.GLOBAL + f"{module}\n{name}\n".encode())

    def _write_text(self, value: str) -> None:
        data = value.encode()
        self._write_once(value, pickle.BINUNICODE + struct.pack("<I", len(data)) + data)

    def _write_once(self, value: Hashable, written: bytes) -> None:
        """Write a value the first time; later, write a reference to it in the pickle's memo."""
        if value not in self._memo:
            self._memo[value] = self._count
            self._out += written
            self._memoise()
        elif (index := self._memo[value]) < 256:
            self._out += pickle.BINGET + bytes([index])
        else:
            self._out += pickle.LONG_BINGET + struct.pack("<I", index)

    def _memoise(self) -> None:
        if self._count < 256:
            self._out += pickle.BINPUT + bytes([self._count])
        else:
            self._out += pickle.LONG_BINPUT + struct.pack("<I", self._count)
        self._count += 1

    def _write_number(self, value: int) -> None:
        if value < 256:
            self._out += pickle.BININT1 + bytes([value])
        elif value < 65536:
            self._out += pickle.BININT2 + struct.pack("<H", value)
        else:
            self._out += pickle.BININT + struct.pack("<i", value)

    def _write_numbers(self, values: Sequence[int]) -> None:
        short = {1: pickle.TUPLE1, 2: pickle.TUPLE2, 3: pickle.TUPLE3}.get(len(values))
        self._out += b"" if short else pickle.MARK
        for value in values:
            self._write_number(value)
        self._out += short or pickle.TUPLE
        self._memoise()


def _strides(shape: Sequence[int]) -> tuple[int, ...]:
    return tuple(math.prod(shape[place + 1 :]) for place in range(len(shape)))
