"""TensorFlow's checkpoints, read without TensorFlow, whose own reader ends the process where an index is made to harm.

An `.index` file is a sorted table from names to where a tensor lies in the `.data-…` files, its type, shape and
checksum. Nothing in it can claim more bytes than there are.

Reference: tensorflow/core/util/tensor_bundle/tensor_bundle.h, tensorflow/core/protobuf/tensor_bundle.proto, and the
table format of LevelDB, doc/table_format.md.
"""

import math
from pathlib import Path
from typing import NamedTuple

import google_crc32c
import numpy as np

from copyart.export.torch_objects import RefusedError, shown

#: Most bytes of all tensors.
MAX_BYTES = 2**30
#: Bounds of an index; that of the Keras example has 300 entries in 30 kB.
_MOST_BYTES, _MOST_ENTRIES, _MOST_NAME, _MOST_SHARDS, _MOST_SIDES = 1 << 22, 20_000, 1000, 100, 8
_FOOTER, _MAGIC = 48, (0xDB4775248B80FB57).to_bytes(8, "little")
#: Behind a block: how it is compressed, which TensorFlow never does to it, and its checksum.
_TRAILER, _UNCOMPRESSED = 5, 0
#: Numbers of fields: BundleHeaderProto's num_shards and endianness; BundleEntryProto's; TensorShapeProto.dim; Dim.size.
_SHARDS, _ENDIANNESS = 1, 2
_DTYPE, _SHAPE, _SHARD, _OFFSET, _SIZE, _CRC, _SLICES, _DIM, _SIDE = 1, 2, 3, 4, 5, 6, 7, 2, 1
#: What is added to a checksum (tensorflow/core/lib/hash/crc32c.h).
_MASK = 0xA282EAD8
#: Floats among TensorFlow's types.
_DTYPES = {1: "<f4", 2: "<f8", 19: "<f2"}
_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5


class _Entry(NamedTuple):
    dtype: str
    shape: tuple[int, ...]
    shard: int
    offset: int
    crc: int


class TensorBundle:
    """A checkpoint.

    Args:
        path: Path of its `.index` file; the data files lie beside it.

    Raises:
        RefusedError: It is damaged, or no checkpoint.
        OSError: It cannot be read.
    """

    def __init__(self, path):
        self.path = Path(path)
        with open(path, "rb") as file:
            self._entries = _table(file.read(_MOST_BYTES + 1))
        header = _fields(self._entries.pop("", b""))
        self._shards = _number(header, _SHARDS)
        if not 1 <= self._shards <= _MOST_SHARDS or _number(header, _ENDIANNESS):
            raise RefusedError("which does not say how many data files it has, or has some of a big-endian machine")
        self._left = min(MAX_BYTES, sum(self._data(shard).stat().st_size for shard in range(self._shards)))

    @property
    def names(self):
        """The names of the tensors."""
        return list(self._entries)

    def read(self, name):
        """Return a tensor of floats, float32.

        Raises:
            RefusedError: Its entry or its bytes are damaged, or are no floats.
        """
        entry = _entry(name, self._entries[name])
        size = math.prod(entry.shape) * np.dtype(entry.dtype).itemsize
        self._left -= size
        if self._left < 0 or entry.shard >= self._shards:
            raise RefusedError("whose tensors claim more bytes than its data files have")
        with open(self._data(entry.shard), "rb") as file:
            file.seek(entry.offset)
            data = file.read(size)
        if len(data) != size or masked_crc32c(data) != entry.crc:
            raise RefusedError(f"whose {shown(name)} is damaged")
        return np.frombuffer(data, entry.dtype).reshape(entry.shape).astype(np.float32)

    def _data(self, shard):
        return self.path.with_name(f"{self.path.stem}.data-{shard:05}-of-{self._shards:05}")


def masked_crc32c(data):
    """Return the checksum of bytes, CRC-32C, turned and shifted as TensorFlow stores it."""
    crc = google_crc32c.value(data)
    return ((crc >> 15 | crc << 17) + _MASK) & 0xFFFFFFFF


