"""Kernels that enlarge at the small size: four small kernels, one for each copy of a pixel, in place of one large."""

import itertools

import numpy as np


def phase_kernel(kernel, xp=np):
    """Return the kernel, at the small size, of doubling an image by repeating its pixels and then convolving it.

    A pixel of the enlarged image sees only a few pixels of the small one, some of them several times: its kernel at
    the small size is a sum of taps.

    Args:
        kernel: Shape (size, size, channels, filters), size odd: the kernel at the doubled size.
        xp: The module that computes, `numpy` or `keras.ops`. Defaults to `numpy`.

    Returns:
        Shape (small, small, channels, 4 filters), small = 2 ((size // 2 + 1) // 2) + 1: a block of filters for the
        copy at the upper left, upper right, lower left and lower right.
    """
    size, _, channels, filters = kernel.shape
    small = 2 * reach(size) + 1
    matrix = _sums(size).reshape(small * small * 4, size * size)
    summed = xp.matmul(matrix, xp.reshape(kernel, (size * size, channels * filters)))
    parts = xp.reshape(summed, (small, small, 4, channels, filters))
    return xp.reshape(xp.transpose(parts, (0, 1, 3, 2, 4)), (small, small, channels, 4 * filters))


def phase_kernel_between(kernel):
    """Return the kernel of `phase_kernel` as it stands between the pixels: one row and one column of taps fewer.

    The lower right copy of a pixel, the lower left one of the pixel to its right and the upper ones of the two below
    see the same pixels. Computed together, at the place between the four, they need no taps that are always 0. The
    result has a row and a column more than the small image; laid side by side, its outermost rows and columns are of
    pixels beyond the border.

    Args:
        kernel: Shape (size, size, channels, filters), half of size odd: 3 or 7.

    Returns:
        Shape (2 reach, 2 reach, channels, 4 filters), in the order of `phase_kernel`, first the copy that is lower
        right of its pixel.

    Raises:
        ValueError: if half of size is even: the four copies then do not see the same pixels.
    """
    size, _, channels, filters = kernel.shape
    if size // 2 % 2 == 0:
        raise ValueError(f"half of the kernel's size must be odd. Received: {size=}")
    taps = 2 * reach(size)
    phases = phase_kernel(kernel).reshape(taps + 1, taps + 1, channels, 2, 2, filters)
    between = np.empty((taps, taps, channels, 2, 2, filters), np.float32)
    for row in (0, 1):
        for column in (0, 1):
            # Copy 1 of the pixel before is the first one here, and its first tap is the one that is always 0.
            rows, columns = slice(1 - row, taps + 1 - row), slice(1 - column, taps + 1 - column)
            between[:, :, :, row, column] = phases[rows, columns, :, 1 - row, 1 - column]
    return between.reshape(taps, taps, channels, 4 * filters)


def phase_kernel_of_phases(kernel):
    """Return a kernel of `phase_kernel_between` as it reads an image that lies there in phases itself.

    That image is the result of another such kernel, its four copies of a pixel still channels, not laid side by side.
    Two rows of it are one row there, so that the taps of two neighbouring rows are gathered in one kernel.

    Args:
        kernel: Shape (4, 4, channels, 4 filters).

    Returns:
        Shape (3, 3, 4 channels, 16 filters): for a place of the small image the 4 by 4 pixels that come of it, row by
        row, from 3 before the place between the pixels to the one there.
    """
    channels, filters = kernel.shape[2], kernel.shape[3] // 4
    kernel = kernel.reshape(4, 4, channels, 2, 2, filters)
    wide = np.zeros((3, 3, 2, 2, channels, 2, 2, 2, 2, filters), np.float32)
    for (row, tap_row), (column, tap_column) in itertools.product(itertools.product(range(2), range(4)), repeat=2):
        # Of two neighbouring places the second one's taps begin one row of the doubled image later: half a place.
        (place_row, phase_row), (place_column, phase_column) = divmod(row + tap_row, 2), divmod(column + tap_column, 2)
        found = kernel[tap_row, tap_column]
        wide[place_row, place_column, phase_row, phase_column, :, row, :, column] = found
    return wide.reshape(3, 3, 4 * channels, 16 * filters)


