"""Distances from the artist's paintings: KID and FID by each judge, and the sliced Wasserstein distance."""

import dataclasses
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from copyart.evaluation.bootstrap import resample
from copyart.evaluation.figures import Figure
from copyart.evaluation.frechet import FrechetDistance
from copyart.evaluation.kid import KernelDistance
from copyart.evaluation.wasserstein import SlicedDistance

#: Numbers of bootstrap draws for the slow distances, FID and SWD. More draws hardly change the interval.
_FRECHET_DRAWS, _SLICED_DRAWS = 100, 250


class PictureSets(NamedTuple):
    """The pictures of a comparison, or their features. The first axis of each array counts pictures, in random order.

    Args:
        photos: The photos.
        paintings: Their paintings, in the same order.
        reference: Held-out paintings by the artist. All distances are measured from these.
        real: Other paintings by the artist. Their distance is the best that a style can reach.
    """

    photos: np.ndarray
    paintings: np.ndarray
    reference: np.ndarray
    real: np.ndarray

    def equally_large_sets(self) -> "PictureSets":
        """Return equally large sets, for distances that depend on the number of pictures."""
        count = min(map(len, self))
        return PictureSets(*(pictures[:count] for pictures in self))

    def draws(self) -> "PictureSets":
        """Return bootstrap weights for each set. A photo and its painting are drawn together."""
        photos, reference, real = (resample(len(self[place]), seed=place) for place in (0, 2, 3))
        return PictureSets(photos, photos, reference, real)


def judge_key(name: str) -> str:
    """Return a judge's suffix in the names of figures: `"efficientnet"` for `"EfficientNet-lite0"`."""
    return re.split(r"\W", name)[0].lower()


def distances_by_judge(
    features: dict[str, PictureSets], progress: Callable[[int, int], None] | None = None
) -> dict[str, Figure]:
    """Return KID and FID by each judge, and by the worse judge.

    Args:
        features: Name of the judge → `PictureSets` of its features, each of shape (pictures, features).
        progress: Called with the number of judges done and the total.

    Returns:
        `kid` and `fid`, each by its worse judge, which is the one with the smaller gap closed; then `kid_squeezenet`
        and so on, by each judge.
    """
    by_judge = {}
    for done, (judge, sets) in enumerate(features.items(), 1):
        found = feature_distances(sets)
        by_judge[judge] = {name: dataclasses.replace(figure, judge=judge) for name, figure in found.items()}
        if progress:
            progress(done, len(features))
    worse = {
        name: _figure_of_worse_judge([found[name] for found in by_judge.values()])
        for name in ("kid", "fid")
        if by_judge
    }
    return worse | {
        f"{name}_{judge_key(judge)}": figure for judge, found in by_judge.items() for name, figure in found.items()
    }


def _figure_of_worse_judge(figures: Sequence[Figure]) -> Figure:
    """Return the figure with the smallest gap closed; figures without a gap come last."""
    return min(figures, key=lambda figure: figure.gap_closed.value if figure.gap_closed else np.inf)


def feature_distances(features: PictureSets) -> dict[str, Figure]:
    """Return KID and FID, measured by the features of one network.

    Args:
        features: `PictureSets` of features, each of shape (pictures, features).
    """
    figures = {}
    for name, kind, limit in (("kid", KernelDistance, None), ("fid", FrechetDistance, _FRECHET_DRAWS)):
        sets = features.equally_large_sets() if kind is FrechetDistance else features
        measure, drawn = kind(sets.reference), sets.draws()

        def take(
            place: int, sets: Any = sets, measure: Any = measure, drawn: Any = drawn, limit: Any = limit
        ) -> tuple[Any, Any]:
            weights = drawn[place][:limit], drawn.reference[:limit]
            return measure(sets[place]), measure.draws(sets[place], *weights)

        figures[name] = Figure.from_distances(take(1), take(0), take(3))
    return figures


def patch_distances(sets: PictureSets, progress: Callable[[int, int], None] | None = None) -> dict[str, Figure]:
    """Return the sliced Wasserstein distance at each level of detail, `swd_256` and so on, and their mean, `swd`.

    Args:
        sets: Pictures, uint8, shape (pictures, side, side, 3) each.
        progress: Called with the number of sets compared and the total.
    """
    sets = sets.equally_large_sets()
    measure, drawn = SlicedDistance(sets.reference), sets.draws()
    found = []
    for done, place in enumerate((1, 0, 3)):
        weights = drawn[place][:_SLICED_DRAWS], drawn.reference[:_SLICED_DRAWS]
        found.append(measure.distance_and_draws(sets[place], *weights))
        if progress:
            progress(done + 1, 3)
    means = (tuple(np.mean(part, axis=0) for part in zip(*levels.values(), strict=True)) for levels in found)
    figures = {"swd": Figure.from_distances(*means)}
    for side in found[0]:
        figures[f"swd_{side}"] = Figure.from_distances(*(levels[side] for levels in found))
    return figures
