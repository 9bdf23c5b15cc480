"""Bootstrap: the 95 % interval of a figure, from resampling the pictures."""

from dataclasses import dataclass

import numpy as np

#: Number of draws. With so many, two digits of the ends of a 95 % interval are stable.
DRAWS = 1000
_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A figure and its 95 % interval.

    Args:
        value: The figure.
        low: Lower end of the interval.
        high: Upper end.
    """

    value: float
    low: float
    high: float


def resample(count: int, draws: int = DRAWS, seed: int = 0) -> np.ndarray:
    """Draw pictures with replacement.

    Args:
        count: Number of pictures, at least 2.
        draws: Number of draws. Defaults to 1000.
        seed: Seed of the random numbers. Two sets of pictures need different seeds, or their draws would be correlated.

    Returns:
        How often each picture was drawn, float64, shape (draws, count). Each row sums to `count` and has at least two
        different pictures, because a distance needs two.

    Reference:
        Efron 1979, "Bootstrap methods: another look at the jackknife".
    """
    rng, chances = np.random.default_rng(seed), np.full(count, 1 / count)
    weights = rng.multinomial(count, chances, draws)
    while count > 1 and (single := weights.max(axis=1) == count).any():
        weights[single] = rng.multinomial(count, chances, single.sum())
    return weights.astype(np.float64)


def equal_weights(count: int) -> np.ndarray:
    """Return the weights of a draw that has each picture once: ones, shape (1, count)."""
    return np.ones((1, count))


def estimate(value: float, draws: np.ndarray) -> Estimate:
    """Return a figure with its interval.

    A draw contains some pictures twice, which makes distances between sets larger. So the interval of the draws is
    shifted until their median is the figure.

    Args:
        value: The figure of the original pictures.
        draws: The figure of each draw, shape (draws,).
    """
    value, draws = float(value), np.asarray(draws, np.float64)
    low, high = np.quantile(draws, [(1 - _CONFIDENCE) / 2, (1 + _CONFIDENCE) / 2]) - np.median(draws)
    return Estimate(value, value + float(low), value + float(high))


def mean_estimate(values: np.ndarray, seed: int = 0) -> Estimate:
    """Return the mean over pictures with its interval.

    Args:
        values: The figure of each picture, shape (pictures,).
        seed: As for `resample`.
    """
    values = np.asarray(values, np.float64)
    return estimate(values.mean(), resample(len(values), seed=seed) @ values / len(values))
