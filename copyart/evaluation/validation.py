"""Validation metrics: measure a model during training, on arrays, in a few seconds."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from copyart.errors import DataError
from copyart.evaluation.bootstrap import equal_weights
from copyart.evaluation.checkerboard import SMALLEST, checkerboard_decibels, strongest_frequency
from copyart.evaluation.colour import Correlation, brightness, colourfulness, mean_colour_grid
from copyart.evaluation.distances import judge_key
from copyart.evaluation.kid import KernelDistance, distance_reduction
from copyart.evaluation.pictures import to_bytes
from copyart.evaluation.structure import structural_similarity
from copyart.evaluation.wasserstein import SlicedDistance

#: Patches and directions, a quarter of those in `copyart.evaluate`: enough to see a model improve.
_PATCHES, _PROJECTIONS = 32, 128
#: Photos in a batch.
_BATCH = 8


class ValidationMetrics:
    """Measures a model on fixed pictures, so that the same paintings give the same figures.

    Args:
        photos: Photos to paint, shape (photos, side, side, 3), float32 in [-1, 1] or uint8; at least 2.
        art: Paintings by the artist, in the same form, at least 2. With `features`, they may have another size.
        features: A `copyart.evaluation.features.FeatureNetwork`, or several: the judges. Defaults to None.

    Raises:
        DataError: if there are fewer than two photos or paintings.

    Example:
        >>> metrics = ValidationMetrics(photos, art, feature_networks())
        >>> metrics(lambda batch: network.predict_on_batch(batch))
        {'kid': 61.2, 'distance_reduction': 0.38, 'structure': 0.62, 'colour': 0.81, 'brightness': 0.93}
    """

    def __init__(self, photos: np.ndarray, art: np.ndarray, features: Callable | Sequence[Callable] | None = None):
        if min(len(photos), len(art)) < 2:
            raise DataError(
                "validation needs at least 2 photos and 2 paintings. "
                f"Received: {len(photos)} and {len(art)}. Hold out more pictures."
            )
        self._photos = _as_bytes(photos)
        self._cells = mean_colour_grid(self._photos)
        art = _as_bytes(art)
        networks: tuple[Any, ...] = (features,) if callable(features) else tuple(features or ())
        self._judges: list[tuple[Any, KernelDistance]] = [
            (network, KernelDistance(network(art))) for network in networks
        ]
        self._photos_kid = [distance(network(self._photos)) for network, distance in self._judges]
        self._distance = None if networks else self._sliced_distance(art)

    def _sliced_distance(self, art: np.ndarray) -> SlicedDistance:
        self._count = min(len(art), len(self._photos))  # this distance needs equally large sets
        return SlicedDistance(art[: self._count], _PATCHES, _PROJECTIONS)

    def __call__(self, paint: Callable[[np.ndarray], np.ndarray]) -> dict[str, float]:
        """Paint the photos and return the figures of the paintings.

        Args:
            paint: A function from photos to paintings, (batch, side, side, 3) in [-1, 1]; the batch is at most 8.

        Returns:
            The figures by name.

            - `kid`, with judges: KID × 1000 by the first judge; small is close to the artist. If there are several
              judges, also `kid_squeezenet` and so on, by each judge.
            - `distance_reduction`, with judges: 1 - KID / KID of the photos, by the judge for which this is smallest.
            - `swd`, without judges: SWD × 1000; small is close to the artist.
            - `structure`: multi-scale SSIM with the photo.
            - `colour` and `brightness`: correlations with the photo, negative if inverted.
            - `checkerboard`, if sides have at least 64 pixels: in decibels; 0 to 4 means none.
        """
        paintings = np.concatenate([to_bytes(np.asarray(paint(batch), np.float32)) for batch in self._batches()])
        grid, weights = mean_colour_grid(paintings), equal_weights(len(paintings))
        found = self._measure_distances(paintings)
        found["structure"] = float(structural_similarity(self._photos, paintings).mean())
        for name, part in (("colour", colourfulness), ("brightness", brightness)):
            found[name] = float(Correlation(part(self._cells), part(grid)).draws(weights)[0])
        if min(paintings.shape[1:3]) >= SMALLEST:
            found["checkerboard"] = float(strongest_frequency(checkerboard_decibels(paintings), weights)[0])
        return found

    def identity_baseline(self) -> dict[str, float]:
        """Return the figures of the untouched photos, which a model must improve on."""
        return self(lambda batch: batch)

    def _batches(self) -> Iterator[np.ndarray]:
        for start in range(0, len(self._photos), _BATCH):
            yield self._photos[start : start + _BATCH].astype(np.float32) / np.float32(127.5) - np.float32(1)

    def _measure_distances(self, pictures: np.ndarray) -> dict[str, float]:
        if self._distance is not None:
            return {"swd": float(np.mean([*self._distance(pictures[: self._count]).values()]))}
        kids = [distance(network(pictures)) for network, distance in self._judges]
        found = {"kid": kids[0]}
        if len(kids) > 1:
            found |= {
                f"kid_{judge_key(network.name)}": kid for (network, _), kid in zip(self._judges, kids, strict=True)
            }
        return {**found, "distance_reduction": float(min(map(distance_reduction, kids, self._photos_kid)))}


def _as_bytes(pictures: np.ndarray) -> np.ndarray:
    """Return pictures as uint8, to save memory. Pictures in [-1, 1] are rounded as in a saved file."""
    pictures = np.asarray(pictures)
    return pictures if pictures.dtype == np.uint8 else to_bytes(pictures)
