"""Kernels at the small size give what the kernels they were made of give at the large one."""

import numpy as np
import pytest
from keras import ops

from copyart.models.phases import kernel_between_phases, reach


def noise(*shape):
    return np.random.default_rng(3).normal(size=shape).astype(np.float32)


def in_phases(images, channels_last):
    """Return images of half the sides, (batch, height / 2, width / 2, 4 channels)."""
    batch, height, width, channels = images.shape
    copies = images.reshape(batch, height // 2, 2, width // 2, 2, channels)
    copies = copies.transpose((0, 1, 3, 2, 4, 5) if channels_last else (0, 1, 3, 5, 2, 4))
    return copies.reshape(batch, height // 2, width // 2, 4 * channels)


@pytest.mark.parametrize("size", [1, 3, 5, 7])
def test_a_kernel_between_phases_gives_the_phases_of_what_the_plain_one_gives(size):
    images, kernel = noise(2, 20, 16, 5), noise(size, size, 5, 3)
    wanted = in_phases(ops.convert_to_numpy(ops.conv(images, kernel, padding="same")), channels_last=True)
    found = ops.conv(in_phases(images, channels_last=False), kernel_between_phases(kernel), padding="same")
    assert kernel_between_phases(kernel).shape == (2 * reach(size) + 1, 2 * reach(size) + 1, 20, 12)
    assert np.allclose(ops.convert_to_numpy(found), wanted, atol=1e-4)
