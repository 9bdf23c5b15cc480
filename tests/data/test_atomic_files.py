"""Files are written atomically, even with several writers, and no temporary files are left."""

import contextlib

import pytest

from copyart.data import atomic_files
from copyart.data.atomic_files import atomic_path, remove_leftovers, temporary_path_beside, write_atomically


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_goes_wrong_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, error):
    def fail(*arguments):
        raise error

    write_atomically(tmp_path / "file", b"old")
    monkeypatch.setattr(atomic_files.os, "replace", fail)
    with pytest.raises(type(error)):
        write_atomically(tmp_path / "file", b"new")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("file", b"old")]


def test_two_who_write_at_once_do_not_mix(tmp_path, monkeypatch):
    replace = atomic_files.os.replace

    def slow(source, target):
        monkeypatch.setattr(atomic_files.os, "replace", replace)
        write_atomically(tmp_path / "file", b"second" * 100)  # while the first is about to be named
        replace(source, target)

    monkeypatch.setattr(atomic_files.os, "replace", slow)
    write_atomically(tmp_path / "file", b"first")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("file", b"first")]


def test_a_name_of_the_greatest_length_will_do(tmp_path):
    write_atomically(tmp_path / ("x" * 255), b"content")
    assert (tmp_path / ("x" * 255)).read_bytes() == b"content"


def test_a_folder_appears_when_it_is_complete_with_the_folders_around_it(tmp_path):
    with atomic_path(tmp_path / "new" / "folder") as temporary:
        temporary.mkdir()
        (temporary / "file").write_bytes(b"content")
        assert not (tmp_path / "new").exists()
    assert (tmp_path / "new" / "folder" / "file").read_bytes() == b"content"


def test_a_folder_that_was_not_finished_leaves_nothing(tmp_path):
    def interrupted():
        with atomic_path(tmp_path / "new" / "folder") as temporary:
            temporary.mkdir()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("new", [True, False])
def test_an_older_file_is_replaced_unless_the_place_must_be_free(tmp_path, new):
    write_atomically(tmp_path / "file", b"old")
    with (
        pytest.raises(FileExistsError) if new else contextlib.nullcontext(),
        atomic_path(tmp_path / "file", new=new) as path,
    ):
        path.write_bytes(b"new")
    assert (tmp_path / "file").read_bytes() == (b"old" if new else b"new")
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_with_something_in_it_is_not_replaced(tmp_path):
    write_atomically(tmp_path / "folder" / "file", b"old")
    with pytest.raises(OSError, match="not empty"), atomic_path(tmp_path / "folder") as temporary:
        temporary.mkdir()
    assert (tmp_path / "folder" / "file").read_bytes() == b"old"


def test_what_killed_writers_left_is_removed_and_nothing_else(tmp_path):
    with temporary_path_beside(tmp_path / "file") as temporary:
        names = [temporary.name.replace("tmp", "0.tmp"), temporary.name.replace("tmp", "1.tmp"), "kept.tmp"]
    (tmp_path / names[0]).write_bytes(b"half")
    (tmp_path / names[1]).mkdir()
    (tmp_path / names[2]).touch()
    remove_leftovers(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.tmp"]
