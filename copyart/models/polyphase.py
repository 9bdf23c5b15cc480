"""Polyphase kernels: an upsampling convolution as one convolution at low resolution.

Each pixel of the small image becomes 2 × 2 pixels. A polyphase kernel computes these four as four groups of channels,
which depth-to-space (pixel shuffle) then arranges as pixels. The groups are ordered upper left, upper right, lower
left, lower right.

Reference:
    Shi et al. 2016, "Is the deconvolution layer the same as a convolutional layer?", arXiv:1609.07009.
"""

import itertools
from types import ModuleType
from typing import Any

import numpy as np

#: Crop → output pixel, 0 or 1, along a side → pairs (row of the polyphase kernel, tap of the transposed kernel).
_TRANSPOSED_TAPS = {
    "first": {0: ((0, 1),), 1: ((0, 2), (1, 0))},  # reads the pixel itself and the next one
    "last": {0: ((0, 2), (1, 0)), 1: ((1, 1),)},  # reads the previous pixel and the pixel itself
}


def polyphase_radius(size: int) -> int:
    """Return the radius of the polyphase kernel, at low resolution, for a kernel of side `size` at high resolution."""
    return (size // 2 + 1) // 2


def polyphase_kernel(kernel: Any, xp: ModuleType = np) -> Any:
    """Return the polyphase kernel of nearest-neighbour upsampling by 2 followed by a convolution.

    Several taps of the convolution read copies of the same pixel, so each polyphase tap is a sum of taps.

    Args:
        kernel: The convolution's kernel, shape (size, size, channels, filters), size odd.
        xp: Module that computes, `numpy` or `keras.ops`. Defaults to `numpy`.

    Returns:
        Shape (2 radius + 1, 2 radius + 1, channels, 4 filters), with `radius = polyphase_radius(size)`.
    """
    size, _, channels, filters = kernel.shape
    small = 2 * polyphase_radius(size) + 1
    matrix = _tap_summation_mask(size).reshape(small * small * 4, size * size)
    summed = xp.matmul(matrix, xp.reshape(kernel, (size * size, channels * filters)))
    parts = xp.reshape(summed, (small, small, 4, channels, filters))
    return xp.reshape(xp.transpose(parts, (0, 1, 3, 2, 4)), (small, small, channels, 4 * filters))


def _tap_summation_mask(size: int) -> np.ndarray:
    """Return an array that is 1 where a tap is summed: (polyphase row, column, output pixel, tap row, column)."""
    radius = polyphase_radius(size)
    taps = np.zeros((2, 2 * radius + 1, size), np.float32)
    for phase in (0, 1):
        for tap in range(size):
            taps[phase, (phase + tap - size // 2) // 2 + radius, tap] = 1
    both = np.einsum("pac,qbd->abpqcd", taps, taps)
    return both.reshape(*both.shape[:2], 4, size, size)


def half_pixel_kernel(kernel: np.ndarray) -> np.ndarray:
    """Return a polyphase kernel centred on the corners between pixels; its sides have one tap less than
    `polyphase_kernel`'s.

    The four output pixels around a corner read the same input pixels, so no tap is always 0. The convolved image has
    one more row and column than its input. After depth-to-space, its outermost rows and columns lie outside the image.

    Args:
        kernel: Shape (size, size, channels, filters), size 3, 7, 11…

    Returns:
        Shape (2 radius, 2 radius, channels, 4 filters), with `radius = polyphase_radius(size)`.

    Raises:
        ValueError: if `size // 2` is even, because the four output pixels then read different input pixels.
    """
    size, _, channels, filters = kernel.shape
    if size // 2 % 2 == 0:
        raise ValueError(f"half of the kernel size must be odd. Received: {size=}")
    taps = 2 * polyphase_radius(size)
    polyphase = polyphase_kernel(kernel).reshape(taps + 1, taps + 1, channels, 2, 2, filters)
    shifted = np.empty((taps, taps, channels, 2, 2, filters), np.float32)
    for row, column in itertools.product(range(2), repeat=2):
        # Output 1 of the previous pixel comes first. Its first tap is always 0, so that tap is dropped.
        rows, columns = slice(1 - row, taps + 1 - row), slice(1 - column, taps + 1 - column)
        shifted[:, :, :, row, column] = polyphase[rows, columns, :, 1 - row, 1 - column]
    return shifted.reshape(taps, taps, channels, 4 * filters)


def fused_kernel(kernel: np.ndarray) -> np.ndarray:
    """Return the second of two half-pixel kernels in a form that reads the first one's result before depth-to-space.

    Args:
        kernel: Result of `half_pixel_kernel`, shape (4, 4, channels, 4 filters).

    Returns:
        Shape (3, 3, 4 channels, 16 filters): 4 × 4 output pixels for each pixel, row by row. Arranged as an
        image, they are the result of the two kernels in turn without its last two rows and columns.
    """
    channels, filters = kernel.shape[2], kernel.shape[3] // 4
    kernel = kernel.reshape(4, 4, channels, 2, 2, filters)
    fused = np.zeros((3, 3, 2, 2, channels, 2, 2, 2, 2, filters), np.float32)
    for (row, tap_row), (column, tap_column) in itertools.product(itertools.product(range(2), range(4)), repeat=2):
        # One row before depth-to-space gives two rows of the upsampled image.
        (place_row, phase_row), (place_column, phase_column) = divmod(row + tap_row, 2), divmod(column + tap_column, 2)
        taps = kernel[tap_row, tap_column]
        fused[place_row, place_column, phase_row, phase_column, :, row, :, column] = taps
    return fused.reshape(3, 3, 4 * channels, 16 * filters)


def space_to_depth_kernel(kernel: np.ndarray) -> np.ndarray:
    """Return a kernel in a form whose input and output are images after space-to-depth.

    Args:
        kernel: Shape (size, size, channels, filters), size odd.

    Returns:
        Shape (2 radius + 1, 2 radius + 1, 4 channels, 4 filters), with `radius = polyphase_radius(size)`. The
        input channels are the four pixels of the first image channel, then those of the next; the output channels are
        all filters of the first pixel, then those of the next.
    """
    size, _, channels, filters = kernel.shape
    radius = polyphase_radius(size)
    small = 2 * radius + 1
    wide = np.zeros((small, small, channels, 2, 2, 2, 2, filters), np.float32)
    for row, column in itertools.product(range(2), repeat=2):
        for tap_row, tap_column in itertools.product(range(size), repeat=2):
            below, from_row = divmod(row + tap_row - size // 2, 2)
            right, from_column = divmod(column + tap_column - size // 2, 2)
            tap = kernel[tap_row, tap_column]
            wide[radius + below, radius + right, :, from_row, from_column, row, column] = tap
    return wide.reshape(small, small, 4 * channels, 4 * filters)


def transposed_polyphase_kernel(kernel: np.ndarray, crop: str) -> np.ndarray:
    """Return the polyphase kernel of a transposed convolution with stride 2.

    Args:
        kernel: Shape (3, 3, filters, channels), as Keras stores it.
        crop: Which row and column of the result are dropped: `"first"`, as in PyTorch with `padding=1,
            output_padding=1`, or `"last"`, as in TensorFlow with `padding="same"`.

    Returns:
        Shape (2, 2, channels, 4 filters). Pad the image with a row and a column of zeros: at the bottom and right for
        `"first"`, at the top and left for `"last"`.
    """
    taps = _TRANSPOSED_TAPS[crop]
    _, _, filters, channels = kernel.shape
    polyphase = np.zeros((2, 2, channels, 4, filters), np.float32)
    for row, column in itertools.product(range(2), repeat=2):
        for (below, tap_row), (right, tap_column) in itertools.product(taps[row], taps[column]):
            polyphase[below, right, :, 2 * row + column] = kernel[tap_row, tap_column].T
    return polyphase.reshape(2, 2, channels, 4 * filters)
