"""Near-copies: paintings that repeat a training painting instead of painting the photo."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from PIL import Image

#: Number of cells along each side. Pictures are compared by cells, so that composition matters and strokes do not.
_CELLS = 8
#: Share of the side that a crop keeps, and number of crop positions along each side. Training mirrors paintings and
#: crops them to nine tenths (256 of 286 pixels), so copies may be mirrored and cropped.
_CROP, _PLACES = 0.9, 3
#: A painting is a copy if its distance from a training painting is below `_FARTHEST`, and also below `_SHARE` of the
#: smallest distance between a photo and a training painting. Photos are hardly ever so near. For six artists, this
#: rule found none of 136 held-out paintings, and four of five training paintings cropped, dulled and made noisy.
_SHARE, _FARTHEST = 0.5, 0.08


class Copies(NamedTuple):
    """Near-copies among paintings.

    Args:
        found: Whether each painting is a near-copy, shape (paintings,).
        originals: Index of the training painting nearest to each painting, shape (paintings,).
        threshold: Distance below which a painting is a copy.
    """

    found: np.ndarray
    originals: np.ndarray
    threshold: float


class CopyFinder:
    """Finds near-copies of training paintings.

    The distance is 1 minus the correlation of 8×8 cells, from which each colour channel's mean is subtracted: 0 for the
    same picture at any contrast. Two pictures of one colour, such as two nearly red ones, are not alike by that alone.

    Args:
        training_art: uint8, shape (paintings, side, side, 3), squeezed to squares as in training.
        photos: Photos of any size. Their smallest distance from a training painting sets the threshold.
    """

    def __init__(self, training_art: np.ndarray, photos: np.ndarray):
        self._count = len(training_art)
        self._views = np.concatenate([_normalised_cells(view) for view in _crops_and_mirrors(training_art)])
        self.threshold = min(_SHARE * float(self.nearest(photos)[0].min()), _FARTHEST)

    def __call__(self, paintings: np.ndarray) -> Copies:
        """Return the copies among paintings, uint8, shape (paintings, side, side, 3)."""
        distances, originals = self.nearest(paintings)
        return Copies(distances < self.threshold, originals, self.threshold)

    def nearest(self, pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return each picture's distance from the nearest training painting, and the index of that painting."""
        distances = 1 - _normalised_cells(pictures) @ self._views.T
        nearest = distances.argmin(axis=1)
        return distances[np.arange(len(pictures)), nearest], nearest % self._count


def _crops_and_mirrors(art: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the paintings whole and cropped, each also mirrored."""
    side = round(art.shape[1] * _CROP)
    places = np.linspace(0, art.shape[1] - side, _PLACES).round().astype(int)
    for view in (art, *(art[:, top : top + side, left : left + side] for top in places for left in places)):
        yield view
        yield view[:, :, ::-1]


def _normalised_cells(pictures: np.ndarray) -> np.ndarray:
    size = (_CELLS, _CELLS)
    grids = [Image.fromarray(picture).resize(size, Image.Resampling.BOX) for picture in pictures]
    cells = np.stack([np.asarray(grid, np.float32) for grid in grids])
    flat = (cells - cells.mean(axis=(1, 2), keepdims=True)).reshape(len(pictures), -1)
    return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)
