"""Near-copies: paintings that repeat a painting which the model was trained on, instead of painting the photo."""

from typing import NamedTuple

import numpy as np
from PIL import Image

#: Cells a side in which pictures are compared: composition, not strokes.
_CELLS = 8
#: Training shows paintings mirrored and cropped to some nine tenths (256 of 286 pixels): copies come so, too.
_CROP, _PLACES = 0.9, 3
#: A copy lies nearer than this share of the smallest distance between a photo and a painting, and nearer than a
#: distance that photos hardly ever reach however few they are. Of four artists no held-out painting came as near, and
#: 19 of 20 training paintings did when they had been cropped, dulled and made noisy.
_SHARE, _FARTHEST = 0.5, 0.05


class Copies(NamedTuple):
    """What was found.

    Args:
        found: Whether each painting is a near-copy, shape (paintings,).
        originals: Index of the training painting that is nearest to each, shape (paintings,).
        threshold: Distance below which a painting counts as a copy.
    """

    found: np.ndarray
    originals: np.ndarray
    threshold: float


class CopyFinder:
    """Looks for near-copies of training paintings.

    The distance is 1 minus the correlation of 8×8 cells: 0 for the same picture, whatever its contrast.

    Args:
        training_art: uint8, shape (paintings, side, side, 3), squeezed to squares as training does it.
        photos: Pictures that are no copies, of any side: how near they come by chance sets the threshold.
    """

    def __init__(self, training_art, photos):
        self._count = len(training_art)
        self._views = np.concatenate([_described(view) for view in _views(training_art)])
        self.threshold = min(_SHARE * float(self.nearest(photos)[0].min()), _FARTHEST)

    def __call__(self, paintings):
        """Return `Copies` among paintings: uint8, shape (paintings, side, side, 3)."""
        distances, originals = self.nearest(paintings)
        return Copies(distances < self.threshold, originals, self.threshold)

    def nearest(self, pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the distance of each picture from the nearest training painting, and the index of that painting."""
        distances = 1 - _described(pictures) @ self._views.T
        nearest = distances.argmin(axis=1)
        return distances[np.arange(len(pictures)), nearest], nearest % self._count


def _views(art):
    """Yield the paintings whole and cropped, each as it is and mirrored."""
    side = round(art.shape[1] * _CROP)
    places = np.linspace(0, art.shape[1] - side, _PLACES).round().astype(int)
    for view in (art, *(art[:, top : top + side, left : left + side] for top in places for left in places)):
        yield view
        yield view[:, :, ::-1]


def _described(pictures):
    size = (_CELLS, _CELLS)
    grids = [Image.fromarray(picture).resize(size, Image.Resampling.BOX) for picture in pictures]
    flat = np.stack([np.asarray(grid, np.float32) for grid in grids]).reshape(len(pictures), -1)
    flat -= flat.mean(axis=1, keepdims=True)
    return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)
