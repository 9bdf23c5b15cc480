"""The moments of a map's channels, gathered strip by strip, and what normalises the map by them."""

import numpy as np


class Moments:
    """The mean and the mean square of each channel of a map, gathered strip by strip.

    Args:
        channels: Of the map.
    """

    def __init__(self, channels):
        #: What is taken from the map before its moments are, so that float32 holds its squares well.
        self.centre = np.zeros((channels, 1, 1), np.float32)
        self._rows, self._mean, self._square = 0, np.zeros(channels), np.zeros(channels)

    def add(self, mean, square, rows):
        """Count in a strip of some rows."""
        self._rows += rows
        self._mean += (mean - self._mean) * rows / self._rows
        self._square += (square - self._square) * rows / self._rows

    def affine(self, stage):
        """Return a factor and an addend for each channel, float32 (channels, 1, 1), that normalise the map.

        Args:
            stage: Whose result the map is.
        """
        variance = np.maximum(self._square - self._mean**2, 0)
        scale = (1 if stage.gain is None else stage.gain) / np.sqrt(variance + stage.epsilon)
        mean = self._mean + self.centre[:, 0, 0]
        shift = (0 if stage.offset is None else stage.offset) - mean * scale
        return tuple(part.astype(np.float32)[:, None, None] for part in (scale, shift))
