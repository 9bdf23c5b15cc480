"""The NaN guard: the first loss that is not finite stops the run."""

import math
from pathlib import Path

import pytest

from copyart.errors import TrainingError
from copyart.training.checkpoints import Progress
from copyart.training.nan_guard import NaNGuard

FILES = [Path("photos/cliff.jpg")], [Path("art/iris.jpg")]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_not_finite_stops_the_run_and_names_step_and_files(value):
    asked = []
    guard = NaNGuard(Progress(step=6), lambda step: asked.append(step) or FILES)
    with pytest.raises(TrainingError, match=r"art_cycle = .* at step 7, on cliff.jpg, iris.jpg\.") as caught:
        guard.on_train_batch_end(0, {"photo_cycle": 1.0, "art_cycle": value})
    assert asked == [6]
    assert "\n" not in str(caught.value)


def test_finite_losses_do_not_stop_the_run():
    NaNGuard(Progress(), None).on_train_batch_end(0, {"art_cycle": 0.0, "photo_cycle": 1e30})