def kernel_between_phases(kernel):
    """Return a kernel as it reads an image that lies there in phases, and gives such an image.

    Both have half of the sides then, and each pixel's four copies as channels.

    Args:
        kernel: Shape (size, size, channels, filters), size odd.

    Returns:
        Shape (small, small, 4 channels, 4 filters), small as in `phase_kernel`. It reads the four copies of the first
        channel, then those of the next; it gives all filters of the first copy, then those of the next, as
        `phase_kernel` does.
    """
    size, _, channels, filters = kernel.shape
    small = 2 * reach(size) + 1
    wide = np.zeros((small, small, channels, 2, 2, 2, 2, filters), np.float32)
    for row, column in itertools.product(range(2), repeat=2):
        for tap_row, tap_column in itertools.product(range(size), repeat=2):
            # The pixel that a tap of a copy falls on is a copy of a pixel some places on.
            below, from_row = divmod(row + tap_row - size // 2, 2)
            right, from_column = divmod(column + tap_column - size // 2, 2)
            place = reach(size) + below, reach(size) + right
            wide[(*place, slice(None), from_row, from_column, row, column)] = kernel[tap_row, tap_column]
    return wide.reshape(small, small, 4 * channels, 4 * filters)


def reach(size):
    """Return how many pixels of the small image, to each side, a kernel of this size at the doubled size sees."""
    return (size // 2 + 1) // 2


def _sums(size):
    """Tell which taps are summed: zeros and ones, (small row, small column, phase, tap row, tap column)."""
    taps = np.zeros((2, 2 * reach(size) + 1, size), np.float32)
    for phase in (0, 1):
        for tap in range(size):
            taps[phase, (phase + tap - size // 2) // 2 + reach(size), tap] = 1
    both = np.einsum("pac,qbd->abpqcd", taps, taps)
    return both.reshape(*both.shape[:2], 4, size, size)


def transposed_phase_kernel(kernel):
    """Return the kernel, at the small size, of the paper's transposed convolution.

    That is a stride of 2, a kernel of 3, and the first row and column of the result dropped. It reads the pixel
    itself and its neighbours to the right and below, which at the border are 0.

    Args:
        kernel: Shape (3, 3, filters, channels), as Keras keeps it.

    Returns:
        Shape (2, 2, channels, 4 filters), in the order of `phase_kernel`.
    """
    # Along one side: the even pixel is the small one times tap 1; the odd one lies between taps 2 and 0.
    return _transposed_phases(kernel, {0: ((0, 1),), 1: ((0, 2), (1, 0))})


def late_transposed_phase_kernel(kernel):
    """Return the kernel, at the small size, of a transposed convolution as TensorFlow pads it.

    That is a stride of 2, a kernel of 3, and the last row and column of the result dropped. It reads the pixel itself
    and its neighbours to the left and above, which at the border are 0.

    Args:
        kernel: Shape (3, 3, filters, channels), as Keras keeps it.

    Returns:
        Shape (2, 2, channels, 4 filters), in the order of `phase_kernel`.
    """
    # Along one side: the even pixel lies between taps 2 and 0; the odd one is the small one times tap 1.
    return _transposed_phases(kernel, {0: ((0, 2), (1, 0)), 1: ((1, 1),)})


def _transposed_phases(kernel, taps):
    """Sort the taps; `taps` has, for each of two copies, pairs of a place in the small kernel and a tap."""
    _, _, filters, channels = kernel.shape
    phases = np.zeros((2, 2, channels, 4, filters), np.float32)
    for row in (0, 1):
        for column in (0, 1):
            for below, tap_row in taps[row]:
                for right, tap_column in taps[column]:
                    phases[below, right, :, 2 * row + column] = kernel[tap_row, tap_column].T
    return phases.reshape(2, 2, channels, 4 * filters)
