"""Sliced Wasserstein distance (SWD) between small patches, which compares brushwork without a network."""

from collections.abc import Iterator

import numpy as np

#: Number of patches of each picture at each level, their side in pixels, and number of projection directions.
PATCHES, _SIDE, PROJECTIONS = 128, 7, 512
#: Side of the coarsest level in pixels; each finer level has twice the side.
_COARSEST = 16
#: The distance is a small number, so it is multiplied by a thousand, as in the paper.
SCALE = 1000.0
#: Number of directions and of bins for the bootstrap draws, which need less precision than the distance itself.
_FEW_PROJECTIONS, _BINS = 32, 64
#: Every fourth patch is enough to place the bins.
_THINNING = 4
#: Pictures in a batch: few enough for the processor's cache.
_BATCH = 8
_BINOMIAL = np.array([1, 4, 6, 4, 1], np.float32) / 16


class SlicedDistance:
    """The distance of sets of pictures from a reference, at each level of detail, times 1000.

    Each level of a Laplacian pyramid is compared by 7×7 patches, with colour channels normalised to mean 0 and
    standard deviation 1 over the set. Even between two sets from the same distribution, the distance is above 0, and it
    grows with fewer pictures. So compare only figures of equally large sets.

    Args:
        reference: uint8, shape (pictures, side, side, 3).
        patches: Patches of each picture. Defaults to 128.
        projections: Number of directions. Defaults to 512.

    Reference:
        Karras et al. 2018, "Progressive growing of GANs", arXiv:1710.10196, section 5.
    """

    def __init__(self, reference: np.ndarray, patches: int = PATCHES, projections: int = PROJECTIONS):
        self._patches = patches
        directions = np.random.default_rng(0).normal(size=(projections, _SIDE * _SIDE * 3))
        self._directions = (directions / np.linalg.norm(directions, axis=1, keepdims=True)).astype(np.float32)
        self._reference = self._project_pyramid(reference, seed=1)

    def __call__(self, pictures: np.ndarray) -> dict[int, float]:
        """Return the distance at each level of detail, by the level's side in pixels, finest first.

        Args:
            pictures: uint8, in the reference's shape.
        """
        slices = self._project_pyramid(pictures, seed=2)
        return {side: SCALE * distance(own, self._reference[side]) for side, own in slices.items()}

    def distance_and_draws(
        self, pictures: np.ndarray, weights: np.ndarray, reference_weights: np.ndarray
    ) -> dict[int, tuple[float, np.ndarray]]:
        """Return the distance, and approximate distances of the draws, shape (draws,), by the level's side in pixels.

        Args:
            pictures: uint8, in the reference's shape.
            weights: How often each picture was drawn, shape (draws, pictures).
            reference_weights: How often each picture of the reference was drawn, in the same shape.
        """
        slices = self._project_pyramid(pictures, seed=2)
        drawn = weights, reference_weights
        pairs = {side: (own, self._reference[side]) for side, own in slices.items()}
        return {
            side: (SCALE * distance(*pair), SCALE * _distance_of_draws(*pair, *drawn)) for side, pair in pairs.items()
        }

    def _project_pyramid(self, pictures: np.ndarray, seed: int) -> dict[int, np.ndarray]:
        """Return the projections of the patches, shape (directions, pictures, patches), by the level's side."""
        rng = np.random.default_rng(seed)
        levels: dict[int, list[np.ndarray]] = {}
        for start in range(0, len(pictures), _BATCH):
            for level in laplacian_pyramid(pictures[start : start + _BATCH]):
                levels.setdefault(level.shape[1], []).append(_random_patches(level, self._patches, rng))
        return {
            side: self._project_patches(_normalise_patches(np.concatenate(patches))) for side, patches in levels.items()
        }

    def _project_patches(self, patches: np.ndarray) -> np.ndarray:
        flat = self._directions @ patches.reshape(-1, patches.shape[-1]).T
        return flat.reshape(len(flat), *patches.shape[:2])


