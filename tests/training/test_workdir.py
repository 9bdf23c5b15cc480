"""The workdir: one run, one process at a time, and atomic writes."""

import errno
import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

import copyart
from copyart.errors import WorkdirError
from copyart.training.run_spec import RunSpec
from copyart.training.workdir import Workdir, write_text

SPEC = RunSpec.new("Claude Monet", "kaggle", image_size=128)


@pytest.fixture
def folder(tmp_path):
    return Workdir(tmp_path / "run")


def test_looking_at_a_workdir_makes_nothing(folder):
    assert folder.read_spec() is None
    assert not folder.has_checkpoint()
    assert not folder.path.exists()


def test_what_is_written_is_read_back(folder):
    folder.write_spec(SPEC)
    assert folder.read_spec() == SPEC


def test_folders_whose_names_are_not_utf_8_are_read_back(folder):
    spec = RunSpec.new(photos="/caf\udce9", art="/art")
    folder.write_spec(spec)
    assert folder.read_spec().photos == ("/caf\udce9",)


@pytest.mark.parametrize("name", ["step-000000001", "damaged-step-000000001"])
def test_a_checkpoint_shows_that_a_run_has_learnt(folder, name):
    (folder.checkpoints / name).mkdir(parents=True)
    assert folder.has_checkpoint()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"settings": {}}', '{"artist": 1, "settings": {"epochs": 0}}'])
def test_a_damaged_config_is_named_in_one_line(folder, text):
    write_text(folder.config, text)
    with pytest.raises(WorkdirError, match=r"config.json of a workdir must be .*Received: .*config.json") as caught:
        folder.read_spec()
    assert "\n" not in str(caught.value)


def test_a_second_run_in_the_same_process_is_refused(folder):
    with folder.lock(), pytest.raises(WorkdirError, match="another run is active"):
        folder.lock()
    with folder.lock():
        pass


def test_a_second_process_is_refused(folder):
    code = "import sys; from copyart.training.workdir import Workdir; Workdir(sys.argv[1]).lock()"
    root = str(Path(copyart.__file__).parents[1])
    with folder.lock():
        command = [sys.executable, "-c", code, str(folder.path)]
        other = subprocess.run(command, env={"PYTHONPATH": root}, capture_output=True, text=True, timeout=120)
    assert "WorkdirError: only one run at a time" in other.stderr


@pytest.fixture
def no_flock(monkeypatch):
    """A file system in user space, or a network drive, that does not lock files."""

    def flock(file, operation):
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", flock)


def test_without_flock_a_file_stands_for_the_lock(folder, no_flock):
    (folder.path / ".lock").parent.mkdir()
    (folder.path / ".lock").touch()  # of an earlier start, on a file system with flock
    with folder.lock(), pytest.raises(WorkdirError, match=r"another run is active.*delete .*\.lock-file") as caught:
        folder.lock()
    assert "\n" not in str(caught.value)
    with folder.lock():
        pass
    assert not (folder.path / ".lock-file").exists()


def test_without_flock_a_killed_run_does_not_lock_the_workdir_for_ever(folder, no_flock):
    code = "import os, sys; from filelock import SoftFileLock; lock = SoftFileLock(sys.argv[1]).acquire(); os._exit(9)"
    folder.path.mkdir()
    subprocess.run([sys.executable, "-c", code, str(folder.path / ".lock-file")], timeout=120)
    assert (folder.path / ".lock-file").exists()
    with folder.lock():
        pass


def test_a_workdir_that_cannot_be_made_is_named_in_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkdirError, match=r"must be a writable folder.*Not a directory") as caught:
        Workdir(tmp_path / "file" / "run").lock()
    assert "\n" not in str(caught.value)


def test_a_text_that_cannot_be_written_leaves_the_old_one_and_no_other_file(tmp_path, monkeypatch):
    path = tmp_path / "history.csv"
    write_text(path, "old")

    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("copyart.training.workdir.os.replace", full)
    with pytest.raises(WorkdirError, match=r"Received: No space left on device for .*history.csv"):
        write_text(path, "new")
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("history.csv", "old")]
