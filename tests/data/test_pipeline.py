"""The pipeline gives the same batches for a seed from any step on, without held-out pictures."""

import itertools
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from copyart.data.pipeline import load_data
from copyart.errors import ConfigError, DataError
from tests.pictures import photo, store, store_split


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Folders of 10 photos and 6 paintings, two of each held out."""
    folder = tmp_path_factory.mktemp("pictures")
    store_split(folder / "photos", learnt=8, held_out=2)
    store_split(folder / "art", learnt=4, held_out=2, seed=100)
    return folder


def load(pictures, **changes):
    arguments = {"image_size": 24, "load_size": 28, "validation_fraction": 0.2, **changes}
    return load_data(photos=pictures / "photos", art=pictures / "art", **arguments)


@pytest.fixture
def data(pictures):
    return load(pictures)


def take(batches, count):
    return [tuple(domain.numpy() for domain in batch) for batch in itertools.islice(batches, count)]


def assert_same(some, others):
    assert len(some) == len(others)
    for one, other in zip(some, others, strict=True):
        for ours, theirs in zip(one, other, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_batches_are_float32_in_minus_one_to_one(pictures):
    data = load(pictures, batch_size=2)
    for batches in (data.train, data.validation):
        for batch in batches:
            for images in batch:
                assert images.shape == (2, 24, 24, 3)
                assert images.dtype == "float32"
                assert -1 <= images.numpy().min() < -0.2 < 0.2 < images.numpy().max() <= 1


def test_an_epoch_is_the_longer_domain(data):
    assert (len(data.train_photos), len(data.held_out_photos)) == (8, 2)
    assert (len(data.train_art), len(data.held_out_art)) == (4, 2)
    assert data.steps_per_epoch == len(data.train) == len(list(data.train)) == 8


def test_steps_count_whole_batches(pictures):
    assert load(pictures, batch_size=3).steps_per_epoch == 2


def test_one_seed_gives_one_stream(pictures):
    assert_same(take(load(pictures).train_from(0), 20), take(load(pictures).train_from(0), 20))


def test_resized_crops_reach_the_batches(pictures):
    plain, resized = (take(load(pictures, resized_crops=on).train_from(0), 8) for on in (False, True))
    assert all(images.shape == (1, 24, 24, 3) for pair in resized for images in pair)
    assert any((ours != theirs).any() for ours, theirs in zip(plain[0], resized[0], strict=True))
    assert_same(resized[3:], take(load(pictures, resized_crops=True).train_from(3), 5))


def test_another_seed_gives_another_stream(pictures):
    one, other = (take(load(pictures, seed=seed).train_from(0), 1)[0] for seed in (0, 1))
    assert (one[0] != other[0]).any()


@pytest.mark.parametrize("step", [1, 8, 13])
def test_a_run_that_goes_on_gets_the_rest_of_the_stream(pictures, step):
    assert_same(take(load(pictures).train_from(step), 20 - step), take(load(pictures).train_from(0), 20)[step:])


def test_passes_over_train_are_the_epochs_of_the_stream(data):
    batches = data.train
    passes = [take(batches, 8), take(batches, 8)]
    assert_same(passes[0] + passes[1], take(data.train_from(0), 16))


def test_each_photo_comes_once_an_epoch(data):
    for epoch in range(3):
        seen = Counter(path for step in range(8) for path in data.files_of(8 * epoch + step)[0])
        assert set(seen.values()) == {1}
        assert set(seen) == set(data.train_photos.files)


def test_what_is_held_out_is_never_trained_on(data):
    trained = {path for step in range(200) for paths in data.files_of(step) for path in paths}
    held_back = {*data.held_out_photos.files, *data.held_out_art.files}
    assert len(held_back) == 4
    assert not trained & held_back
    assert trained | held_back == {*data.train_photos.files, *data.train_art.files} | held_back


def test_validation_shows_every_held_out_picture_and_never_changes(data):
    assert_same(take(data.validation, 9), take(data.validation, 9))
    batches = take(data.validation, 9)
    assert len(batches) == len(data.validation) == 2
    for (photos, _), number in zip(batches, data.held_out_photos.numbers, strict=True):
        middle = data.held_out_photos.images[number, 2:26, 2:26]
        np.testing.assert_allclose(photos[0], middle / 127.5 - 1, atol=1e-6)


def test_files_of_a_step_are_those_in_its_batch(pictures):
    data = load(pictures, batch_size=2, load_size=24)
    for step, batch in enumerate(take(data.train_from(0), 9)):
        for images, paths in zip(batch, data.files_of(step), strict=True):
            for image, path in zip(images, paths, strict=True):
                with Image.open(path) as whole:
                    expected = np.asarray(whole.resize((24, 24), Image.Resampling.BICUBIC)) / 127.5 - 1
                distance = min(np.abs(image - expected).max(), np.abs(image - expected[:, ::-1]).max())
                assert distance < 1e-6


def test_files_of_an_earlier_step_are_known_while_later_ones_are_read(data):
    before = [data.files_of(step) for step in range(24)]
    stream = iter(data.train_from(0))
    after = []
    for step in range(24):
        next(stream)
        after.append(data.files_of(step))
    assert after == before


def test_crops_and_mirrors_are_cut_from_the_resized_picture(data):
    batches = take(data.train_from(0), 16)
    found = set()
    for step, (photos, _) in enumerate(batches):
        number = data.train_photos.numbers[data.train_photos.files.index(data.files_of(step)[0][0])]
        whole = data.train_photos.images[number] / 127.5 - 1
        places = [
            (top, left, mirror)
            for top, left, mirror in itertools.product(range(5), range(5), (1, -1))
            if np.abs(whole[top : top + 24, left : left + 24][:, ::mirror] - photos[0]).max() < 1e-6
        ]
        assert places, step
        found.update(places)
    assert {mirror for *_, mirror in found} == {1, -1}
    assert len({(top, left) for top, left, _ in found}) > 5


def test_samples_are_held_out_pictures_seen_whole(data):
    photos, art = data.samples(4)
    assert (photos.shape, art.shape) == ((2, 24, 24, 3), (2, 24, 24, 3))
    assert photos.dtype == art.dtype == np.float32
    assert -1 <= photos.min() < photos.max() <= 1


def test_decoding_is_counted_over_both_domains(pictures, tmp_path):
    counts = []
    load(pictures, cache_dir=tmp_path, progress=lambda done, total: counts.append((done, total)))
    assert counts == [(number, 16) for number in range(1, 17)]


def test_the_report_covers_both_domains(data):
    counts = data.report().counts()
    assert (counts["photo"]["kept"], counts["art"]["kept"]) == (10, 6)


def folder_of(folder, *names):
    for name in names:
        store(folder / name, photo(48, 40, seed=len(name)))
    return folder


def test_a_folder_of_one_picture_is_refused_in_one_line(pictures, tmp_path):
    only = folder_of(tmp_path / "one", "only.png")
    with pytest.raises(DataError, match=r"at least 2 usable paintings.*Received: 1 of 1 files. Add") as caught:
        load_data(photos=pictures / "photos", art=only, image_size=24)
    assert "\n" not in str(caught.value)


def test_pictures_that_cannot_be_used_are_counted_with_a_reason(pictures, tmp_path):
    (folder_of(tmp_path / "bad", "good.png") / "broken.jpg").write_text("no picture")
    with pytest.raises(DataError, match=r"usable photos.*Received: 1 of 2 files \(broken.jpg: unreadable\)"):
        load_data(photos=tmp_path / "bad", art=pictures / "art", image_size=24)


def test_a_broken_file_among_good_ones_costs_nothing_but_itself(tmp_path, pictures):
    (folder_of(tmp_path / "mixed", "a.png", "ab.png", "abc.png") / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    data = load_data(photos=tmp_path / "mixed", art=pictures / "art", image_size=24, load_size=28)
    assert len(data.train_photos) + len(data.held_out_photos) == 3
    assert len(take(data.train_from(0), 6)) == 6


def test_a_batch_larger_than_an_epoch_is_refused(pictures):
    with pytest.raises(ConfigError, match="Received: batch_size=9 with 8 photos and 4 paintings"):
        load(pictures, batch_size=9)


@pytest.mark.parametrize(
    "wrong", [{"image_size": 30}, {"load_size": 20}, {"validation_fraction": 1.5}, {"seed": -1}, {"batch_size": 0}]
)
def test_a_value_out_of_range_is_refused(pictures, wrong):
    with pytest.raises(ConfigError, match=f"Received: {next(iter(wrong))}="):
        load(pictures, **wrong)
