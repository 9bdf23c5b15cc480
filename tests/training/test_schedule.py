"""The decay of the learning rate, against the figures of the paper's implementation."""

import pytest

from copyart.config import TrainingConfig
from copyart.training.schedule import learning_rate_schedule, linear_decay


@pytest.mark.parametrize(
    ("epoch", "factor"), [(1, 1), (100, 1), (101, 1 - 1 / 101), (150, 1 - 50 / 101), (200, 1 / 101)]
)
def test_the_papers_200_epochs_decay_as_in_its_implementation(epoch, factor):
    assert linear_decay(epoch - 1, epochs=200, decay_epochs=100) == pytest.approx(factor, abs=1e-12)


def test_without_decay_the_factor_stays_1():
    assert {linear_decay(epoch, 100, 0) for epoch in range(100)} == {1.0}


def test_the_callback_gives_the_learning_rate_of_an_epoch():
    schedule = learning_rate_schedule(TrainingConfig(epochs=4, decay_epochs=3, learning_rate=0.1)).schedule
    assert [schedule(epoch, None) for epoch in range(4)] == pytest.approx([0.1, 0.075, 0.05, 0.025])
