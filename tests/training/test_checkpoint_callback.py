"""The checkpoint callback saves at the end of every epoch and every few minutes, and never saves NaN."""

import keras
import numpy as np
import pytest

from copyart.errors import TrainingError
from copyart.training import checkpoint_callback as module
from copyart.training.checkpoint_callback import CheckpointCallback
from copyart.training.checkpoints import Progress, checkpoint_folders


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until a test moves it."""
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def shown():
    return []


@pytest.fixture
def saving(tmp_path, clock, shown):
    callback = CheckpointCallback(tmp_path, Progress(step=1), 10, shown.append)
    callback.set_model(keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)]))
    callback.on_train_begin()
    return callback


def test_a_run_is_kept_when_its_minutes_have_passed_and_not_before(saving, clock, shown):
    for now in (699, 700, 701, 1299, 1301):
        clock[0] = now
        saving.on_train_batch_end(0)
        saving.progress.step += 1
    assert shown == ["step-000000002", "step-000000005"]
    assert [path.name for path in checkpoint_folders(saving.folder)] == shown


def test_an_epochs_end_is_kept_and_starts_the_minutes_anew(saving, clock, shown):
    clock[0] = 650
    saving.on_epoch_end(2)
    clock[0] = 1200
    saving.on_train_batch_end(0)
    assert shown == ["epoch-0003"]


def test_the_checkpoint_is_there_before_anything_is_shown(saving):
    seen = []
    saving.write_outputs = lambda name: seen.append([path.name for path in checkpoint_folders(saving.folder)])
    saving.on_epoch_end(0)
    assert seen == [["step-000000001"]]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_not_finite_are_not_saved(saving, shown, value):
    saving.on_epoch_end(0)
    saving.progress.step = 2
    kernel = saving.model.layers[0].kernel
    kernel.assign(np.where(np.eye(2, 3), value, kernel))
    with pytest.raises(TrainingError, match=r"NaN or infinity in .*kernel after step 2. The last checkpoint is good"):
        saving.on_epoch_end(1)
    assert [path.name for path in checkpoint_folders(saving.folder)] == ["step-000000001"]
    assert shown == ["epoch-0001"]
