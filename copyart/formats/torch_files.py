"""Find the pickle and the tensor data in a PyTorch weights file, in both layouts of `torch.save`.

Since PyTorch 1.6 the file is a zip archive; before, it was a sequence of pickles followed by the data. In both layouts,
sizes are checked before tensor data is read: no entry may claim more bytes than the file has.

Reference: `torch/serialization.py` of PyTorch 2.13.
"""

import functools
import io
import os
import struct
import zipfile
from collections.abc import Callable
from typing import BinaryIO, NamedTuple

from copyart.formats.torch_objects import Storage
from copyart.formats.torch_pickle import load_pickle
from copyart.formats.weights_file import RefusedError

#: Maximum size of a file in bytes. The paper's generator takes 46 MB; wider ones and whole checkpoints take more.
MAX_BYTES = 2**30
#: Maximum size of a pickle in bytes. A generator's takes 12 kB. Five bytes of a hostile pickle can build a kilobyte.
MAX_PICKLE_BYTES = 2**20

_ZIP_MAGIC = b"PK\x03\x04"
#: Sizes in bytes of the records at the end of a zip archive. Large archives, and PyTorch's, have a 64-bit record and
#: its locator before the plain one. (PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.14 to 4.3.16.)
_ZIP_END, _ZIP64_END, _ZIP64_LOCATOR = 22, 56 + 20, 20
#: Maximum size of the list of entries in bytes; that of a checkpoint of four networks takes 30 kB.
_MOST_DIRECTORY = 2**20
_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_LEGACY_PROTOCOL = 1001
_TAR_MAGIC_AT = 257


class TorchFile(NamedTuple):
    """An opened PyTorch weights file.

    Args:
        content: Content of the file's pickle, with tensors as `Tensor`.
        read: Returns the bytes of a storage, given its key.
        byte_order: Byte order of the storages, "<" or ">".
        length: Size of the file in bytes.
    """

    content: object
    read: Callable[[str], bytes]
    byte_order: str
    length: int


def open_torch_file(file: BinaryIO) -> TorchFile:
    """Open a weights file of either layout.

    Args:
        file: A seekable binary file, which must stay open for `read`.

    Raises:
        RefusedError: if the file is in another format, too large, truncated, or has objects that no state dict needs.
    """
    length = file.seek(0, os.SEEK_END)
    if length > MAX_BYTES:
        raise RefusedError(f"which is larger than {MAX_BYTES >> 30} GiB")
    file.seek(0)
    start = file.read(_TAR_MAGIC_AT + 5)
    file.seek(0)
    if start.startswith(_ZIP_MAGIC):
        return _open_zip(file, length)
    _check_magic(start)
    return _open_legacy(file, length)


def _check_magic(start: bytes) -> None:
    if not start:
        raise RefusedError("which is empty")
    if start[_TAR_MAGIC_AT:] == b"ustar":
        raise RefusedError("which is in the tar format of PyTorch 0.1, which is not supported")
    if not start.startswith(b"\x80"):
        raise RefusedError("which is not a PyTorch file")


def _open_zip(file: BinaryIO, length: int) -> TorchFile:
    _check_zip_directory(file, length)
    archive = zipfile.ZipFile(file)
    root = _archive_root(archive, length)
    if archive.getinfo(f"{root}data.pkl").file_size > MAX_PICKLE_BYTES:
        raise RefusedError(f"whose pickle is larger than {MAX_PICKLE_BYTES >> 20} MiB")
    content = load_pickle(io.BytesIO(archive.read(f"{root}data.pkl")))
    big = f"{root}byteorder" in archive.namelist() and archive.read(f"{root}byteorder") == b"big"
    read = functools.cache(lambda key: archive.read(f"{root}data/{key}"))
    return TorchFile(content, read, ">" if big else "<", length)


def _check_zip_directory(file: BinaryIO, length: int) -> None:
    """Refuse a list of entries that is too long, before `zipfile` reads it."""
    file.seek(max(length - _ZIP_END - _ZIP64_END, 0))
    tail = file.read()
    end, end64 = tail[-_ZIP_END:], tail[:-_ZIP_END]
    if not end.startswith(b"PK\5\6"):
        raise RefusedError("which is truncated, or a zip archive with trailing bytes")
    size = int.from_bytes(end[12:16], "little")
    if end64[-_ZIP64_LOCATOR:].startswith(b"PK\6\7"):
        record = int.from_bytes(end64[-_ZIP64_LOCATOR + 8 : -_ZIP64_LOCATOR + 16], "little")
        if not end64.startswith(b"PK\6\6") or record != length - len(tail):
            raise RefusedError("which is a zip archive, but not one that torch.save wrote")
        size = int.from_bytes(end64[40:48], "little")
    if size > _MOST_DIRECTORY:
        raise RefusedError("whose list of entries is longer than any that torch.save wrote")


def _archive_root(archive: zipfile.ZipFile, length: int) -> str:
    entries = archive.infolist()
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
        raise RefusedError("whose entries are compressed, which torch.save never does")
    if sum(entry.file_size for entry in entries) > length:
        raise RefusedError("whose entries claim more bytes than the file has")
    pickles = [entry.filename for entry in entries if entry.filename.endswith("/data.pkl")]
    if len(pickles) != 1:
        raise RefusedError("which is a zip archive, but not one that torch.save wrote")
    return pickles[0].removesuffix("data.pkl")


def _open_legacy(file: BinaryIO, length: int) -> TorchFile:
    pickles = io.BytesIO(file.read(MAX_PICKLE_BYTES))
    if load_pickle(pickles) != _LEGACY_MAGIC:
        raise RefusedError("which is a pickle, but not one that torch.save wrote")
    if load_pickle(pickles) != _LEGACY_PROTOCOL:
        raise RefusedError("which has an unknown format version")
    load_pickle(pickles)  # facts about the machine that wrote the file; all supported machines are little-endian
    storages: dict[str, Storage] = {}
    content = load_pickle(pickles, storages)
    keys = load_pickle(pickles)
    # Hashing a key of another type, such as a nested tuple, could take forever.
    if type(keys) is not list or not all(type(key) is str for key in keys):
        raise RefusedError("which does not list its storages by name")
    file.seek(pickles.tell())
    places = {key: _skip_storage(file, storages[key], length) for key in keys}

    @functools.cache
    def read(key: str) -> bytes:
        start, size = places[key]
        file.seek(start)
        return file.read(size)

    return TorchFile(content, read, "<", length)


def _skip_storage(file: BinaryIO, storage: Storage, length: int) -> tuple[int, int]:
    (numel,) = struct.unpack("<q", file.read(8))
    start, size = file.tell(), numel * storage.itemsize
    if numel < 0 or start + size > length:
        raise RefusedError("which is truncated: a storage reaches beyond its end")
    file.seek(start + size)
    return start, size
