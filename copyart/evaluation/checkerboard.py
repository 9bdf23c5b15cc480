"""Checkerboard energy: the strength of the 2- and 4-pixel patterns that upsampling can leave in a painting."""

import numpy as np

#: Cycles per pixel, vertical and horizontal, of the patterns that two doublings of the resolution can leave: periods
#: of 2 and 4 pixels along one axis or both.
FREQUENCIES = (
    (1 / 2, 0),
    (0, 1 / 2),
    (1 / 2, 1 / 2),
    (1 / 4, 0),
    (0, 1 / 4),
    (1 / 4, 1 / 4),
    (1 / 4, 1 / 2),
    (1 / 2, 1 / 4),
)
#: Distances in Fourier bins. Bins within `_NEAR` of a frequency belong to it. Bins in the range `_RING` are its
#: neighbours, to compare with. The Hann window spreads a pure wave over 2 bins.
_NEAR, _RING = 1, (4, 12)
#: Pictures in a batch, to limit memory.
_BATCH = 16
#: Smallest side in pixels. In smaller pictures the rings around different frequencies overlap.
SMALLEST = 64


def checkerboard_decibels(pictures: np.ndarray) -> np.ndarray:
    """Return how far the power at each of `FREQUENCIES` exceeds the power at neighbouring frequencies.

    Args:
        pictures: uint8, shape (pictures, height, width, 3), sides of at least 64 pixels.

    Returns:
        Decibels, shape (pictures, 8). Photos and paintings have 0 to 4 on average; a hardly visible pattern of ±1 level
        of 255 has 12 to 30.

    Reference:
        Odena et al. 2016, "Deconvolution and checkerboard artifacts", describe the artifact; the measure is ours.
    """
    return np.concatenate(
        [_excess_over_neighbours(pictures[start : start + _BATCH]) for start in range(0, len(pictures), _BATCH)]
    )


def strongest_frequency(decibels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the mean decibels over the pictures at the frequency where this mean is largest.

    Args:
        decibels: The result of `checkerboard_decibels`.
        weights: How often each picture is in each bootstrap draw, shape (draws, pictures).

    Returns:
        Decibels of each bootstrap draw, shape (draws,).
    """
    return (weights @ decibels / weights.sum(1, keepdims=True)).max(1)


def _excess_over_neighbours(pictures: np.ndarray) -> np.ndarray:
    power, (down, across) = _power_spectrum(pictures)
    columns = []
    for frequency in FREQUENCIES:
        away = np.maximum(
            np.abs(down - frequency[0] * pictures.shape[1]), np.abs(across - frequency[1] * pictures.shape[2])
        )
        ring = (away >= _RING[0]) & (away <= _RING[1])
        # The median is used, because a horizon or a wall is a line through the ring that would raise the mean.
        columns.append(power[:, away <= _NEAR].mean(1) / np.median(power[:, ring], axis=1))
    return 10 * np.log10(np.stack(columns, axis=1))


def _power_spectrum(pictures: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Return the power spectrum summed over channels, shape (pictures, rows, columns), and the bins of its axes."""
    height, width = pictures.shape[1:3]
    window = np.hanning(height + 1)[:-1, None] * np.hanning(width + 1)[:-1]
    power = np.full(
        1, 1e-3, np.float32
    )  # far below the noise of 8-bit rounding; avoids 0 / 0 for pictures of one colour
    for channel in np.moveaxis(pictures.astype(np.float32), 3, 0):
        centred = channel - channel.mean(axis=(1, 2), keepdims=True)
        power = power + np.abs(np.fft.rfft2(centred * window.astype(np.float32))) ** 2
    return power, (np.abs(np.fft.fftfreq(height, 1 / height))[:, None], np.fft.rfftfreq(width, 1 / width))
