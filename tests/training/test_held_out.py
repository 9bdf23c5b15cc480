import pytest

from copyart.data.sample import sample_files
from copyart.errors import WorkdirError
from copyart.training.held_out import held_out_files, is_workdir
from copyart.training.workdir import Workdir


def test_the_pictures_are_split_as_the_run_split_them(trained, tmp_path):
    held_out = held_out_files(trained.path, cache_dir=tmp_path)
    photos, art = sample_files()
    assert 0 < len(held_out.photos) < len(photos)
    assert set(held_out.photos) < set(photos)
    assert set(held_out.art) | set(held_out.training_art) == set(art)
    assert not set(held_out.art) & set(held_out.training_art)


def test_training_never_saw_them(trained, tmp_path):
    from copyart.data.pipeline import load_data

    settings = Workdir(trained.path).read()["settings"]
    names = ("image_size", "load_size", "seed", "validation_fraction")
    data = load_data(source="sample", cache_dir=tmp_path, **{name: settings[name] for name in names})
    held_out = held_out_files(trained.path, cache_dir=tmp_path)
    assert not set(data.train_photos.files) & set(held_out.photos)
    assert set(data.train_art.files) == set(held_out.training_art)


def test_a_workdir_is_told_from_other_folders(trained, tmp_path):
    assert is_workdir(trained.path)
    assert not is_workdir(trained.path / "style")
    assert not is_workdir(tmp_path)
    assert not is_workdir("monet")


def test_a_folder_without_a_run_is_one_line(tmp_path):
    with pytest.raises(WorkdirError, match="which holds none"):
        held_out_files(tmp_path)
