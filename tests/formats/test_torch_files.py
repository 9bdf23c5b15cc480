import io
import os
import pickle
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from copyart.formats import torch_files

from .mutations import many_entries, many_entries_64
from .pth_files import SIX, legacy_file, one_tensor, refuse, zip_file

ORACLES = Path(__file__).parent.parent / "oracles"
pytestmark = pytest.mark.usefixtures("quick")


@pytest.mark.parametrize(
    ("reason", "content"),
    [
        ("is empty", b""),
        ("not a PyTorch file", b"These are not weights.\n" * 40),
        ("not a PyTorch file", b"\x89PNG\r\n\x1a\n" + bytes(100)),
        ("not one that torch.save wrote", pickle.dumps({"weight": 1}, 2)),
        ("format version", pickle.dumps(torch_files._LEGACY_MAGIC, 2) + pickle.dumps(1000, 2)),
        ("Received", b"\x80"),
        ("Received", b"PK\x03\x04"),
        ("Received", b"PK\x03\x04" + bytes(1000)),
    ],
)
def test_file_of_another_kind_is_refused(reason, content):
    refuse(reason, content)


def test_tar_format_is_refused_by_its_name():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("storages"), io.BytesIO())
    refuse("tar format", buffer.getvalue())


def test_zip_of_something_else_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "hello")
    refuse("not one that torch.save wrote", buffer.getvalue())


def test_missing_file_is_refused_by_its_name(tmp_path):
    refuse("nothing.pth, which cannot be read", tmp_path / "nothing.pth")


def test_folder_is_refused(tmp_path):
    refuse("Received", tmp_path)


@pytest.mark.parametrize("source", [None, 12345, "a\0b"])
def test_path_that_is_none_is_refused(source):
    refuse("Received", source)


def test_path_with_a_line_break_stays_on_one_line(tmp_path):
    refuse("Received", str(tmp_path / "two\nlines.pth"))


# Bombs


def test_compressed_archive_is_refused_before_it_is_unpacked():
    body = one_tensor(numel=2**22, size=(2**22,), stride=(1,))
    bomb = zip_file(body, {"0": bytes(2**24)}, compression=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 2**16
    refuse("compressed", bomb)


@pytest.mark.parametrize("archive", [many_entries, many_entries_64])
def test_a_list_of_entries_that_takes_long_to_read_is_not_read(archive, monkeypatch):
    monkeypatch.setattr(torch_files.zipfile, "ZipFile", None)
    refuse("longer than any that torch.save wrote", archive())


def test_an_archive_that_has_its_list_elsewhere_is_refused():
    data = bytearray((ORACLES / "generator_6blocks_filters8.pth").read_bytes())
    refuse("trailing bytes", bytes(data) + b"more")
    data[-34:-26] = bytes(8)  # where the record for large archives is
    refuse("not one that torch.save wrote", bytes(data))


def test_entry_that_claims_more_than_the_file_is_refused():
    data = bytearray(zip_file(one_tensor(), {"0": SIX.tobytes()}))
    entry = data.index(b"archive/data/0", data.index(b"PK\x01\x02")) - 46
    data[entry + 20 : entry + 28] = struct.pack("<II", 2**31, 2**31)
    refuse("claim more bytes", bytes(data))


def test_overlapping_entries_are_refused():
    data = bytearray(zip_file(one_tensor(), {str(i): bytes(5000) for i in range(4)}))
    first = data.index(b"archive/data/0", data.index(b"PK\x01\x02")) - 46
    for i in range(1, 4):
        entry = data.index(f"archive/data/{i}".encode(), first) - 46
        data[entry + 20 : entry + 28] = struct.pack("<II", 15000, 15000)
    refuse("claim more bytes", bytes(data))


def test_pickle_above_the_limit_is_refused():
    body = pickle.NONE * (torch_files.MAX_PICKLE_BYTES + 1)
    refuse("pickle is larger", zip_file(body, {}))
    refuse("too large", legacy_file(body, {}))


def test_file_above_the_limit_is_refused_unread(tmp_path):
    path = tmp_path / "large.pth"
    with path.open("wb") as file:
        os.truncate(file.fileno(), torch_files.MAX_BYTES + 1)  # sparse: it takes no disk
    refuse("larger than 1 GiB", path)


def test_legacy_storage_that_claims_more_than_the_file_is_refused():
    for numel in (7, 2**61, -1):
        refuse("beyond its end|damaged", legacy_file(one_tensor(), {"0": (numel, SIX.tobytes())}))
