"""Pillow's reducing and enlarging of one side as products of matrices: quicker on floats, and strip by strip."""

import numpy as np

#: Places that are computed by one product; more of them see more of the side, in vain.
_BLOCK = 64


class Resampling:
    """Takes a side from one length to another, as Pillow does.

    Args:
        length: Of the side, in pixels.
        result: The length wanted.
        filter: `lanczos` or `bicubic`.
    """

    def __init__(self, length, result, filter):
        scale = max(length / result, 1.0)
        centres = (np.arange(result) + 0.5) * length / result
        support = filter.support * scale
        #: Which pixels each place of the result sees: the first, and the one after the last.
        self.first = np.maximum((centres - support + 0.5).astype(int), 0)
        self.end = np.minimum((centres + support + 0.5).astype(int), length)
        seen = self.first[:, None] + np.arange((self.end - self.first).max())
        weights = filter((seen + 0.5 - centres[:, None]) / scale) * (seen < self.end[:, None])
        weights = weights / weights.sum(1, keepdims=True)
        self._blocks = [
            (low, high, self._matrix(weights[low:high], low, high))
            for low, high in ((low, min(low + _BLOCK, result)) for low in range(0, result, _BLOCK))
        ]

    def _matrix(self, weights, low, high):
        """Return the weights of a block of places, float32 (pixels that they see, places)."""
        seen = self.first[low:high, None] - self.first[low] + np.arange(weights.shape[1])
        matrix = np.zeros((seen.max() + 1, high - low), np.float32)
        matrix[seen, np.arange(high - low)[:, None]] = weights
        return matrix[: self.end[high - 1] - self.first[low]]

    def columns(self, rows):
        """Return float32 (rows, result) of float32 (rows, length)."""
        parts = [rows[:, self.first[low] : self.end[high - 1]] @ weights for low, high, weights in self._blocks]
        return np.concatenate(parts, axis=1)

    def rows(self, columns):
        """Return float32 (result, columns) of float32 (length, columns)."""
        return np.concatenate(list(self.row_blocks(columns)))

    def row_blocks(self, columns):
        """Yield float32 (some, columns) of float32 (length, columns), from the first row of the result to the last."""
        for low, high, weights in self._blocks:
            yield weights.T @ columns[self.first[low] : self.end[high - 1]]


def lanczos(x):
    """Lanczos' filter of three lobes."""
    return np.where(np.abs(x) < lanczos.support, np.sinc(x) * np.sinc(x / 3), 0)


def bicubic(x):
    """Keys' cubic with a = -1/2."""
    x = np.abs(x)
    near = (1.5 * x - 2.5) * x**2 + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x < 1, near, np.where(x < bicubic.support, far, 0))


lanczos.support, bicubic.support = 3, 2
