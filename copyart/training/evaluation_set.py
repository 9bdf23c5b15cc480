"""The fixed set of pictures on which a run is evaluated, so that figures can be compared."""

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from copyart.data.order import central_crops
from copyart.data.pipeline import Data
from copyart.data.store import Selection
from copyart.errors import DataError
from copyart.evaluation.validation import ValidationMetrics

Figures = dict[str, float]


class EvaluationSet:
    """Held-out photos to paint, and real paintings to compare the results with.

    Args:
        count: Maximum number of photos, and of paintings. Training paintings are added if too few are held out.
        features: Feature networks for KID, from `copyart.evaluation.feature_networks`.

    Raises:
        DataError: if fewer than two photos are held out.
    """

    def __init__(self, data: Data, count: int, features: Sequence[Any]):
        # Networks need sides that are multiples of 4, so up to 3 rows and 3 columns of pixels are cropped.
        side = data.load_size // 4 * 4
        photos, art = (evenly_spaced(part, count, side) for part in (data.held_out_photos, data.held_out_art))
        training_art = evenly_spaced(data.train_art, count - len(art), side)
        if len(photos) < 2:
            raise DataError(f"evaluation needs at least 2 held-out photos. Received: {len(photos)}. Give more photos.")
        art = np.concatenate([art, training_art])
        self.side, self.features = side, ", ".join(network.name for network in features)
        training = len(training_art)
        self.counts = {"photos": len(photos), "held_out_art": len(art) - training, "training_art": training}
        #: Checksum of the pictures and the judges' names. Figures can be compared only if it is the same.
        self.checksum = zlib.crc32(art.data, zlib.crc32(photos.data, zlib.crc32(self.features.encode())))
        self.metrics = ValidationMetrics(photos, art, features)

    def csv_row(self, step: float, epoch: float, figures: Figures) -> Figures:
        """Return the row of an evaluation in `figures.csv`."""
        figures = {name: round(value, 4) for name, value in figures.items()}
        return {"step": step, "epoch": epoch, **figures, **self.counts, "evaluation_set": self.checksum}

    def metadata(self, row: Figures, baseline: Figures) -> dict[str, Any]:
        """Return an evaluation as the entries `figures` and `judged` of a style's metadata.

        Args:
            row: The evaluation's row.
            baseline: The row of the untouched photos.
        """
        others = {"step", "epoch", "evaluation_set", *self.counts}
        figures = {
            name: {"value": value, "photos": {"value": baseline[name]} if name in baseline else None}
            for name, value in row.items()
            if name not in others
        }
        judged = {"features": self.features, "counts": self.counts, "image_size": self.side, "by": self.checksum}
        return {"figures": figures, "judged": judged}


def evenly_spaced(selection: Selection, count: int, side: int) -> np.ndarray:
    """Return `count` pictures, evenly spaced in a selection, or all if there are fewer. Crop them to `side` pixels.

    Returns:
        uint8, shape (at most count, side, side, 3).
    """
    count = max(0, min(count, len(selection)))
    chosen = np.linspace(0, len(selection) - 1, count).round().astype(int)
    return selection.crop(chosen, central_crops(count, selection.images.shape[1], side), side)
