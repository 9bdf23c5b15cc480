"""The progress bar shows position, speed and time left, and prints lines if there is no terminal."""

import io
import re

import pytest
from rich.console import Console

from copyart.config import TrainingConfig
from copyart.training import progress_bar as module
from copyart.training.checkpoints import Progress
from copyart.training.progress_bar import ProgressBar

LOGS = {"generator_loss": 5.25, "art_discriminator": 0.5, "photo_cycle": 9.0}


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until a test moves it."""
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def config(epochs=4, **changes):
    return TrainingConfig(epochs=epochs, batch_size=2, **changes)


def play(bar, clock, steps, seconds):
    bar.on_train_begin()
    for step in range(steps):
        bar.progress.step += 1
        bar.on_train_batch_end(step, LOGS)
        clock[0] += seconds
    bar.on_train_end()


def lines_of(clock, steps, seconds, step=0):
    file = io.StringIO()
    bar = ProgressBar(Progress(step=step, steps_per_epoch=10), config(), Console(file=file, width=200))
    play(bar, clock, steps, seconds)
    return file.getvalue().splitlines()


def test_without_a_terminal_the_first_step_and_then_one_in_half_a_minute_get_a_line(clock):
    lines = lines_of(clock, 20, 10)
    assert [line.split("  ")[0] for line in lines] == [
        "epoch 1/4, step 1/10",
        "epoch 1/4, step 4/10",
        "epoch 1/4, step 7/10",
        "epoch 1/4, step 10/10",
        "epoch 2/4, step 3/10",
        "epoch 2/4, step 6/10",
        "epoch 2/4, step 9/10",
    ]


def test_a_line_tells_speed_losses_and_the_time_left(clock):
    line = lines_of(clock, 4, 10)[1]
    assert "0.20 images/s" in line  # a step of two images takes ten seconds
    assert "generator_loss 5.250  art_discriminator 0.500" in line
    assert "photo_cycle" not in line
    assert line.endswith("6 min left")  # 36 steps


def test_long_runs_are_told_in_hours(clock):
    assert lines_of(clock, 2, 1000)[-1].endswith("10.6 h left")


def test_the_first_step_which_compiles_says_nothing_of_speed(clock):
    (line,) = lines_of(clock, 1, 100)
    assert line == "epoch 1/4, step 1/10  generator_loss 5.250  art_discriminator 0.500"


def test_a_run_that_goes_on_starts_where_it_was(clock):
    assert lines_of(clock, 1, 1, step=25)[0].startswith("epoch 3/4, step 6/10")


@pytest.mark.parametrize("width", [80, 120])
def test_a_terminal_gets_a_bar_with_speed_and_time_left_however_narrow(clock, width):
    file = io.StringIO()
    bar = ProgressBar(
        Progress(steps_per_epoch=1000), config(epochs=100), Console(file=file, force_terminal=True, width=width)
    )
    play(bar, clock, 5, 1)
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", file.getvalue())
    assert re.search(r"epoch 1/100, step 5/1000 .* (\d+:\d\d:\d\d|-:--:--) +2\.00 images/s", text)


def test_closing_twice_or_before_the_start_does_no_harm(clock):
    bar = ProgressBar(Progress(steps_per_epoch=10), config(), Console(file=io.StringIO(), force_terminal=True))
    bar.close()
    bar.on_train_begin()
    bar.close()
    bar.close()


def test_with_a_budget_the_line_tells_how_much_of_it_is_used(clock):
    file = io.StringIO()
    progress = Progress(steps_per_epoch=10, elapsed=90.0)
    play(ProgressBar(progress, config(minutes=10.0), Console(file=file, width=200)), clock, 1, 1)
    assert file.getvalue().startswith("1.5 of 10 min, step 1  ")
    assert "left" not in file.getvalue()
