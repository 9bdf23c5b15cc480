"""Sliced Wasserstein distance of patches: how far apart two sets lie in their brushwork, without any network."""

import numpy as np

#: Patches of each picture at each level, their side in pixels, and directions they are looked at from.
PATCHES, _SIDE, PROJECTIONS = 128, 7, 512
#: The coarsest level, in pixels; each finer one has twice the side.
_COARSEST = 16
#: The distance is a small number: it is given times a thousand, as in the paper.
SCALE = 1000.0
#: For the spread over draws a coarser look is enough: directions, and steps of each distribution.
_FEW_PROJECTIONS, _STEPS = 32, 64
#: Every fourth patch is enough to place those steps.
_THINNING = 4
#: Pictures taken apart together: few enough for the processor's cache.
_BATCH = 8
_BINOMIAL = np.array([1, 4, 6, 4, 1], np.float32) / 16


class SlicedDistance:
    """The distance of sets of pictures from a reference, at each level of detail, times 1000.

    Each level of a Laplacian pyramid is compared by 7×7 patches, whose colour channels are brought to mean 0 and
    deviation 1 over their set. Between two sets of the same kind it is small, but not 0: the fewer the pictures,
    the larger. So compare only figures of equally many pictures.

    Args:
        reference: uint8, shape (pictures, side, side, 3).
        patches: Patches of each picture. Defaults to 128.
        projections: Directions. Defaults to 512.

    Reference:
        Karras et al. 2018, "Progressive growing of GANs", arXiv:1710.10196, section 5.
    """

    def __init__(self, reference, patches=PATCHES, projections=PROJECTIONS):
        self._patches = patches
        directions = np.random.default_rng(0).normal(size=(projections, _SIDE * _SIDE * 3))
        self._directions = (directions / np.linalg.norm(directions, axis=1, keepdims=True)).astype(np.float32)
        self._reference = self._slices(reference, seed=1)

    def __call__(self, pictures):
        """Return the distance at each level, finest first: a dictionary from the side in pixels.

        Args:
            pictures: uint8, as many as the reference has, of its shape.
        """
        slices = self._slices(pictures, seed=2)
        return {side: SCALE * distance(own, self._reference[side]) for side, own in slices.items()}

    def with_draws(self, pictures, weights, reference_weights):
        """Return the distance at each level, and about how it varies over many draws of the pictures.

        Args:
            pictures: uint8, of the reference's shape.
            weights: How often each picture was drawn, shape (draws, pictures).
            reference_weights: The same for the reference.

        Returns:
            A dictionary from the side in pixels to the distance and that of each draw, shape (draws,).
        """
        slices = self._slices(pictures, seed=2)
        drawn = weights, reference_weights
        pairs = {side: (own, self._reference[side]) for side, own in slices.items()}
        return {side: (SCALE * distance(*pair), SCALE * _drawn(*pair, *drawn)) for side, pair in pairs.items()}

    def _slices(self, pictures, seed):
        """Return, by level, where patches lie in each direction: shape (directions, pictures, patches)."""
        rng = np.random.default_rng(seed)
        levels = {}
        for start in range(0, len(pictures), _BATCH):
            for level in laplacian_pyramid(pictures[start : start + _BATCH]):
                levels.setdefault(level.shape[1], []).append(_cut(level, self._patches, rng))
        return {side: self._project(_normalised(np.concatenate(patches))) for side, patches in levels.items()}

    def _project(self, patches):
        flat = self._directions @ patches.reshape(-1, patches.shape[-1]).T
        return flat.reshape(len(flat), *patches.shape[:2])


def distance(slices, others):
    """Return the mean over directions of the Wasserstein-1 distance between two sets of as many numbers.

    Args:
        slices: Shape (directions, …).
        others: The same shape.
    """
    ours, theirs = (np.sort(part.reshape(len(part), -1), axis=1) for part in (slices, others))
    return float(np.abs(ours - theirs).mean(dtype=np.float64))


def _drawn(slices, others, weights, other_weights):
    """Return the distance for many draws, from distribution functions taken at a few steps."""
    slices, others = slices[:_FEW_PROJECTIONS], others[:_FEW_PROJECTIONS]
    both = np.concatenate([slices, others], axis=1).reshape(len(slices), -1)[:, ::_THINNING]
    grid = np.quantile(both, np.linspace(0, 1, _STEPS + 1), axis=1).T
    gap = _cumulative(slices, grid, weights) - _cumulative(others, grid, other_weights)
    return np.abs(gap) @ np.diff(grid).ravel() / len(slices)


def _cumulative(slices, grid, weights):
    """Return the share of patches below the middle of each step, for each draw: shape (draws, directions × steps)."""
    middles = (grid[:, 1:] + grid[:, :-1]) / 2
    below = [_below(values, steps) for values, steps in zip(slices, middles, strict=True)]
    return weights @ np.concatenate(below, axis=1) / weights.sum(1, keepdims=True)


def _below(values, steps):
    """Return the share of each picture's patches below each step: shape (pictures, steps)."""
    width = len(steps) + 1
    place = np.searchsorted(steps, values) + np.arange(len(values))[:, None] * width
    counts = np.bincount(place.ravel(), minlength=len(values) * width).reshape(len(values), width)
    return counts.cumsum(1)[:, :-1] / values.shape[1]


def laplacian_pyramid(pictures):
    """Part pictures into levels of detail, each half the size of the one before; the last is what remains.

    Args:
        pictures: uint8, shape (pictures, side, side, 3); the side a power of two times 16 at most.

    Yields:
        float32, shape (pictures, side, side, 3), for each side down to 16, or to the smallest that halving gives.
    """
    images = pictures.astype(np.float32)
    while images.shape[1] >= 2 * _COARSEST and images.shape[1] % 2 == 0:
        smaller = _smoothed(images, _BINOMIAL)[:, ::2, ::2]
        yield images - _enlarged(smaller)
        images = smaller
    yield images


def _enlarged(images):
    count, height, width, channels = images.shape
    sparse = np.zeros((count, 2 * height, 2 * width, channels), np.float32)
    sparse[:, ::2, ::2] = images
    return _smoothed(sparse, 2 * _BINOMIAL)


def _smoothed(images, window):
    height, width = images.shape[1:3]
    images = np.pad(images, [(0, 0), (2, 2), (2, 2), (0, 0)], mode="reflect")
    images = sum(weight * images[:, place : place + height] for place, weight in enumerate(window))
    return sum(weight * images[:, :, place : place + width] for place, weight in enumerate(window))


def _cut(level, count, rng):
    """Cut patches at random places: shape (pictures, count, 7, 7, 3)."""
    pictures, height, width, _ = level.shape
    top = rng.integers(height - _SIDE + 1, size=(pictures, count))[..., None, None]
    left = rng.integers(width - _SIDE + 1, size=(pictures, count))[..., None, None]
    steps = np.arange(_SIDE)
    return level[np.arange(pictures)[:, None, None, None], top + steps[:, None], left + steps]


def _normalised(patches):
    deviation = patches.std(axis=(0, 1, 2, 3), dtype=np.float64)
    patches = (patches - patches.mean(axis=(0, 1, 2, 3), dtype=np.float64)) / np.maximum(deviation, 1e-6)
    return patches.reshape(*patches.shape[:2], -1).astype(np.float32)