def distance(slices: np.ndarray, others: np.ndarray) -> float:
    """Return the mean over directions of the Wasserstein-1 distance between two equally large sets of numbers.

    Args:
        slices: Shape (directions, …).
        others: The same shape.
    """
    ours, theirs = (np.sort(part.reshape(len(part), -1), axis=1) for part in (slices, others))
    return float(np.abs(ours - theirs).mean(dtype=np.float64))


def _distance_of_draws(
    slices: np.ndarray, others: np.ndarray, weights: np.ndarray, other_weights: np.ndarray
) -> np.ndarray:
    """Return the approximate distance of each draw, from distribution functions over a few bins."""
    slices, others = slices[:_FEW_PROJECTIONS], others[:_FEW_PROJECTIONS]
    both = np.concatenate([slices, others], axis=1).reshape(len(slices), -1)[:, ::_THINNING]
    grid = np.quantile(both, np.linspace(0, 1, _BINS + 1), axis=1).T
    gap = _cumulative_shares(slices, grid, weights) - _cumulative_shares(others, grid, other_weights)
    return np.abs(gap) @ np.diff(grid).ravel() / len(slices)


def _cumulative_shares(slices: np.ndarray, grid: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the share of patches below the centre of each bin, for each draw: shape (draws, directions × bins)."""
    centres = (grid[:, 1:] + grid[:, :-1]) / 2
    below = [_share_below(values, limits) for values, limits in zip(slices, centres, strict=True)]
    return weights @ np.concatenate(below, axis=1) / weights.sum(1, keepdims=True)


def _share_below(values: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """Return the share of each picture's patches below each limit: shape (pictures, limits)."""
    width = len(limits) + 1
    place = np.searchsorted(limits, values) + np.arange(len(values))[:, None] * width
    counts = np.bincount(place.ravel(), minlength=len(values) * width).reshape(len(values), width)
    return counts.cumsum(1)[:, :-1] / values.shape[1]


def laplacian_pyramid(pictures: np.ndarray) -> Iterator[np.ndarray]:
    """Split pictures into levels of detail, each half the size of the previous one. The last is the residual.

    Args:
        pictures: uint8, shape (pictures, side, side, 3).

    Yields:
        float32, shape (pictures, side, side, 3). The side is halved while it is even and at least 32.
    """
    images = pictures.astype(np.float32)
    while images.shape[1] >= 2 * _COARSEST and images.shape[1] % 2 == 0:
        smaller = _smooth_images(images, _BINOMIAL)[:, ::2, ::2]
        yield images - _upsample(smaller)
        images = smaller
    yield images


def _upsample(images: np.ndarray) -> np.ndarray:
    count, height, width, channels = images.shape
    sparse = np.zeros((count, 2 * height, 2 * width, channels), np.float32)
    sparse[:, ::2, ::2] = images
    return _smooth_images(sparse, 2 * _BINOMIAL)


def _smooth_images(images: np.ndarray, window: np.ndarray) -> np.ndarray:
    height, width = images.shape[1:3]
    images = np.pad(images, [(0, 0), (2, 2), (2, 2), (0, 0)], mode="reflect")
    images = sum(weight * images[:, place : place + height] for place, weight in enumerate(window))
    return sum(weight * images[:, :, place : place + width] for place, weight in enumerate(window))


def _random_patches(level: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Cut patches at random places: shape (pictures, count, 7, 7, 3)."""
    pictures, height, width, _ = level.shape
    top = rng.integers(height - _SIDE + 1, size=(pictures, count))[..., None, None]
    left = rng.integers(width - _SIDE + 1, size=(pictures, count))[..., None, None]
    steps = np.arange(_SIDE)
    return level[np.arange(pictures)[:, None, None, None], top + steps[:, None], left + steps]


def _normalise_patches(patches: np.ndarray) -> np.ndarray:
    deviation = patches.std(axis=(0, 1, 2, 3), dtype=np.float64)
    patches = (patches - patches.mean(axis=(0, 1, 2, 3), dtype=np.float64)) / np.maximum(deviation, 1e-6)
    return patches.reshape(*patches.shape[:2], -1).astype(np.float32)
