"""A file appears whole or not at all, whoever else writes it, and nothing is left beside it."""

import pytest

from copyart.data import whole_files
from copyart.data.whole_files import write_whole


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_goes_wrong_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, error):
    def fail(*arguments):
        raise error

    write_whole(tmp_path / "file", b"old")
    monkeypatch.setattr(whole_files.os, "replace", fail)
    with pytest.raises(type(error)):
        write_whole(tmp_path / "file", b"new")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("file", b"old")]


def test_two_who_write_at_once_do_not_mix(tmp_path, monkeypatch):
    replace = whole_files.os.replace

    def slow(source, target):
        monkeypatch.setattr(whole_files.os, "replace", replace)
        write_whole(tmp_path / "file", b"second" * 100)  # while the first is about to be named
        replace(source, target)

    monkeypatch.setattr(whole_files.os, "replace", slow)
    write_whole(tmp_path / "file", b"first")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("file", b"first")]


def test_a_name_of_the_greatest_length_will_do(tmp_path):
    write_whole(tmp_path / ("x" * 255), b"content")
    assert (tmp_path / ("x" * 255)).read_bytes() == b"content"
