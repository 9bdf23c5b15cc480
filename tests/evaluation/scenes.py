"""Generate pictures with natural statistics for evaluation tests: smooth light, edges, grain."""

import numpy as np

from tests.pictures import scene


def scenes(count, side, seed=0):
    """Different landscapes, uint8 (count, side, side, 3), with the grain that photos have."""
    grain = np.random.default_rng(seed).normal(0, 3, (count, side, side, 3))
    pictures = np.stack([scene(side, side, seed + number) for number in range(count)])
    return np.clip(pictures + grain, 0, 255).astype(np.uint8)


def checkerboard_pattern(side, period, down=True, across=True):
    """A pattern of -1 and 1 that repeats every `period` pixels, shape (side, side, 1)."""
    rows, columns = np.indices((side, side)) // (period // 2)
    return ((rows * down + columns * across) % 2 * 2 - 1)[..., None]


def with_checkerboard(pictures, amplitude, *arguments, **options):
    """Pictures with a checkerboard over them, `amplitude` levels strong."""
    pattern = amplitude * checkerboard_pattern(pictures.shape[1], *arguments, **options)
    return np.clip(pictures.astype(int) + pattern, 0, 255).astype(np.uint8)
