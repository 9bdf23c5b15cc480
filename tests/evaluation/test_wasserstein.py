import numpy as np
import pytest
from PIL import Image, ImageFilter

from copyart.evaluation.bootstrap import equal_weights, resample
from copyart.evaluation.wasserstein import SCALE, SlicedDistance, distance, laplacian_pyramid
from tests.evaluation.scenes import scenes


def blurred(pictures):
    return np.stack([np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(2))) for picture in pictures])


def test_sorted_numbers_are_compared_one_by_one():
    assert distance(np.array([[0.0, 3.0, 1.0]]), np.array([[5.0, 1.0, 4.0]])) == pytest.approx((1 + 3 + 2) / 3)


def test_a_shifted_set_lies_as_far_away_as_it_was_shifted():
    slices = np.random.default_rng(0).normal(size=(16, 40, 8))
    shifts = np.random.default_rng(1).normal(size=(16, 1, 1))
    assert distance(slices, slices + shifts) == pytest.approx(np.abs(shifts).mean())


def test_the_levels_of_a_pyramid_halve_down_to_16_pixels():
    assert [level.shape for level in laplacian_pyramid(scenes(2, 64))] == [(2, side, side, 3) for side in (64, 32, 16)]


def test_an_even_picture_has_nothing_but_its_coarsest_level():
    *details, rest = laplacian_pyramid(np.full((1, 64, 64, 3), 90, np.uint8))
    assert all(np.abs(level).max() < 1e-3 for level in details)
    np.testing.assert_allclose(rest, 90, rtol=1e-6)


def test_the_same_pictures_lie_close_and_blurred_ones_far_where_detail_is():
    pictures = scenes(12, 64)
    measure = SlicedDistance(pictures, patches=64, projections=32)
    same, soft = measure(pictures), measure(blurred(pictures))
    assert [*same] == [64, 32, 16]
    assert soft[64] > 1.5 * same[64]
    assert soft[16] < 1.5 * same[16]


def test_a_tint_that_all_share_is_no_difference_of_brushwork():
    pictures = scenes(8, 64) // 2
    measure = SlicedDistance(pictures, patches=64, projections=32)
    assert measure(pictures + np.uint8(60)) == pytest.approx(measure(pictures), rel=1e-3)


def test_it_gives_the_same_each_time():
    pictures = scenes(4, 32)
    assert SlicedDistance(pictures)(pictures[::-1]) == SlicedDistance(pictures)(pictures[::-1])


def test_the_draws_of_the_pictures_as_they_are_come_near_the_distance():
    pictures, others = scenes(16, 64), blurred(scenes(16, 64, seed=50))
    found = SlicedDistance(pictures, patches=64).distance_and_draws(others, equal_weights(16), equal_weights(16))
    assert set(found) == {64, 32, 16}
    for value, draws in found.values():
        assert draws[0] == pytest.approx(value, rel=0.15)


def test_draws_spread():
    pictures, others = scenes(16, 64), blurred(scenes(16, 64, seed=50))
    found = SlicedDistance(pictures, patches=32).distance_and_draws(others, resample(16, 40, 0), resample(16, 40, 1))
    assert set(found) == {64, 32, 16}
    for value, draws in found.values():
        assert draws.shape == (40,)
        assert 0 < draws.std() < value


def test_it_is_given_times_a_thousand():
    assert SCALE == 1000
