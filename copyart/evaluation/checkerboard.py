"""Checkerboard energy: the pattern of 2 and 4 pixels that a generator's up-sampling can leave in a painting."""

import numpy as np

#: Cycles per pixel, down and across, at which two doublings of the resolution leave their traces: periods of 2 and 4
#: pixels on both axes and on the diagonals.
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
#: Bins of the Fourier transform that belong to a frequency, and those around it that it is compared with: the Hann
#: window spreads a pure wave over 2.
_NEAR, _RING = 1, (4, 12)
#: Pictures looked at together, to bound memory.
_BATCH = 16
#: Smallest side in pixels: below it the bands around different frequencies meet.
SMALLEST = 64


def checkerboard(pictures):
    """Return how much each frequency of up-sampling stands out from its neighbours.

    Args:
        pictures: uint8, shape (pictures, height, width, 3), sides of at least 64 pixels.

    Returns:
        Decibels, shape (pictures, 8), in the order of `FREQUENCIES`. Photos and paintings have 0 to 4 on average; a
        pattern of ±1 level out of 255, hardly visible, gives 12 to 30.

    Reference:
        Odena et al. 2016, "Deconvolution and checkerboard artifacts"; the bands are ours.
    """
    return np.concatenate([_stand_out(pictures[start : start + _BATCH]) for start in range(0, len(pictures), _BATCH)])


def strongest(decibels, weights):
    """Return the mean over pictures at the frequency that stands out most.

    Args:
        decibels: As `checkerboard` returns them.
        weights: How often each picture was drawn, shape (draws, pictures).

    Returns:
        Decibels, shape (draws,).
    """
    return (weights @ decibels / weights.sum(1, keepdims=True)).max(1)


def _stand_out(pictures):
    power, (down, across) = _power(pictures)
    columns = []
    for frequency in FREQUENCIES:
        away = np.maximum(
            np.abs(down - frequency[0] * pictures.shape[1]), np.abs(across - frequency[1] * pictures.shape[2])
        )
        ring = (away >= _RING[0]) & (away <= _RING[1])
        # The median, because a line through the ring (a horizon, a wall) must not lift it.
        columns.append(power[:, away <= _NEAR].mean(1) / np.median(power[:, ring], axis=1))
    return 10 * np.log10(np.stack(columns, axis=1))


def _power(pictures):
    """Return the power spectrum over all colours, shape (pictures, rows, columns), and the bins of its axes."""
    height, width = pictures.shape[1:3]
    window = np.hanning(height + 1)[:-1, None] * np.hanning(width + 1)[:-1]
    power = np.float32(1e-3)  # far below that of rounding to 8 bits: an even picture has no frequencies
    for channel in np.moveaxis(pictures.astype(np.float32), 3, 0):
        centred = channel - channel.mean(axis=(1, 2), keepdims=True)
        power = power + np.abs(np.fft.rfft2(centred * window.astype(np.float32))) ** 2
    return power, (np.abs(np.fft.fftfreq(height, 1 / height))[:, None], np.fft.rfftfreq(width, 1 / width))
