"""Resize one side of an image with Pillow's filters, by matrix products: faster for floats, and possible in strips."""

from collections.abc import Callable, Iterator

import numpy as np

#: Number of result pixels that one matrix product computes. A larger matrix would hold more zeros.
_BLOCK = 64


class Resampling:
    """Resizes a side from one length to another, as Pillow does.

    Args:
        length: Length of the side, in pixels.
        result: New length, in pixels.
        filter: `lanczos` or `bicubic`.
    """

    def __init__(self, length: int, result: int, filter: Callable[[np.ndarray], np.ndarray]):
        scale = max(length / result, 1.0)
        centres = (np.arange(result) + 0.5) * length / result
        support = _SUPPORT[filter] * scale
        #: For each result pixel, the first source pixel that it depends on, and the pixel after the last one.
        self.first = np.maximum((centres - support + 0.5).astype(int), 0)
        self.end = np.minimum((centres + support + 0.5).astype(int), length)
        seen = self.first[:, None] + np.arange((self.end - self.first).max())
        weights = filter((seen + 0.5 - centres[:, None]) / scale) * (seen < self.end[:, None])
        weights = weights / weights.sum(1, keepdims=True)
        self._blocks = [
            (low, high, self._weight_matrix(weights[low:high], low, high))
            for low, high in ((low, min(low + _BLOCK, result)) for low in range(0, result, _BLOCK))
        ]

    def _weight_matrix(self, weights: np.ndarray, low: int, high: int) -> np.ndarray:
        """Return the weights of a block, float32 (source pixels, result pixels)."""
        seen = self.first[low:high, None] - self.first[low] + np.arange(weights.shape[1])
        matrix = np.zeros((seen.max() + 1, high - low), np.float32)
        matrix[seen, np.arange(high - low)[:, None]] = weights
        return matrix[: self.end[high - 1] - self.first[low]]

    def resize_width(self, rows: np.ndarray) -> np.ndarray:
        """Resize the width: float32 (rows, length) → float32 (rows, result)."""
        parts = [rows[:, self.first[low] : self.end[high - 1]] @ weights for low, high, weights in self._blocks]
        return np.concatenate(parts, axis=1)

    def resize_height(self, columns: np.ndarray) -> np.ndarray:
        """Resize the height: float32 (length, columns) → float32 (result, columns)."""
        return np.concatenate(list(self.resize_height_in_blocks(columns)))

    def resize_height_in_blocks(self, columns: np.ndarray) -> Iterator[np.ndarray]:
        """Resize the height, and yield the result in blocks of rows, from the first to the last."""
        for low, high, weights in self._blocks:
            yield weights.T @ columns[self.first[low] : self.end[high - 1]]


def lanczos(x: np.ndarray) -> np.ndarray:
    """Return the weights of the three-lobe Lanczos filter at distances x, in pixels."""
    return np.where(np.abs(x) < 3, np.sinc(x) * np.sinc(x / 3), 0)


def bicubic(x: np.ndarray) -> np.ndarray:
    """Return the weights of Keys' cubic filter with a = -1/2 at distances x, in pixels."""
    x = np.abs(x)
    near = (1.5 * x - 2.5) * x**2 + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x < 1, near, np.where(x < 2, far, 0))


#: Distance beyond which a filter is 0, in pixels.
_SUPPORT: dict[Callable[[np.ndarray], np.ndarray], int] = {lanczos: 3, bicubic: 2}
