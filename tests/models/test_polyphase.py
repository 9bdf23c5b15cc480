"""Polyphase kernels give the same result as upsampling and the original kernels."""

import numpy as np
import pytest
from keras import layers, ops

from copyart.models.polyphase import (
    fused_kernel,
    half_pixel_kernel,
    polyphase_kernel,
    polyphase_radius,
    space_to_depth_kernel,
    transposed_polyphase_kernel,
)


def noise(*shape):
    return np.random.default_rng(3).normal(size=shape).astype(np.float32)


def in_phases(images, copy_by_copy):
    """Return images of half the sides, (batch, height / 2, width / 2, 4 channels), copy by copy or by channel."""
    batch, height, width, channels = images.shape
    copies = images.reshape(batch, height // 2, 2, width // 2, 2, channels)
    copies = copies.transpose((0, 1, 3, 2, 4, 5) if copy_by_copy else (0, 1, 3, 5, 2, 4))
    return copies.reshape(batch, height // 2, width // 2, 4 * channels)


@pytest.mark.parametrize("size", [1, 3, 5, 7])
def test_a_kernel_between_phases_gives_the_phases_of_what_the_plain_one_gives(size):
    images, kernel = noise(2, 20, 16, 5), noise(size, size, 5, 3)
    wanted = in_phases(ops.convert_to_numpy(ops.conv(images, kernel, padding="same")), copy_by_copy=True)
    found = ops.conv(in_phases(images, copy_by_copy=False), space_to_depth_kernel(kernel), padding="same")
    assert space_to_depth_kernel(kernel).shape == (
        2 * polyphase_radius(size) + 1,
        2 * polyphase_radius(size) + 1,
        20,
        12,
    )
    assert np.allclose(ops.convert_to_numpy(found), wanted, atol=1e-4)


@pytest.mark.parametrize("size", [1, 3, 5, 7, 9])
def test_a_phase_kernel_is_repeating_pixels_and_then_convolving(size):
    """Against the long way: mirror, repeat every pixel, convolve, cut off what the border brought."""
    random = np.random.default_rng(size)
    image = random.normal(size=(1, 8, 9, 2)).astype(np.float32)
    kernel = random.normal(size=(size, size, 2, 3)).astype(np.float32)
    border = size // 2 + size % 2
    mirrored = np.pad(image, ((0, 0), (border, border), (border, border), (0, 0)), mode="reflect")
    large = ops.convert_to_numpy(ops.conv(mirrored.repeat(2, 1).repeat(2, 2), kernel, padding="valid"))
    cut = 2 * border - size // 2
    expected = large[:, cut : cut + 16, cut : cut + 18]
    phases = polyphase_kernel(kernel)
    reach = phases.shape[0] // 2
    padded = np.pad(image, ((0, 0), (reach, reach), (reach, reach), (0, 0)), mode="reflect")
    copies = ops.convert_to_numpy(ops.conv(padded, phases, padding="valid")).reshape(1, 8, 9, 2, 2, 3)
    assert abs(copies.transpose(0, 1, 3, 2, 4, 5).reshape(1, 16, 18, 3) - expected).max() < 1e-4


@pytest.mark.parametrize("size", [3, 7])
def test_between_the_pixels_fewer_taps_give_the_same(size):
    random = np.random.default_rng(size)
    image = random.normal(size=(1, 8, 9, 2)).astype(np.float32)
    kernel = random.normal(size=(size, size, 2, 3)).astype(np.float32)
    phases, between = polyphase_kernel(kernel), half_pixel_kernel(kernel)
    assert between.shape[0] == phases.shape[0] - 1
    border = phases.shape[0] // 2
    padded = np.pad(image, ((0, 0), (border, border), (border, border), (0, 0)))
    found, wanted = side_by_side(padded, between)[:, 1:-1, 1:-1], side_by_side(padded, phases)
    assert abs(found - wanted).max() < 1e-5  # processors add in different orders


def test_between_the_pixels_of_a_kernel_of_five_copies_would_see_others():
    with pytest.raises(ValueError, match=r"half of the kernel size must be odd.*size=5"):
        half_pixel_kernel(np.zeros((5, 5, 1, 1), np.float32))


def side_by_side(image, kernel):
    """Convolve, and lay the four copies of each pixel side by side."""
    copies = ops.convert_to_numpy(ops.conv(image, kernel, padding="valid"))
    _, height, width, channels = copies.shape
    copies = copies.reshape(1, height, width, 2, 2, channels // 4).transpose(0, 1, 3, 2, 4, 5)
    return copies.reshape(1, 2 * height, 2 * width, channels // 4)


def test_a_kernel_of_phases_reads_what_another_gives_before_it_is_laid_side_by_side():
    random = np.random.default_rng(2)
    first = half_pixel_kernel(random.normal(size=(3, 3, 2, 5)).astype(np.float32))
    second = half_pixel_kernel(random.normal(size=(7, 7, 5, 3)).astype(np.float32))
    small = random.normal(size=(1, 9, 8, 2)).astype(np.float32)
    one_by_one = side_by_side(side_by_side(small, first), second)
    between = ops.convert_to_numpy(ops.conv(small, first, padding="valid"))
    at_once = ops.convert_to_numpy(ops.conv(between, fused_kernel(second), padding="valid"))
    at_once = at_once.reshape(1, 6, 5, 4, 4, 3).transpose(0, 1, 3, 2, 4, 5).reshape(1, 24, 20, 3)
    # One after the other gets one place further: half of those that four pixels come of.
    assert one_by_one.shape == (1, 26, 22, 3)
    assert abs(one_by_one[:, :-2, :-2] - at_once).max() < 1e-3


def test_a_transposed_kernel_that_drops_the_last_row_is_that_of_padding_same():
    theirs = layers.Conv2DTranspose(3, 3, 2, "same", use_bias=False)
    x = noise(1, 4, 6, 2)
    wanted = ops.convert_to_numpy(theirs(x))
    kernel = transposed_polyphase_kernel(ops.convert_to_numpy(theirs.kernel), "last")
    padded = np.pad(x, ((0, 0), (1, 0), (1, 0), (0, 0)))
    phases = ops.convert_to_numpy(ops.conv(padded, kernel, padding="valid")).reshape(1, 4, 6, 2, 2, 3)
    assert np.allclose(phases.transpose(0, 1, 3, 2, 4, 5).reshape(1, 8, 12, 3), wanted, atol=1e-6)
