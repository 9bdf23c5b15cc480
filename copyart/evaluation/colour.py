"""Correlation of colours and brightness between photos and paintings."""

import numpy as np
from PIL import Image

from copyart.evaluation.pictures import luminance

#: Number of cells along each side. The mean colours of cells are compared, so that strokes do not matter.
_CELLS = 16


def mean_colour_grid(pictures: np.ndarray) -> np.ndarray:
    """Return the mean colour of each cell of a 16×16 grid.

    Args:
        pictures: uint8, shape (pictures, height, width, 3).

    Returns:
        uint8, shape (pictures, 16, 16, 3).
    """
    size = (_CELLS, _CELLS)
    return np.stack([np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BOX)) for picture in pictures])


def brightness(grid: np.ndarray) -> np.ndarray:
    """Return the brightness of cells: shape (pictures, 256, 1)."""
    return luminance(grid).reshape(len(grid), -1, 1)


def colourfulness(grid: np.ndarray) -> np.ndarray:
    """Return red minus brightness and blue minus brightness of cells: shape (pictures, 256, 2)."""
    return (grid[..., ::2] - luminance(grid)[..., None]).reshape(len(grid), -1, 2)


class Correlation:
    """The correlation between photos and paintings over the cells of all pictures.

    It is high if the bluer, or brighter, cells of the photos are also the bluer, or brighter, cells of the paintings. A
    tint common to all paintings does not lower it, because an artist's palette is not a fault.

    Args:
        photos: Values of cells, shape (pictures, cells, channels).
        paintings: The same shape.
    """

    def __init__(self, photos: np.ndarray, paintings: np.ndarray):
        x, y = photos.astype(np.float64), paintings.astype(np.float64)
        self.count = len(x)
        self._sums = np.stack([part.mean(axis=1) for part in (x, y, x * x, y * y, x * y)])

    def draws(self, weights: np.ndarray) -> np.ndarray:
        """Return the correlation of each draw of the pictures, between -1 and 1.

        Args:
            weights: How often each picture was drawn, shape (draws, pictures).

        Returns:
            Shape (draws,).
        """
        return _correlate(np.einsum("dp,spc->sdc", weights / weights.sum(1, keepdims=True), self._sums))

    def pair_correlations(self) -> np.ndarray:
        """Return the correlation between the photo and the painting of each pair, shape (pictures,)."""
        return _correlate(self._sums)

    def pair_deviations(self) -> np.ndarray:
        """Return the standard deviation of the cells of each pair's flatter picture, in grey levels: (pictures,)."""
        x, y, xx, yy, _ = self._sums
        return np.sqrt(np.maximum(np.minimum((xx - x * x).mean(-1), (yy - y * y).mean(-1)), 0))


def _correlate(means: np.ndarray) -> np.ndarray:
    """Return the correlation from means of x, y, x², y², xy, each of shape (…, channels)."""
    x, y, xx, yy, xy = means
    shared = (xy - x * y).sum(-1)
    spread = np.maximum((xx - x * x).sum(-1), 0) * np.maximum((yy - y * y).sum(-1), 0)
    return shared / np.sqrt(np.maximum(spread, np.finfo(np.float64).tiny))
