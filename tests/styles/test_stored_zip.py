"""Stored zip files: unzip programs read them, and any other zip file is refused."""

import io
import zipfile

import pytest

from copyart.styles.stored_zip import read_zip, write_zip

FILES = {"one.json": b"{}", "empty": b"", "two.bin": bytes(range(256)) * 5}


def test_what_goes_in_comes_out():
    assert read_zip(write_zip(FILES), 3) == FILES


def test_other_programs_read_them():
    with zipfile.ZipFile(io.BytesIO(write_zip(FILES))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == FILES
        entry = archive.getinfo("one.json")
    assert (entry.compress_type, entry.date_time, entry.external_attr >> 16) == (0, (1980, 1, 1, 0, 0, 0), 0o100644)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_what_other_programs_write_is_refused(compression):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        archive.writestr("one.json", b"{}")
    with pytest.raises(ValueError, match="that copyart wrote"):
        read_zip(buffer.getvalue(), 3)


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\3\4", write_zip({})])
def test_what_holds_no_file_is_refused(data):
    with pytest.raises(ValueError, match="that copyart wrote"):
        read_zip(data, 3)


def test_every_byte_counts():
    data = write_zip({"a": b"content"})
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 0x10
        try:
            assert read_zip(bytes(changed), 3) != {"a": b"content"}
        except ValueError:
            continue


def test_more_files_than_allowed_are_refused():
    with pytest.raises(ValueError, match="that copyart wrote"):
        read_zip(write_zip(FILES), 2)
