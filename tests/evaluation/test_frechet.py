import numpy as np
import pytest

from copyart.evaluation.bootstrap import resample
from copyart.evaluation.frechet import FrechetDistance


def straightforward(x, y):
    """The formula as it is written, with the square root of C₁C₂ from its eigenvalues."""
    first, second = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    root = np.sqrt(np.abs(np.linalg.eigvals(first @ second))).sum()
    return ((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(first) + np.trace(second) - 2 * root


def test_it_is_the_formula():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(50, 4)) @ rng.normal(size=(4, 4)), rng.normal(1, 2, (70, 4))
    assert FrechetDistance(y)(x) == pytest.approx(straightforward(x, y))


def test_it_holds_where_features_outnumber_pictures():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(6, 20)), rng.normal(size=(7, 20))
    assert FrechetDistance(y)(x) == pytest.approx(straightforward(x, y), rel=1e-5)


def test_two_gaussians_lie_as_far_apart_as_theory_says():
    x, y = np.random.default_rng(2).normal(size=(2, 60, 1))
    x, y = ((part - part.mean()) / part.std(ddof=1) for part in (x, y))
    assert FrechetDistance(y)(3 + 2 * x) == pytest.approx(3**2 + (2 - 1) ** 2)


def test_a_set_lies_at_no_distance_from_itself():
    x = np.random.default_rng(3).normal(size=(30, 5))
    assert FrechetDistance(x)(x) == pytest.approx(0, abs=1e-9)


def test_draws_are_distances_of_the_pictures_drawn():
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(12, 3)), rng.normal(1, size=(10, 3))
    weights, others = resample(12, 3, seed=0), resample(10, 3, seed=1)
    draws = FrechetDistance(y).draws(x, weights, others)
    for draw, w, v in zip(draws, weights.astype(int), others.astype(int), strict=True):
        assert draw == pytest.approx(straightforward(np.repeat(x, w, axis=0), np.repeat(y, v, axis=0)))
