"""Write malicious TensorFlow checkpoints: all checksums are right, and the checked content is false.

Reference: tensorflow/core/util/tensor_bundle/tensor_bundle.h, tensorflow/core/protobuf/tensor_bundle.proto, and the
table format of LevelDB, doc/table_format.md.
"""

import struct

NAME = b"gen_G/layer_with_weights-0/kernel/.ATTRIBUTES/VARIABLE_VALUE"
#: What an honest entry of `NAME` points at: a kernel of 7 × 7 × 3 × 3 numbers.
DATA = bytes(7 * 7 * 3 * 3 * 4)
_SIZE = len(DATA)
INDEX_END, DATA_END = ".index", ".data-00000-of-00001"


def masked_crc32c(data):
    """Return the checksum of bytes, CRC-32C, rotated and shifted as TensorFlow stores it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


_CRC = b"\x35" + struct.pack("<I", masked_crc32c(DATA))


def index(entries, times=1):
    """Return a table of one block, which it names so many times."""
    block, about = _block(entries), _block([])
    handles = _block([(b"~", _number(0) + _number(len(block) - 5))] * times)
    footer = _number(len(block)) + _number(len(about) - 5)
    footer += _number(len(block) + len(about)) + _number(len(handles) - 5)
    return block + about + handles + footer.ljust(40, b"\0") + (0xDB4775248B80FB57).to_bytes(8, "little")


def header(shards=1, endianness=0):
    return b"", _field(1, shards) + _field(2, endianness) + _field(3, _field(1, 1))


def entry(sides=(7, 7, 3, 3), dtype=1, shard=0, offset=0, size=_SIZE, more=b"", name=NAME):
    shape = b"".join(_field(2, _field(1, side)) for side in sides)
    places = _field(3, shard) + _field(4, offset) + _field(5, size)
    return name, _field(1, dtype) + _field(2, shape) + places + _CRC + more


def hostile_indices():
    """Return indices by what they try. TensorFlow's own reader ends its process at those of `test_checkpoint.FATAL`."""
    many = 2**28 - 1
    entries = {
        "negative side": entry((-5, 7, 3, 3)),
        "unknown side": entry((-1, 7, 3, 3)),
        "huge sides": entry((2**40, 2**40, 3, 3)),
        "many sides": entry((1,) * 300),
        "no sides": entry(()),
        "no such type": entry(dtype=99),
        "no type": entry(dtype=0),
        "reference": entry(dtype=101),
        "texts": entry((many,), dtype=7, size=many),
        "a gigabyte": entry((many,), size=4 * many),
        "another shard": entry(shard=7),
        "before the file": entry(offset=-8),
        "behind the file": entry(offset=2**61),
        "negative size": entry(size=-8),
        "slices": entry(more=_field(7, _field(1, _field(1, -7)))),
        "number for a shape": entry(more=_field(2, 7)),
        "number for a side": entry(more=_field(2, _field(2, 7))),
        "number for a checksum": entry(more=_field(6, 7)),
        "text for a size": entry(more=_field(5, b"long")),
        "long name": entry(name=b"x" * 5000 + NAME),
        "no text for a name": entry(name=b"\xff" + NAME),
    }
    indices = {name: index([header(), value]) for name, value in entries.items()}
    indices["the same bytes again and again"] = index(
        [header(), *(entry(name=NAME.replace(b"-0/", b"-%d/" % number)) for number in range(100))]
    )
    indices["the same block again and again"] = index([header(), entry()], times=1000)
    indices["many files"] = index([header(shards=2**31 - 1), entry()])
    indices["no files"] = index([header(shards=0), entry()])
    indices["big-endian"] = index([header(endianness=1), entry()])
    indices["damaged header"] = index([(b"", b"\xff" * 20), entry()])
    indices["no header"] = index([entry()])
    indices["no table"] = b"\0" * 48
    return indices


def _block(entries):
    body = b"".join(_number(0) + _number(len(name)) + _number(len(value)) + name + value for name, value in entries)
    body += struct.pack("<II", 0, 1)
    return body + b"\0" + struct.pack("<I", masked_crc32c(body + b"\0"))


def _field(field, value):
    if isinstance(value, int):
        return _number(field << 3) + _number(value)
    return _number(field << 3 | 2) + _number(len(value)) + value


def _number(value):
    value, digits = value % 2**64, []
    while value > 127:
        digits.append(value & 127 | 128)
        value >>= 7
    return bytes([*digits, value])
