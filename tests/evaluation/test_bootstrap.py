import numpy as np
import pytest

from copyart.evaluation.bootstrap import Estimate, equal_weights, estimate, mean_estimate, resample


def test_each_draw_takes_as_many_pictures_as_there_are():
    weights = resample(12, draws=50)
    assert weights.shape == (50, 12)
    assert (weights.sum(axis=1) == 12).all()


def test_the_same_seed_draws_the_same_and_another_does_not():
    np.testing.assert_array_equal(resample(9, seed=3), resample(9, seed=3))
    assert (resample(9, seed=3) != resample(9, seed=4)).any()


@pytest.mark.parametrize("count", [2, 3])
def test_no_draw_is_of_one_picture_only(count):
    assert resample(count, draws=200).max() < count


def test_once_takes_each_picture_once():
    assert equal_weights(4).tolist() == [[1, 1, 1, 1]]


def test_an_interval_holds_its_figure_though_the_draws_lie_beside_it():
    draws = np.random.default_rng(0).normal(10, 1, 4000)
    found = estimate(7, draws)
    assert found.value == 7
    assert found.low == pytest.approx(7 - 1.96, abs=0.1)
    assert found.high == pytest.approx(7 + 1.96, abs=0.1)


def test_equal_pictures_leave_no_doubt():
    assert mean_estimate(np.full(8, 0.5)) == Estimate(0.5, 0.5, 0.5)


def test_95_of_100_intervals_hold_the_truth():
    rng = np.random.default_rng(1)
    trials = [mean_estimate(rng.normal(3, 2, 60), seed=trial) for trial in range(300)]
    held = np.mean([found.low <= 3 <= found.high for found in trials])
    assert 0.91 <= held <= 0.98
