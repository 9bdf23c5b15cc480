"""The history has exactly one row for every epoch."""

from types import SimpleNamespace

import keras
import pytest

from copyart.errors import WorkdirError
from copyart.training.checkpoints import Progress
from copyart.training.history import HistoryCSV, read_history


def history(path, progress, learning_rate=0.5):
    callback = HistoryCSV(path, progress)
    optimizer = SimpleNamespace(learning_rate=keras.Variable(learning_rate))
    callback.set_model(SimpleNamespace(optimizer=optimizer, log_names=("loss", "art_cycle")))
    callback.on_train_begin()
    return callback


def run_epoch(callback, epoch, losses, **checks):
    for batch, loss in enumerate(losses):
        callback.on_train_batch_begin(batch)
        callback.on_train_batch_end(batch, {"loss": loss})
    callback.on_epoch_end(epoch, {"loss": losses[-1], **checks})


def test_a_row_holds_the_mean_of_its_epoch_and_the_validation(tmp_path):
    callback = history(tmp_path / "history.csv", Progress())
    run_epoch(callback, 0, [1.0, 2.0, 6.0], val_loss=7.0)
    run_epoch(callback, 1, [4.0, 4.0, 4.0], val_loss=8.0)
    rows = read_history(tmp_path / "history.csv")
    assert [(row["epoch"], row["step"], row["loss"], row["val_loss"]) for row in rows] == [(1, 3, 3, 7), (2, 6, 4, 8)]
    assert {row["learning_rate"] for row in rows} == {0.5}


def test_columns_are_in_the_order_of_the_model_whatever_order_logs_have(tmp_path):
    callback = history(tmp_path / "history.csv", Progress())
    callback.on_train_batch_end(0, {"art_cycle": 2.0, "loss": 1.0})
    callback.on_epoch_end(0, {"art_cycle": 2.0, "loss": 1.0, "val_art_cycle": 4.0, "val_loss": 3.0})
    names = (tmp_path / "history.csv").read_text().splitlines()[0].split(",")
    assert names[-4:] == ["loss", "art_cycle", "val_loss", "val_art_cycle"]


def test_an_epoch_in_two_pieces_has_the_mean_of_both(tmp_path):
    progress = Progress(step=2, sums={"loss": 3.0}, steps_in_epoch=2)
    run_epoch(history(tmp_path / "history.csv", progress), 0, [6.0])
    assert read_history(tmp_path / "history.csv")[0]["loss"] == 3.0


def test_rows_that_the_checkpoint_does_not_know_of_are_dropped(tmp_path):
    callback = history(tmp_path / "history.csv", Progress())
    for epoch in range(3):
        run_epoch(callback, epoch, [float(epoch)] * 2)
    run_epoch(history(tmp_path / "history.csv", Progress(step=4)), 2, [9.0, 9.0])
    assert [(row["epoch"], row["loss"]) for row in read_history(tmp_path / "history.csv")] == [(1, 0), (2, 1), (3, 9)]


def test_without_a_file_steps_are_counted_all_the_same():
    progress = Progress()
    run_epoch(history(None, progress), 0, [1.0, 1.0])
    assert (progress.step, progress.steps_in_epoch, progress.sums) == (2, 0, {})
    assert progress.seconds > 0


def test_a_step_under_way_is_told_from_one_that_is_counted():
    callback = history(None, Progress())
    assert not callback.in_step
    callback.on_train_batch_begin(0)
    assert callback.in_step
    callback.on_train_batch_end(0, {})
    assert not callback.in_step


def test_a_missing_history_is_an_empty_one(tmp_path):
    assert read_history(tmp_path / "history.csv") == []


@pytest.mark.parametrize("text", ["epoch,step\n1,two\n", "a,b\n1,2\n", "epoch,step\n1,2,3\n", "\udcff"])
def test_a_history_that_is_none_is_named_in_one_line(tmp_path, text):
    path = tmp_path / "history.csv"
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(WorkdirError, match=r"Received: .*history.csv") as caught:
        HistoryCSV(str(path), Progress())
    assert "\n" not in str(caught.value)
