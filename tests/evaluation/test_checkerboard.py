import numpy as np
import pytest

from copyart.data.images import read_image
from copyart.data.sample import sample_files
from copyart.evaluation.bootstrap import equal_weights
from copyart.evaluation.checkerboard import FREQUENCIES, checkerboard_decibels, strongest_frequency
from copyart.evaluation.pictures import central_square
from tests.evaluation.scenes import scenes, with_checkerboard


def energy(pictures):
    return strongest_frequency(checkerboard_decibels(pictures), equal_weights(len(pictures)))[0]


@pytest.fixture(scope="module")
def sample():
    """The bundled photos and paintings, at 192 pixels."""
    return [np.stack([np.asarray(central_square(read_image(path), 192)) for path in files]) for files in sample_files()]


def test_neither_photos_nor_paintings_stand_out(sample):
    for pictures in sample:
        assert energy(pictures) < 6


@pytest.mark.parametrize("period", [2, 4])
@pytest.mark.parametrize("direction", [{}, {"down": False}, {"across": False}])
def test_a_faint_checkerboard_stands_out(sample, period, direction):
    photos = sample[0]
    assert energy(with_checkerboard(photos, 2, period, **direction)) > energy(photos) + 5


@pytest.mark.parametrize("period", [3, 8, 16])
def test_patterns_of_other_periods_do_not(period):
    rows = np.indices((192, 192))[0]
    pattern = 4 * np.cos(2 * np.pi * rows / period)[..., None]
    dither = np.random.default_rng(0).random((6, 192, 192, 3))  # else rounding gives the pattern overtones
    pictures = np.clip(scenes(6, 192) + pattern + dither, 0, 255).astype(np.uint8)
    assert energy(pictures) < energy(scenes(6, 192)) + 3


def test_each_frequency_has_its_place():
    stripes = checkerboard_decibels(with_checkerboard(scenes(4, 128), 4, 2, down=False)).mean(axis=0)
    assert FREQUENCIES[stripes.argmax()] == (0, 1 / 2)


def test_an_even_picture_has_none():
    assert energy(np.full((2, 64, 64, 3), 128, np.uint8)) == pytest.approx(0, abs=1e-3)


def test_pictures_need_not_be_square():
    assert checkerboard_decibels(scenes(2, 128)[:, :96]).shape == (2, 8)
