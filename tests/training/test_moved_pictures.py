"""A run resumes with the same pictures in any folder, and refuses different pictures."""

import dataclasses
import shutil

import pytest

from copyart.data.sample import sample_files
from copyart.errors import DataError, WorkdirError
from copyart.painting.loading import load
from copyart.training.workdir import Workdir
from tests.training.conftest import TINY, StepLogs


@pytest.fixture
def own_run(learn, tmp_path, copied):
    """The run, as if it had been trained on two folders, and those folders."""
    for files, name in zip(sample_files(), ("photos", "art"), strict=True):
        (tmp_path / "drive" / name).mkdir(parents=True)
        for file in files:
            shutil.copy(file, tmp_path / "drive" / name)
    folder = Workdir(copied)
    place = {name: (str(tmp_path / "drive" / name),) for name in ("photos", "art")}
    folder.write_spec(dataclasses.replace(folder.read_spec(), artist="Grandma", source="folders", **place))
    return folder, tmp_path / "drive"


def contents(folder):
    return {path: path.read_bytes() for path in sorted(folder.path.rglob("*")) if path.is_file()}


def test_a_run_resumes_with_its_pictures_in_another_place(learn, own_run, tmp_path):
    folder, drive = own_run
    drive.rename(tmp_path / "mnt")
    (tmp_path / "link").symlink_to(tmp_path / "mnt")
    art, lines, logs = tmp_path / "link" / ".." / "mnt" / "art", [], StepLogs()
    learn(
        folder.path, lines.append, source=None, photos=tmp_path / "link" / "photos", art=art, epochs=3, callbacks=[logs]
    )
    assert len(logs.logs) == 3
    spec = folder.read_spec()
    assert (spec.artist, spec.art) == ("Grandma", (str(art),))
    assert any(line.startswith("Changed since the last start: photos: ") for line in lines)
    assert load(folder.path).name == "Grandma"


def test_only_one_of_the_folders_may_have_moved(learn, own_run, tmp_path):
    folder, drive = own_run
    (drive / "photos").rename(tmp_path / "photos")
    learn(folder.path, source=None, photos=tmp_path / "photos", epochs=2)
    assert folder.read_spec().photos == (str(tmp_path / "photos"),)


@pytest.mark.parametrize("damaged", [False, True])
def test_other_pictures_in_another_place_are_refused_and_change_nothing(learn, own_run, tmp_path, damaged):
    folder, drive = own_run
    shutil.copytree(drive, tmp_path / "others")
    min((tmp_path / "others" / "art").iterdir()).unlink()
    if damaged:
        (folder.checkpoints / "step-000000006" / "progress.json").write_text("{")
    before = contents(folder)
    with pytest.raises(
        WorkdirError, match=r"its own pictures. Received: .*others/art, whose pictures differ"
    ) as caught:
        learn(folder.path, source=None, art=tmp_path / "others" / "art", epochs=3)
    assert "\n" not in str(caught.value)
    assert contents(folder) == before


def test_pictures_that_are_gone_are_refused_and_change_nothing(learn, own_run, tmp_path):
    folder, drive = own_run
    drive.rename(tmp_path / "mnt")
    before = contents(folder)
    with pytest.raises(DataError, match="name their folders with --photos and --art") as caught:
        learn(folder.path, source=None, epochs=3)
    assert "\n" not in str(caught.value)
    assert contents(folder) == before


def test_one_folder_for_photos_and_art_is_refused(learn, tmp_path):
    photos, _ = (files[0].parent for files in sample_files())
    with pytest.raises(DataError, match="must be different pictures"):
        learn(tmp_path / "run", source=None, photos=photos, art=photos, **TINY)
    assert Workdir(tmp_path / "run").read_spec() is None
