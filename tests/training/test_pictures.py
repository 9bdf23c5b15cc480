import shutil

import pytest

from copyart.data.sample import sample_files
from copyart.errors import DataError, WorkdirError
from copyart.training.pictures import check_domains_differ, held_out_files, load_run_data
from copyart.training.run_spec import RunSpec
from copyart.training.workdir import Workdir, is_workdir


def test_the_pictures_are_split_as_the_run_split_them(trained, tmp_path):
    held_out = held_out_files(trained.path, cache_dir=tmp_path)
    photos, art = sample_files()
    assert 0 < len(held_out.photos) < len(photos)
    assert set(held_out.photos) < set(photos)
    assert set(held_out.art) | set(held_out.training_art) == set(art)
    assert not set(held_out.art) & set(held_out.training_art)


def test_training_never_saw_them(trained, tmp_path):
    data = load_run_data(Workdir(trained.path).read_spec(), cache_dir=tmp_path)
    held_out = held_out_files(trained.path, cache_dir=tmp_path)
    assert not set(data.train_photos.files) & set(held_out.photos)
    assert set(data.train_art.files) == set(held_out.training_art)


def test_a_workdir_is_told_from_other_folders(trained, tmp_path):
    assert is_workdir(trained.path)
    assert not is_workdir(trained.path / "style")
    assert not is_workdir(tmp_path)
    assert not is_workdir("monet")


def test_a_folder_without_a_run_is_one_line(tmp_path):
    with pytest.raises(WorkdirError, match="which contains none"):
        held_out_files(tmp_path)


def pictures_of(photos, art, cache):
    return load_run_data(RunSpec.new(photos=photos, art=art, image_size=32, load_size=36), cache_dir=cache)


@pytest.fixture
def folders(tmp_path):
    """Five photos and five paintings, in two folders."""
    for files, name in zip(sample_files(), ("photos", "art"), strict=True):
        (tmp_path / name).mkdir()
        for file in files[:5]:
            shutil.copy(file, tmp_path / name)
    return tmp_path / "photos", tmp_path / "art"


def test_one_folder_for_both_domains_is_refused(folders, tmp_path):
    photos, _ = folders
    shutil.copytree(photos, tmp_path / "copy")
    for art in (photos, tmp_path / "copy"):
        with pytest.raises(DataError, match=r"must be different pictures. Received: 5 pictures in both") as caught:
            check_domains_differ(pictures_of(photos, art, tmp_path), print)
        assert "\n" not in str(caught.value)


def test_a_few_pictures_in_both_domains_are_told(folders, tmp_path):
    photos, art = folders
    shutil.copy(min(photos.iterdir()), art / "also_a_photo.jpg")
    lines = []
    check_domains_differ(pictures_of(photos, art, tmp_path), lines.append)
    assert len(lines) == 1
    assert "1 pictures are among both" in lines[0]
    assert "also_a_photo.jpg" in lines[0]


def test_different_pictures_are_not_mentioned(folders, tmp_path):
    check_domains_differ(pictures_of(*folders, tmp_path), lambda line: pytest.fail(line))


def test_folders_that_are_gone_are_refused_with_the_way_out(folders, tmp_path):
    photos, art = folders
    shutil.rmtree(art)
    with pytest.raises(DataError, match=rf"'{art}' must be a folder.*If the pictures have moved.*--photos and --art"):
        pictures_of(photos, art, tmp_path)
