import numpy as np
import pytest

from copyart.evaluation.bootstrap import equal_weights
from copyart.evaluation.colour import Correlation, brightness, colourfulness, mean_colour_grid
from tests.evaluation.scenes import scenes


def correlation(photos, paintings, part):
    return Correlation(part(mean_colour_grid(photos)), part(mean_colour_grid(paintings)))


def test_cells_are_means_of_areas():
    picture = np.zeros((1, 32, 32, 3), np.uint8)
    picture[0, :2, 1] = 200
    assert mean_colour_grid(picture)[0, 0, :2].tolist() == [[100] * 3, [0] * 3]


@pytest.mark.parametrize("part", [brightness, colourfulness])
def test_a_picture_correlates_with_itself_and_against_its_negative(part):
    pictures = scenes(5, 32)
    assert correlation(pictures, pictures, part).draws(equal_weights(5)) == pytest.approx([1])
    assert correlation(pictures, 255 - pictures, part).draws(equal_weights(5)) == pytest.approx([-1], abs=0.01)
    np.testing.assert_allclose(correlation(pictures, pictures, part).pair_correlations(), 1)


@pytest.mark.parametrize("part", [brightness, colourfulness])
def test_a_tint_that_all_share_does_not_count(part):
    pictures = scenes(5, 32) // 2
    tinted = pictures + np.array([90, 40, 0], np.uint8)
    assert correlation(pictures, tinted, part).draws(equal_weights(5)) == pytest.approx([1], abs=0.01)


def test_exchanged_colours_invert_though_brightness_stays():
    pictures = scenes(5, 32).astype(int)
    grey = pictures @ np.array([0.299, 0.587, 0.114])
    opposite = np.clip(2 * grey[..., None] - pictures, 0, 255).astype(np.uint8)
    assert correlation(pictures.astype(np.uint8), opposite, colourfulness).draws(equal_weights(5)) < -0.8
    assert correlation(pictures.astype(np.uint8), opposite, brightness).draws(equal_weights(5)) > 0.9


def test_a_grey_painting_has_no_colours_to_correlate():
    grey = np.repeat(scenes(4, 32)[..., :1], 3, axis=3)
    found = correlation(scenes(4, 32), grey, colourfulness)
    assert found.draws(equal_weights(4)) == pytest.approx([0], abs=0.05)
    assert found.pair_deviations().max() < 0.5


def test_weights_say_which_pictures_count():
    pictures = scenes(2, 32)
    mixed = np.stack([pictures[0], 255 - pictures[1]])
    found = correlation(pictures, mixed, brightness).draws(np.array([[2.0, 0.0], [0.0, 2.0]]))
    assert found == pytest.approx([1, -1], abs=0.01)
