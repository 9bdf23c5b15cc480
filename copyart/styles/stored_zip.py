"""A strict subset of zip in which the same files always give the same bytes: no compression, folders or comments.

So a reader can check such a file: it writes the file again and compares the bytes. This rules out hidden data between
files, duplicate names, false sizes and zip bombs. Every unzip program opens these files.

Reference: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
"""

import struct
import zlib
from collections.abc import Mapping

_LOCAL, _ENTRY, _END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), struct.Struct("<4s4H2IH")
_VERSION, _UNIX, _STORED, _FLAGS = 20, 3 << 8, 0, 0
#: Midnight of 1 January 1980, the earliest date of the format. The style's real date is in its metadata.
_TIME, _DATE = 0, (1 << 5) | 1
#: A regular file with permissions rw-r--r--.
_PERMISSIONS = 0o100644 << 16


def write_zip(files: Mapping[str, bytes]) -> bytes:
    """Return the bytes of a zip file with the given files.

    Args:
        files: A dictionary from ASCII names to bytes, less than 4 GiB in total.
    """
    parts: list[bytes] = []
    entries: list[bytes] = []
    place = 0
    for text, content in files.items():
        name, size = text.encode("ascii"), len(content)
        about = (_VERSION, _FLAGS, _STORED, _TIME, _DATE, zlib.crc32(content), size, size, len(name), 0)
        parts += [_LOCAL.pack(b"PK\3\4", *about), name, content]
        entries += [_ENTRY.pack(b"PK\1\2", _UNIX | _VERSION, *about, 0, 0, 0, _PERMISSIONS, place), name]
        place += _LOCAL.size + len(name) + size
    directory = b"".join(entries)
    end = _END.pack(b"PK\5\6", 0, 0, len(files), len(files), len(directory), place, 0)
    return b"".join([*parts, directory, end])


def read_zip(data: bytes, most: int) -> dict[str, bytes]:
    """Read the files of a zip file that `write_zip` wrote.

    Args:
        data: The zip file, bytes.
        most: Maximum number of files in it.

    Raises:
        ValueError: if it has more files, or if any byte differs from what `write_zip` writes for its files.
    """
    files: dict[str, bytes] = {}
    place = 0
    while data[place : place + 4] == b"PK\3\4" and len(files) <= most:
        if len(data) - place < _LOCAL.size:
            break
        *_, size, length, _ = _LOCAL.unpack_from(data, place)
        start = place + _LOCAL.size + length
        place = start + size
        files[data[start - length : start].decode("latin-1")] = data[start:place]
    if not (files and len(files) <= most and all(name.isascii() for name in files) and write_zip(files) == data):
        raise ValueError("not a zip file that copyart wrote")
    return files
