"""How sure a figure is: the pictures are drawn anew, many times, and the figure taken each time."""

from dataclasses import dataclass

import numpy as np

#: Ends of a 95 % interval need this many draws to be stable in their second digit.
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


def resample(count, draws=DRAWS, seed=0):
    """Draw pictures with replacement.

    Args:
        count: Number of pictures, at least 2.
        draws: How often. Defaults to 1000.
        seed: Decides what is drawn. Two sets of pictures need two seeds, or they vary together.

    Returns:
        How often each picture was drawn, float64, shape (draws, count); each row sums to `count`, and holds two
        different pictures at least, because fewer have no distance.

    Reference:
        Efron 1979, "Bootstrap methods: another look at the jackknife".
    """
    rng, chances = np.random.default_rng(seed), np.full(count, 1 / count)
    weights = rng.multinomial(count, chances, draws)
    while count > 1 and (single := weights.max(axis=1) == count).any():
        weights[single] = rng.multinomial(count, chances, single.sum())
    return weights.astype(np.float64)


def once(count):
    """Return the weights that stand for the pictures as they are: each once, shape (1, count)."""
    return np.ones((1, count))


def estimate(value, draws):
    """Return a figure with its interval.

    Distances between sets grow when pictures come twice. So only the spread of the draws is used, around the figure
    itself.

    Args:
        value: The figure of the pictures as they are.
        draws: The figure of each draw, shape (draws,).
    """
    value, draws = float(value), np.asarray(draws, np.float64)
    low, high = np.quantile(draws, [(1 - _CONFIDENCE) / 2, (1 + _CONFIDENCE) / 2]) - np.median(draws)
    return Estimate(value, value + float(low), value + float(high))


def mean_estimate(values, seed=0):
    """Return the mean over pictures with its interval.

    Args:
        values: A figure of each picture, shape (pictures,).
        seed: As for `resample`.
    """
    values = np.asarray(values, np.float64)
    return estimate(values.mean(), resample(len(values), seed=seed) @ values / len(values))
