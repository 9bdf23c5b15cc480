"""The order of the data: the same for a seed and an epoch, fair to every photo, blind to what is held out."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copyart.data.order import MOST_HELD_OUT, fixed, held_out, shuffled

FIELDS = ("photos", "art", "photo_crops", "art_crops")


def rows(order):
    return np.concatenate([getattr(order, name).reshape(len(order), -1) for name in FIELDS], axis=1)


def test_seed_and_epoch_decide_the_order():
    np.testing.assert_array_equal(rows(shuffled(9, 5, 30, 7, 3)), rows(shuffled(9, 5, 30, 7, 3)))


@pytest.mark.parametrize(("seed", "epoch"), [(8, 3), (7, 4)])
def test_another_seed_or_epoch_is_another_order(seed, epoch):
    for name in FIELDS:
        ours, others = (getattr(shuffled(90, 50, 30, *key), name) for key in ((7, 3), (seed, epoch)))
        assert (ours != others).any()


@given(photos=st.integers(1, 40), art=st.integers(1, 40), epoch=st.integers(0, 1000))
def test_an_epoch_is_the_longer_domain_and_shows_every_photo_equally_often(photos, art, epoch):
    order = shuffled(photos, art, 4, 0, epoch)
    assert len(order) == max(photos, art)
    times = np.bincount(order.photos, minlength=photos)
    assert len(times) == photos
    assert times.max() - times.min() <= 1
    assert order.art.min() >= 0
    assert order.art.max() < art


def test_each_photo_comes_once_where_photos_are_the_longer_domain():
    assert sorted(shuffled(20, 3, 4, 0, 0).photos) == list(range(20))


def test_the_painting_beside_a_photo_changes_from_epoch_to_epoch():
    partners = {tuple(order.art[np.argsort(order.photos)]) for order in (shuffled(10, 10, 4, 0, e) for e in range(5))}
    assert len(partners) == 5


def test_crops_move_over_the_whole_margin_and_mirror_half_of_the_pictures():
    crops = shuffled(4000, 1, 3, 0, 0).photo_crops
    assert set(crops[:, 0]) == set(crops[:, 1]) == {0, 1, 2, 3}
    assert 0.45 < crops[:, 2].mean() < 0.55


def test_held_out_pictures_are_cropped_in_the_middle_in_full_batches():
    order = fixed(3, 2, 10, 4)
    assert order.photos.tolist() == [0, 1, 2, 0]
    assert order.art.tolist() == [0, 1, 0, 1]
    assert order.photo_crops.tolist() == order.art_crops.tolist() == [[5, 5, 0]] * 4


def paths(count):
    return [Path("photos", f"{number}.jpg") for number in range(count)]


@pytest.mark.parametrize(("count", "fraction", "kept_back"), [(2, 0.05, 1), (2, 0.9, 1), (40, 0.05, 2), (20, 0.5, 10)])
def test_a_share_is_held_out_but_never_none_and_never_all(count, fraction, kept_back):
    assert held_out(paths(count), fraction, 0).sum() == kept_back


def test_no_more_than_a_hundred_pictures_are_held_out():
    assert held_out(paths(5000), 0.5, 0).sum() == MOST_HELD_OUT == 100


def test_the_seed_decides_which_pictures_are_held_out():
    first, again, other = (held_out(paths(100), 0.2, seed) for seed in (0, 0, 1))
    assert (first == again).all()
    assert (first != other).any()


def test_a_new_file_does_not_turn_the_split_over():
    files = paths(200)
    before = {path for path, out in zip(files, held_out(files, 0.1, 0), strict=True) if out}
    more = [Path("photos", "new.jpg"), *files]
    after = {path for path, out in zip(more, held_out(more, 0.1, 0), strict=True) if out}
    assert len(before & after) >= len(before) - 1


def test_files_of_one_name_in_two_places_are_told_apart():
    files = [Path("a", "same", "1.jpg"), Path("b", "same", "1.jpg")]
    assert held_out(files, 0.5, 0).tolist() == held_out(files[::-1], 0.5, 0).tolist()[::-1]


def test_a_name_that_is_not_utf_8_can_be_held_out():
    assert held_out([Path("caf\udce9.jpg"), Path("b.jpg")], 0.5, 0).sum() == 1
