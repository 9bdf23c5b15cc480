"""The estimate of a run's duration after ten steps."""

import pytest

from copyart.config import TrainingConfig
from copyart.training import duration_estimate as module
from copyart.training.checkpoints import Progress
from copyart.training.duration_estimate import STEPS, DurationEstimate


@pytest.fixture
def said(monkeypatch):
    """Return what is said when each step takes so many seconds, and the estimate."""
    now = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])

    def said(seconds, steps=STEPS, recipe="article", length=8091, **changes):
        lines, facts = [], []
        config = TrainingConfig.from_recipe(recipe, **changes)
        estimate = DurationEstimate(
            config, Progress(steps_per_epoch=length), recipe, "this CPU", lines.append, facts.append
        )
        now[0] += 60  # compiling, which does not count
        for step in range(steps):
            estimate.on_train_batch_end(step)
            now[0] += seconds
        return lines, facts

    return said


def test_ten_steps_tell_how_long_a_run_takes_and_what_is_quicker(said):
    lines, facts = said(2.9, steps=30)
    assert lines == [
        "100 epochs of 8,091 steps: about 27 days on this CPU. `--recipe quick` makes a style in 10 minutes."
    ]
    whole = {"seconds": 2346390, "steps": 809100, "epochs": 100, "steps_per_epoch": 8091, "hardware": "this CPU"}
    assert facts == [whole]


def test_nine_steps_are_too_few(said):
    assert said(2.9, steps=STEPS - 1) == ([], [])


def test_a_short_run_hears_of_no_other_recipe(said):
    assert said(0.1, epochs=2, length=60)[0] == ["2 epochs of 60 steps: about 1 minute on this CPU."]


def test_with_a_budget_the_steps_are_estimated(said):
    lines, facts = said(0.25, recipe="quick", length=125)
    assert lines == ["10 minutes: about 2,400 steps on this CPU."]
    assert (facts[0]["seconds"], facts[0]["steps"]) == (600, 2400)


def test_a_budget_that_is_longer_than_the_epochs_says_what_the_epochs_take(said):
    lines, _ = said(0.1, recipe="paper", epochs=1, decay_epochs=0, length=60, minutes=600)
    assert lines == ["1 epoch of 60 steps: about 1 minute on this CPU."]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(20, "1 minute"), (3600, "60 minutes"), (7200, "2 hours"), (160000, "44 hours"), (200000, "2 days")],
)
def test_times_are_told_in_a_unit_of_which_there_are_some(seconds, words):
    assert module._format_duration(seconds) == words
