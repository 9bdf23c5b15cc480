"""`PaddedRows` returns the same rows as NumPy's mirror padding of the whole picture."""

import numpy as np
import pytest
from PIL import Image

from copyart.engine.padding import PaddedRows, PixelSink
from tests.engine.plans import noise

SIZES = [(1, 1), (1, 9), (2, 3), (16, 16), (17, 33), (18, 30), (5, 61)]


def mirrored(photo):
    below, right = (max(16, -(-side // 4) * 4) - side for side in photo.shape[:2])
    return np.pad(photo, ((0, below), (0, right), (0, 0)), mode="reflect")


@pytest.mark.parametrize("size", SIZES)
def test_all_rows_are_the_mirrored_picture(size):
    rows, expected = PaddedRows(Image.fromarray(noise(*size))), mirrored(noise(*size))
    assert rows.shape == expected.shape
    assert np.array_equal(rows[:], expected)


@pytest.mark.parametrize("size", SIZES)
def test_any_strip_is_a_part_of_it(size):
    rows, expected = PaddedRows(Image.fromarray(noise(*size))), mirrored(noise(*size))
    for low in range(0, rows.shape[0], 3):
        for high in range(low + 1, rows.shape[0] + 1, 5):
            assert np.array_equal(rows[low:high], expected[low:high])


def test_a_fixed_side_is_left_as_it_is():
    assert PaddedRows(Image.fromarray(noise(18, 30)), (True, False))[:].shape == (18, 32, 3)


def test_strips_make_a_picture_and_the_padding_is_dropped():
    photo, sink = noise(18, 30), PixelSink((30, 18))
    for low in (0, 8, 16):
        sink[low : low + 8] = mirrored(photo)[low : low + 8]
    assert np.array_equal(np.asarray(sink.image), photo)
