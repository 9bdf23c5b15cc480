"""Write valid and malicious PyTorch weight files opcode by opcode, without PyTorch."""

import io
import pickle
import struct
import zipfile

import numpy as np
import pytest

from copyart.errors import StyleError
from copyart.formats import read_torch

LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
SIX = np.arange(6, dtype="<f4")


def text(value: str) -> bytes:
    data = value.encode()
    return pickle.BINUNICODE + struct.pack("<I", len(data)) + data


def number(value: int) -> bytes:
    if -(2**31) <= value < 2**31:
        return pickle.BININT + struct.pack("<i", value)
    data = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
    return pickle.LONG1 + bytes([len(data)]) + data


def row(*items: bytes) -> bytes:
    return pickle.MARK + b"".join(items) + pickle.TUPLE


def numbers(*values: int) -> bytes:
    return row(*(number(value) for value in values))


def glob(module: str, name: str) -> bytes:
    return pickle.GLOBAL + f"{module}\n{name}\n".encode()


def call(function: bytes, arguments: bytes) -> bytes:
    return function + arguments + pickle.REDUCE


ORDERED_DICT = call(glob("collections", "OrderedDict"), pickle.EMPTY_TUPLE)


def table(items: dict[str, bytes], start: bytes = ORDERED_DICT) -> bytes:
    pairs = b"".join(text(key) + value for key, value in items.items())
    return start + pickle.MARK + pairs + pickle.SETITEMS


def storage(kind: str, key: str, numel: int, view: bytes = b"", module: str = "torch") -> bytes:
    parts = (text("storage"), glob(module, kind), text(key), text("cpu"), number(numel), view)
    return row(*parts) + pickle.BINPERSID


def tensor(stored: bytes, offset: int, size, stride, metadata: bytes = b"") -> bytes:
    arguments = (stored, number(offset), numbers(*size), numbers(*stride))
    rest = (pickle.NEWFALSE, ORDERED_DICT, metadata)
    return call(glob("torch._utils", "_rebuild_tensor_v2"), row(*arguments, *rest))


def pickled(body: bytes) -> bytes:
    return pickle.PROTO + b"\x02" + body + pickle.STOP


def zip_file(body: bytes, storages: dict[str, bytes], byteorder="little", compression=0) -> bytes:
    """Compression is one of the zipfile module's; 0 stores."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        archive.writestr("archive/data.pkl", pickled(body))
        archive.writestr("archive/byteorder", byteorder)
        for key, data in storages.items():
            archive.writestr(f"archive/data/{key}", data)
        archive.writestr("archive/version", "3\n")
    return buffer.getvalue()


def legacy_file(body: bytes, storages: dict[str, tuple[int, bytes]]) -> bytes:
    """Each storage is its number of elements, and its bytes."""
    machine = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"int": 4}}
    heads = (LEGACY_MAGIC, 1001, machine)
    return b"".join(
        [
            *(pickle.dumps(head, 2) for head in heads),
            pickled(body),
            pickle.dumps(list(storages), 2),
            *(struct.pack("<q", numel) + data for numel, data in storages.values()),
        ]
    )


def one_tensor(numel=6, offset=0, size=(2, 3), stride=(3, 1), kind="FloatStorage", **options) -> bytes:
    return table({"weight": tensor(storage(kind, "0", numel, **options), offset, size, stride)})


def read_state_dict(source) -> dict[str, np.ndarray]:
    """Read a file that holds one state dict."""
    (weights,) = read_torch(source).networks.values()
    return dict(weights)


def refuse(match: str, source) -> None:
    """Hold that a file is refused, for this reason and in one line."""
    with pytest.raises(StyleError, match=match) as raised:
        read_state_dict(source)
    assert "\n" not in str(raised.value)
