"""Differences are measured in levels of a picture file, and NaN is refused."""

import numpy as np
import pytest

from copyart.errors import ExportError
from copyart.export.comparison import Limits, compare
from tests.painting.networks import negative
from tests.pictures import photo

PHOTOS = [photo(20, 16), photo(7, 5, seed=1)]


ANY = Limits(255, 255)


def outcome(run, limits=ANY):
    return compare(negative(), PHOTOS, run, limits, "a test")


def test_what_is_the_same_differs_by_nothing():
    found = outcome(lambda array: 255 - array, Limits(0, 0))
    assert found == {
        "pictures": 2,
        "max_difference": 0,
        "mean_difference": 0,
        "max_painting_difference": 0,
        "mean_painting_difference": 0,
    }


def test_bytes_are_compared_level_by_level():
    def run(array):
        painting = 255 - array.astype(int)
        painting[0, 0, 0] += 7 if painting[0, 0, 0] < 128 else -7
        return painting.astype(np.uint8)

    found = outcome(run)
    assert 255 * found["max_painting_difference"] == pytest.approx(7)
    values = sum(image.width * image.height * 3 for image in PHOTOS)
    assert 255 * found["mean_painting_difference"] == pytest.approx(14 / values)
    assert found["max_difference"] == pytest.approx(7 / 127.5, abs=1e-6)


def test_floats_are_compared_as_values_and_as_the_levels_that_they_become():
    found = outcome(lambda array: (1 - array / np.float32(127.5)) * np.float32(0.9))
    assert found["max_difference"] == pytest.approx(0.1, abs=0.02)
    assert 255 * found["max_painting_difference"] == pytest.approx(12.75, abs=2)


def test_the_mean_limit_is_on_each_picture():
    def run(array):  # only the small picture is wrong
        return 255 - array if array.shape[0] > 5 else 255 - array // 2

    assert 255 * outcome(run)["mean_painting_difference"] < 9
    with pytest.raises(ExportError, match=r"within 9 of 255 grey levels.*on average over a picture"):
        outcome(run, Limits(255, 9))


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (lambda array: np.full(array.shape, np.nan, np.float32), "Received: a difference of nan"),
        (lambda array: array[:, :-1], "must keep the size of the photo"),
        (lambda array: array, "within 100 of 255 grey levels"),
    ],
)
def test_what_cannot_be_compared_or_differs_is_refused(run, words):
    with pytest.raises(ExportError, match=words) as raised:
        outcome(run, Limits(100, 100))
    assert "\n" not in str(raised.value)
