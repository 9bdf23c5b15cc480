import numpy as np
import pytest
from PIL import Image

from copyart.painting.resampling import Resampling, bicubic, lanczos

PILLOWS = {lanczos: Image.Resampling.LANCZOS, bicubic: Image.Resampling.BICUBIC}


def noise(rows, columns):
    return np.random.default_rng(0).uniform(0, 255, (rows, columns)).astype(np.float32)


@pytest.mark.parametrize("kernel", [lanczos, bicubic])
@pytest.mark.parametrize(
    ("length", "result"), [(90, 30), (91, 37), (400, 130), (64, 63), (17, 90), (130, 131), (70, 1)]
)
def test_a_side_is_resampled_as_pillow_does(kernel, length, result):
    image = noise(length, 7)
    expected = np.asarray(Image.fromarray(image).resize((7, result), PILLOWS[kernel]))
    resampling = Resampling(length, result, kernel)
    assert np.abs(resampling.resize_height(image) - expected).max() < 1e-3
    assert np.abs(resampling.resize_width(np.ascontiguousarray(image.T)) - expected.T).max() < 1e-3


def test_blocks_are_the_rows_in_their_order():
    blocks = list(Resampling(50, 200, bicubic).resize_height_in_blocks(noise(50, 3)))
    assert len(blocks) > 1
    assert np.array_equal(np.concatenate(blocks), Resampling(50, 200, bicubic).resize_height(noise(50, 3)))
