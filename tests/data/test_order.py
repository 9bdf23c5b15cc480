"""The order of the data depends only on seed and epoch, uses every photo equally often, and ignores held-out
pictures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copyart.data.order import held_out_order, training_order

FIELDS = ("photos", "art", "photo_crops", "art_crops")


def rows(order):
    return np.concatenate([getattr(order, name).reshape(len(order), -1) for name in FIELDS], axis=1)


def test_seed_and_epoch_decide_the_order():
    np.testing.assert_array_equal(
        rows(training_order(9, 5, 286, 256, 7, 3)), rows(training_order(9, 5, 286, 256, 7, 3))
    )


@pytest.mark.parametrize(("seed", "epoch"), [(8, 3), (7, 4)])
def test_another_seed_or_epoch_is_another_order(seed, epoch):
    for name in FIELDS:
        ours, others = (getattr(training_order(90, 50, 286, 256, *key), name) for key in ((7, 3), (seed, epoch)))
        assert (ours != others).any()


@given(photos=st.integers(1, 40), art=st.integers(1, 40), epoch=st.integers(0, 1000))
def test_an_epoch_is_the_longer_domain_and_shows_every_photo_equally_often(photos, art, epoch):
    order = training_order(photos, art, 28, 24, 0, epoch)
    assert len(order) == max(photos, art)
    times = np.bincount(order.photos, minlength=photos)
    assert len(times) == photos
    assert times.max() - times.min() <= 1
    assert order.art.min() >= 0
    assert order.art.max() < art


def test_each_photo_comes_once_where_photos_are_the_longer_domain():
    assert sorted(training_order(20, 3, 28, 24, 0, 0).photos) == list(range(20))


def test_the_painting_beside_a_photo_changes_from_epoch_to_epoch():
    partners = {
        tuple(order.art[np.argsort(order.photos)]) for order in (training_order(10, 10, 28, 24, 0, e) for e in range(5))
    }
    assert len(partners) == 5


def test_crops_move_over_the_whole_margin_and_mirror_half_of_the_pictures():
    crops = training_order(4000, 1, 27, 24, 0, 0).photo_crops
    assert set(crops[:, 0]) == set(crops[:, 1]) == {0, 1, 2, 3}
    assert {*crops[:, 2]} == {24}
    assert 0.45 < crops[:, 3].mean() < 0.55


def test_resized_crops_have_every_side_and_stay_inside_the_picture():
    top, left, side, mirror = training_order(20_000, 1, 48, 24, 0, 0, resized_crops=True).photo_crops.T
    assert {*side} == {*range(24, 49)}
    assert 0.48 < (side < 24 * 2**0.5).mean() < 0.52, "sides are uniform on a logarithmic scale"
    for corner in (top, left):
        assert corner.min() == 0
        assert (corner + side).max() == 48
    assert 0.45 < mirror.mean() < 0.55


def test_held_out_pictures_are_cropped_in_the_middle_in_full_batches():
    order = held_out_order(3, 2, 34, 24, 4)
    assert order.photos.tolist() == [0, 1, 2, 0]
    assert order.art.tolist() == [0, 1, 0, 1]
    assert order.photo_crops.tolist() == order.art_crops.tolist() == [[5, 5, 24, 0]] * 4
