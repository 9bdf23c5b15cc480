"""The figures in a few seconds, on arrays: to judge a model while it is training."""

from collections.abc import Callable

import numpy as np

from copyart.errors import DataError
from copyart.evaluation.bootstrap import once
from copyart.evaluation.checkerboard import SMALLEST, checkerboard, strongest
from copyart.evaluation.closeness import judge_key
from copyart.evaluation.colour import Correlation, brightness, cells, colourfulness
from copyart.evaluation.kid import KernelDistance
from copyart.evaluation.pictures import to_bytes
from copyart.evaluation.structure import structural_similarity
from copyart.evaluation.wasserstein import SlicedDistance

#: A quarter of the patches and directions of `copyart.evaluate`: enough to see a model improve.
_PATCHES, _PROJECTIONS = 32, 128
#: Photos that are painted together.
_BATCH = 8


def figures(paint: Callable, photos: np.ndarray, art: np.ndarray, features=None) -> dict[str, float]:
    """Judge a model once; to judge it again and again, keep a `Judge`.

    Args:
        paint, photos, art, features: As for `Judge`.

    Returns:
        As `Judge` does.
    """
    return Judge(photos, art, features)(paint)


class Judge:
    """Judges a model on the same pictures, time after time, with the same result for the same paintings.

    Args:
        photos: Photos to paint, shape (photos, side, side, 3), float32 in [-1, 1] or uint8; at least 2.
        art: Paintings of the artist, likewise; sides may differ from those of the photos where `features` is given.
        features: A `copyart.evaluation.features.FeatureNetwork`, several, or None.

    Raises:
        DataError: if there are fewer than two pictures of a kind.

    Example:
        >>> judge = Judge(photos, art, feature_network())
        >>> judge(lambda batch: network.predict_on_batch(batch))
        {'kid': 61.2, 'gap_closed': 0.38, 'structure': 0.62, 'colour': 0.81, 'brightness': 0.93, 'checkerboard': 3.4}
    """

    def __init__(self, photos: np.ndarray, art: np.ndarray, features=None):
        if min(len(photos), len(art)) < 2:
            raise DataError(
                "figures need at least 2 photos and 2 paintings. "
                f"Received: {len(photos)} and {len(art)}. Hold out more pictures."
            )
        self._photos = _bytes(photos)
        self._cells = cells(self._photos)
        art = _bytes(art)
        networks = (features,) if callable(features) else tuple(features or ())
        self._judges = [(network, KernelDistance(network(art))) for network in networks]
        self._photos_kid = [distance(network(self._photos)) for network, distance in self._judges]
        self._distance = None if networks else self._slices(art)

    def _slices(self, art):
        self._count = min(len(art), len(self._photos))  # this distance takes sets of the same size only
        return SlicedDistance(art[: self._count], _PATCHES, _PROJECTIONS)

    def __call__(self, paint):
        """Paint the photos and judge the paintings.

        Args:
            paint: A function from photos to paintings, (batch, side, side, 3) in [-1, 1]; called with 8 at most.

        Returns:
            A dictionary of floats: `kid` × 1000 by the first network, where there is one, else `swd` × 1000 (both:
            smaller is closer to the artist); with several networks, `kid_squeezenet` and so on, by each; `gap_closed`,
            1 - KID / KID of the photos, the smallest over the networks; `structure`, multi-scale SSIM with the photo;
            `colour` and `brightness`, correlations with the photo, negative where they invert; and `checkerboard` in
            decibels, 0 to 4 for none, where pictures have at least 64 pixels a side.
        """
        paintings = np.concatenate([to_bytes(np.asarray(paint(batch), np.float32)) for batch in self._batches()])
        grid, every = cells(paintings), once(len(paintings))
        found = self._closeness(paintings)
        found["structure"] = float(structural_similarity(self._photos, paintings).mean())
        for name, part in (("colour", colourfulness), ("brightness", brightness)):
            found[name] = float(Correlation(part(self._cells), part(grid)).draws(every)[0])
        if min(paintings.shape[1:3]) >= SMALLEST:
            found["checkerboard"] = float(strongest(checkerboard(paintings), every)[0])
        return found

    def identity_baseline(self) -> dict[str, float]:
        """Return the figures of the untouched photos: those to improve on."""
        return self(lambda batch: batch)

    def _batches(self):
        for start in range(0, len(self._photos), _BATCH):
            yield self._photos[start : start + _BATCH].astype(np.float32) / np.float32(127.5) - np.float32(1)

    def _closeness(self, pictures):
        if not self._judges:
            return {"swd": float(np.mean([*self._distance(pictures[: self._count]).values()]))}
        kids = [distance(network(pictures)) for network, distance in self._judges]
        found = {"kid": kids[0]}
        if len(kids) > 1:
            found |= {
                f"kid_{judge_key(network.name)}": kid for (network, _), kid in zip(self._judges, kids, strict=True)
            }
        gaps = (1 - kid / far for kid, far in zip(kids, self._photos_kid, strict=True))
        return {**found, "gap_closed": float(min(gaps))}


def _bytes(pictures):
    """Return pictures as uint8, a quarter of the memory; those in [-1, 1] as they would be saved."""
    pictures = np.asarray(pictures)
    return pictures if pictures.dtype == np.uint8 else to_bytes(pictures)
