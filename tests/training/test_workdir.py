"""The workdir: one run, one process at a time, and nothing half written."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import copyart
from copyart.config import TrainingConfig
from copyart.errors import ConfigError, WorkdirError
from copyart.training.workdir import CHANGEABLE, Workdir, write_text


def run(**changes):
    settings = TrainingConfig(image_size=128, **changes.pop("settings", {})).to_dict()
    facts = {"artist": "Claude Monet", "source": "kaggle", "photos": None, "art": None, "recipe": "article"}
    return {**facts, **changes, "settings": settings}


@pytest.fixture
def folder(tmp_path):
    return Workdir(tmp_path / "run")


@pytest.fixture
def learnt(folder):
    """A workdir in which a run has learnt something."""
    folder.settle(run())
    (folder.checkpoints / "step-000000001").mkdir(parents=True)
    return folder


def test_looking_at_a_workdir_makes_nothing(folder):
    assert folder.read() is None
    assert not folder.path.exists()


def test_what_is_settled_is_read_back(folder):
    assert folder.settle(run(artist="Albrecht Dürer")) == []
    assert folder.read() == run(artist="Albrecht Dürer")


def test_folders_whose_names_are_not_utf_8_are_read_back(folder):
    folder.settle(run(photos=["/caf\udce9"]))
    assert folder.read()["photos"] == ["/caf\udce9"]


@pytest.mark.parametrize("setting", CHANGEABLE)
def test_changeable_settings_are_taken_over_and_told(learnt, setting):
    value = (getattr(TrainingConfig(), setting) or 0) + 1
    lines = learnt.settle(run(settings={setting: value}))
    assert len(lines) == 1
    assert lines[0].startswith(f"{setting}: ")
    assert learnt.read()["settings"][setting] == value


@pytest.mark.parametrize(
    "other",
    [
        {"artist": "Paul Cezanne"},
        {"source": "tfds"},
        {"photos": ["/photos"]},
        {"art": ["/art"]},
        {"settings": {"filters": 32}},
        {"settings": {"identity_weight": 5.0}},
        {"settings": {"seed": 1}},
    ],
)
def test_another_run_is_refused_and_changes_nothing(learnt, other):
    with pytest.raises(WorkdirError, match=r"a workdir holds one run. Received: \w+=.* started with \w+=") as caught:
        learnt.settle(run(**other))
    assert "\n" not in str(caught.value)
    assert learnt.read() == run()


def test_a_run_that_has_learnt_nothing_gives_way(folder):
    folder.settle(run(photos=["/phtos"]))
    assert folder.settle(run(photos=["/photos"])) == []
    assert folder.read()["photos"] == ["/photos"]


def test_a_run_goes_on_with_changed_settings(learnt):
    assert learnt.changed({"epochs": 7, "learning_rate": None}) == run(settings={"epochs": 7})


def test_a_run_does_not_go_on_with_another_architecture(learnt):
    with pytest.raises(WorkdirError, match=r"Received: image_size=256 .* started with image_size=128"):
        learnt.changed({"image_size": 256})


def test_a_run_does_not_go_on_with_a_value_out_of_range(learnt):
    with pytest.raises(ConfigError, match="Received: epochs=0"):
        learnt.changed({"epochs": 0})


def test_settings_that_are_newer_than_the_workdir_have_their_defaults(learnt):
    written = json.loads(learnt.config.read_text())
    del written["settings"]["dropout"]
    learnt.config.write_text(json.dumps(written))
    assert learnt.settle(run()) == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"settings": {}}', '{"artist": 1, "settings": {"epochs": 0}}'])
def test_a_damaged_config_is_named_in_one_line(learnt, text):
    learnt.config.write_text(text)
    with pytest.raises(WorkdirError, match=r"config.json of a workdir must be .*Received: .*config.json") as caught:
        learnt.read()
    assert "\n" not in str(caught.value)


def test_a_second_run_in_the_same_process_is_refused(folder):
    with folder.lock(), pytest.raises(WorkdirError, match="another run is at work"):
        folder.lock()
    with folder.lock():
        pass


def test_a_second_process_is_refused(folder):
    code = "import sys; from copyart.training.workdir import Workdir; Workdir(sys.argv[1]).lock()"
    root = str(Path(copyart.__file__).parents[1])
    with folder.lock():
        command = [sys.executable, "-c", code, str(folder.path)]
        other = subprocess.run(command, env={"PYTHONPATH": root}, capture_output=True, text=True, timeout=120)
    assert "WorkdirError: one run at a time" in other.stderr


def test_a_workdir_that_cannot_be_made_is_named_in_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkdirError, match=r"must be a folder that can be written.*Not a directory") as caught:
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
