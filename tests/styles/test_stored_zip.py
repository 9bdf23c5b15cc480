"""Stored zip files: unzip programs read them, and any other zip file is refused."""

import io
import zipfile

import pytest

from copyart.styles.stored_zip import unzipped, zipped

FILES = {"one.json": b"{}", "empty": b"", "two.bin": bytes(range(256)) * 5}


def test_what_goes_in_comes_out():
    assert unzipped(zipped(FILES), 3) == FILES


def test_other_programs_read_them():
    with zipfile.ZipFile(io.BytesIO(zipped(FILES))) as archive:
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
        unzipped(buffer.getvalue(), 3)


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\3\4", zipped({})])
def test_what_holds_no_file_is_refused(data):
    with pytest.raises(ValueError, match="that copyart wrote"):
        unzipped(data, 3)


def test_every_byte_counts():
    data = zipped({"a": b"content"})
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 0x10
        try:
            assert unzipped(bytes(changed), 3) != {"a": b"content"}
        except ValueError:
            continue


def test_more_files_than_allowed_are_refused():
    with pytest.raises(ValueError, match="that copyart wrote"):
        unzipped(zipped(FILES), 2)
