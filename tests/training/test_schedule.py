"""The decay of the learning rate, against the figures of the paper's implementation."""

from types import SimpleNamespace

import pytest

from copyart.config import TrainingConfig
from copyart.training import schedule as module
from copyart.training.checkpoints import Progress
from copyart.training.schedule import Schedule, budget_decay, linear_decay


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until a test moves it."""
    now = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def begun(config, progress=None):
    """A schedule of a model that only has a learning rate."""
    schedule = Schedule(config, progress or Progress())
    schedule.set_model(SimpleNamespace(optimizer=SimpleNamespace(learning_rate=None), stop_training=False))
    return schedule


@pytest.mark.parametrize(
    ("epoch", "factor"), [(1, 1), (100, 1), (101, 1 - 1 / 101), (150, 1 - 50 / 101), (200, 1 / 101)]
)
def test_the_papers_200_epochs_decay_as_in_its_implementation(epoch, factor):
    assert linear_decay(epoch - 1, epochs=200, decay_epochs=100) == pytest.approx(factor, abs=1e-12)


def test_without_decay_the_factor_stays_1():
    assert {linear_decay(epoch, 100, 0) for epoch in range(100)} == {1.0}


def test_the_callback_gives_the_learning_rate_of_an_epoch():
    schedule, found = begun(TrainingConfig(epochs=4, decay_epochs=3, learning_rate=0.1)), []
    for epoch in range(4):
        schedule.on_epoch_begin(epoch)
        found.append(schedule.model.optimizer.learning_rate)
    assert found == pytest.approx([0.1, 0.075, 0.05, 0.025])


def test_with_a_budget_the_rate_stays_for_half_of_it_and_falls_to_a_fiftieth():
    assert [budget_decay(share) for share in (0, 0.5, 1)] == pytest.approx([1, 1, 0.02])


def test_a_budget_decides_the_rate_by_the_clock_whatever_the_epoch(clock):
    schedule = begun(TrainingConfig(minutes=10, learning_rate=0.1))
    clock[0] += 450
    schedule.on_epoch_begin(0)
    assert schedule.model.optimizer.learning_rate == pytest.approx(0.1 * budget_decay(0.75))


def test_the_run_stops_before_its_budget_is_over_with_time_left_to_save(clock):
    schedule = begun(TrainingConfig(minutes=10))
    clock[0] += 560
    schedule.on_train_batch_end(0)
    assert not schedule.model.stop_training
    clock[0] += 10  # 30 seconds are kept for the end: 5 % of 10 minutes
    schedule.on_train_batch_end(1)
    assert schedule.model.stop_training
    assert schedule.is_over


def test_what_the_end_of_an_epoch_took_is_kept_free_for_the_end_of_the_run(clock):
    schedule = begun(TrainingConfig(minutes=10))
    schedule.on_train_batch_end(0)
    clock[0] += 100  # of saving and judging
    schedule.on_epoch_begin(1)
    clock[0] += 379
    schedule.on_train_batch_end(1)
    assert not schedule.model.stop_training
    clock[0] += 1  # 480 of 600 seconds are gone, 120 % of 100 are left
    schedule.on_train_batch_end(2)
    assert schedule.model.stop_training


def test_an_epoch_that_leaves_no_time_for_another_end_is_the_last(clock):
    schedule = begun(TrainingConfig(minutes=10))
    clock[0] += 541  # 59 seconds are left, an end takes 30
    schedule.on_train_batch_end(0)
    assert not schedule.model.stop_training
    schedule.on_epoch_end(0)
    assert schedule.model.stop_training


def test_the_time_of_earlier_starts_counts(clock):
    progress = Progress(elapsed=550.0)
    schedule = begun(TrainingConfig(minutes=10), progress)
    clock[0] += 30
    assert schedule.is_over
    assert progress.elapsed == pytest.approx(580)


def test_without_a_budget_nothing_stops(clock):
    schedule = begun(TrainingConfig())
    clock[0] += 1e7
    schedule.on_train_batch_end(0)
    schedule.on_epoch_end(0)
    assert not schedule.model.stop_training
    assert not schedule.is_over