def _table(data):
    """Return the entries of a table: a dictionary from names to bytes."""
    if not data.endswith(_MAGIC) or not _FOOTER <= len(data) <= _MOST_BYTES:
        raise RefusedError("which is not an index of TensorFlow's")
    footer = _Reader(data[-_FOOTER:])
    footer.handle()  # of a block about the table, which is empty
    entries, left = {}, len(data)
    for _, handle in _block(data, *footer.handle()):
        place, size = _Reader(handle).handle()
        left -= size + _TRAILER
        if left < 0:
            raise RefusedError("whose index says the same again and again")
        for name, value in _block(data, place, size):
            entries[name.decode()] = value
            if len(entries) > _MOST_ENTRIES:
                raise RefusedError("whose index lists more than a checkpoint of Keras does")
    return entries


def _block(data, offset, size):
    """Yield the pairs of a block, in which a name leaves out what it has in common with the one before."""
    block, kind, crc = data[offset : offset + size], data[offset + size : offset + size + 1], offset + size + 1
    if len(block) < 8 or kind != bytes([_UNCOMPRESSED]):
        raise RefusedError("whose index is damaged or compressed")
    if masked_crc32c(block + kind) != int.from_bytes(data[crc : crc + 4], "little"):
        raise RefusedError("whose index is damaged")
    restarts = 4 * (int.from_bytes(block[-4:], "little") + 1)
    reader, name = _Reader(block[: max(len(block) - restarts, 0)]), b""
    while reader.left:
        shared, more, size = reader.varint(), reader.varint(), reader.varint()
        if shared > len(name) or shared + more > _MOST_NAME:
            raise RefusedError("whose index is damaged")
        name = name[:shared] + reader.take(more)
        yield name, reader.take(size)


def _entry(name, value):
    fields = _fields(value)
    sides = [_number(_fields(side), _SIDE) for side in _fields(fields.get(_SHAPE, [b""])[-1]).get(_DIM, [])]
    crc = _bytes(fields.get(_CRC, [b""])[-1])
    dtype = _DTYPES.get(_number(fields, _DTYPE))
    if dtype is None or _SLICES in fields or not 1 <= len(sides) <= _MOST_SIDES or 0 in sides:
        raise RefusedError(f"whose {shown(name)} is no array of floats in one piece")
    place = [_number(fields, field) for field in (_SHARD, _OFFSET)]
    if _number(fields, _SIZE) != math.prod(sides) * np.dtype(dtype).itemsize:
        raise RefusedError(f"whose {shown(name)} has another size than its shape says")
    return _Entry(dtype, tuple(sides), *place, int.from_bytes(crc, "little"))


def _fields(message):
    """Return the fields of a protocol buffer: a dictionary from numbers to lists of whole numbers and bytes."""
    reader, fields = _Reader(_bytes(message)), {}
    while reader.left:
        field, kind = divmod(reader.varint(), 8)
        if kind == _VARINT:
            value = reader.varint()
        elif kind in (_FIXED64, _FIXED32):
            value = reader.take(8 if kind == _FIXED64 else 4)
        elif kind == _LENGTH:
            value = reader.take(reader.varint())
        else:
            raise RefusedError("whose index is damaged")
        fields.setdefault(field, []).append(value)
    return fields


def _bytes(value):
    if type(value) is not bytes:
        raise RefusedError("whose index is damaged")
    return value


def _number(fields, field):
    value = fields.get(field, [0])[-1]
    # What is negative comes as a number of 64 bits, and is too large for all that is counted here.
    if type(value) is not int or value >> 62:
        raise RefusedError("whose index is damaged")
    return value


class _Reader:
    def __init__(self, data):
        self._data, self._place = data, 0

    @property
    def left(self):
        return len(self._data) - self._place

    def take(self, count):
        if count > self.left:
            raise RefusedError("whose index is cut short")
        self._place += count
        return self._data[self._place - count : self._place]

    def varint(self):
        """Read a number of seven bits a byte, the lowest first."""
        value = 0
        for shift in range(0, 70, 7):
            (byte,) = self.take(1)
            value |= (byte & 127) << shift
            if byte < 128:
                return value
        raise RefusedError("whose index is damaged")

    def handle(self):
        """Read where a block is: its offset and its size."""
        return self.varint(), self.varint()
