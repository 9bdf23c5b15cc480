"""The pictures by which a run is evaluated: the same ones each time, so that figures compare."""

import zlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from copyart.data.pipeline import Data
from copyart.data.store import Selection
from copyart.errors import DataError
from copyart.evaluation.validation import ValidationMetrics

Figures = dict[str, float]


class EvaluationSet:
    """Held-out photos, and paintings to compare with what a model makes of them.

    Args:
        data: The run's `Data`.
        count: Most pictures of each kind. Where fewer paintings are held out, training paintings fill up.
        features: Feature networks that compute KID, as of `copyart.evaluation.feature_networks`.

    Raises:
        DataError: if fewer than two photos are held out.
    """

    def __init__(self, data: Data, count: int, features: Sequence[Callable]):
        # Networks take multiples of 4; at most 3 pixels of the whole picture are cut off.
        side = data.load_size // 4 * 4
        photos, art = (spread_over(part, count, side) for part in (data.held_out_photos, data.held_out_art))
        learnt = spread_over(data.train_art, count - len(art), side)
        if len(photos) < 2:
            raise DataError(f"evaluation needs at least 2 held-out photos. Received: {len(photos)}. Give more photos.")
        art = np.concatenate([art, learnt])
        self.side, self.features = side, ", ".join(network.name for network in features)
        self.counts = {"photos": len(photos), "held_out_art": len(art) - len(learnt), "training_art": len(learnt)}
        #: Changes with the pictures and with the features: only figures with the same number compare.
        self.number = zlib.crc32(art, zlib.crc32(photos, zlib.crc32(self.features.encode())))
        self.metrics = ValidationMetrics(photos, art, features)

    def row(self, step: int, epoch: float, figures: Figures) -> Figures:
        """Return a row of `figures.csv`."""
        figures = {name: round(value, 4) for name, value in figures.items()}
        return {"step": step, "epoch": epoch, **figures, **self.counts, "judged_by": self.number}

    def metadata(self, row: Figures, baseline: Figures) -> dict[str, Any]:
        """Return what the metadata of a style says about an evaluation.

        Args:
            row: The evaluation's row.
            baseline: The row of the untouched photos.
        """
        others = {"step", "epoch", "judged_by", *self.counts}
        figures = {
            name: {"value": value, "photos": {"value": baseline[name]} if name in baseline else None}
            for name, value in row.items()
            if name not in others
        }
        judged = {"features": self.features, "counts": self.counts, "image_size": self.side, "by": self.number}
        return {"figures": figures, "judged": judged}


def spread_over(selection: Selection, count: int, side: int) -> np.ndarray:
    """Return `count` pictures, evenly spread over a selection, or all where there are fewer.

    Returns:
        uint8, shape (at most count, side, side, 3).
    """
    count = max(0, min(count, len(selection)))
    chosen = np.linspace(0, len(selection) - 1, count).round().astype(int)
    margin = (selection.images.shape[1] - side) // 2
    return selection.crop(chosen, np.tile([margin, margin, 0], (count, 1)), side)
