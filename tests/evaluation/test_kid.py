import numpy as np
import pytest

from copyart.evaluation.bootstrap import estimate, resample
from copyart.evaluation.kid import SCALE, KernelDistance, polynomial_kernel

#: Squared MMD of N(1/2, 1) and N(0, 1) under (xy + 1)³ = 1 + 3xy + 3x²y² + x³y³: the sum over j of C(3, j) times the
#: squared difference of the j-th moments, which are 1/2, 5/4, 13/8 and 0, 1, 0.
KNOWN = SCALE * (3 * 0.5**2 + 3 * 0.25**2 + 1.625**2)


def gaussians(rng, count, mean=0.5):
    return rng.normal(mean, 1, (count, 1)), rng.normal(0, 1, (count, 1))


def test_the_kernel_is_cubic_in_the_mean_product():
    x, y = np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [0.0, 0.0]])
    assert polynomial_kernel(x, y).tolist() == [[6.5**3, 1.0]]


def test_two_gaussians_lie_as_far_apart_as_theory_says():
    rng = np.random.default_rng(0)
    trials = [KernelDistance(y)(x) for x, y in (gaussians(rng, 300) for _ in range(60))]
    assert np.mean(trials) == pytest.approx(KNOWN, abs=3 * np.std(trials) / np.sqrt(60))
    assert np.std(trials) / np.sqrt(60) < 0.05 * KNOWN


def test_small_sets_of_the_same_kind_lie_at_no_distance_on_average():
    rng = np.random.default_rng(1)
    trials = [KernelDistance(y)(x) for x, y in (gaussians(rng, 5, mean=0) for _ in range(3000))]
    error = np.std(trials) / np.sqrt(3000)
    assert abs(np.mean(trials)) < 3 * error
    assert error < 0.1 * KNOWN  # the biased estimate lies above by some 4 times that


def test_a_picture_drawn_twice_is_no_pair_with_itself():
    x, y = gaussians(np.random.default_rng(2), 100)
    distance = KernelDistance(y)
    draws = distance.draws(x, resample(100, seed=0), resample(100, seed=1))
    assert np.mean(draws) == pytest.approx(distance(x), abs=4 * np.std(draws) / np.sqrt(len(draws)))


def test_drawing_each_picture_twice_changes_only_what_it_must():
    x, y = gaussians(np.random.default_rng(3), 40)
    distance = KernelDistance(y)
    twice = distance.draws(x, np.full((1, 40), 2.0), np.full((1, 40), 2.0))[0]
    assert twice == pytest.approx(distance(x))


def test_95_of_100_intervals_hold_the_distance():
    rng, held = np.random.default_rng(4), []
    for trial in range(120):
        x, y = gaussians(rng, 100)
        distance, drawn = KernelDistance(y), (resample(100, 150, seed) for seed in (2 * trial, 2 * trial + 1))
        found = estimate(distance(x), distance.draws(x, *drawn))
        held.append(found.low <= KNOWN <= found.high)
    assert 0.87 <= np.mean(held) <= 0.99
