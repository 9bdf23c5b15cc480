"""Count steps and write the losses of each epoch to `history.csv` (`HistoryCSV`); read such files (`read_history`)."""

import csv
import io
import time
from pathlib import Path

import keras

from copyart.errors import WorkdirError
from copyart.training.checkpoints import Progress
from copyart.training.workdir import write_text


class HistoryCSV(keras.callbacks.Callback):
    """Counts steps, and writes the mean losses of each epoch to a CSV file.

    When a run resumes, the counts of an interrupted epoch continue, and rows newer than the checkpoint are dropped.
    Keras' `CSVLogger` does neither, and damages its file if a write is interrupted.

    Args:
        path: The CSV file, or None to count steps without writing.

    Raises:
        WorkdirError: if the file exists and is not as `to_csv` wrote it.
    """

    def __init__(self, path: Path | None, progress: Progress):
        super().__init__()
        self.path = path and Path(path)
        self.progress = progress
        self.rows = [row for row in read_history(self.path) if row["step"] <= progress.step] if self.path else []
        #: Whether a step is running. The weights may then be ahead of `progress`.
        self.in_step = False

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Start the clock."""
        self._last_time = time.monotonic()

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Restart the clock, because the time between epochs does not count."""
        self._last_time = time.monotonic()

    def on_train_batch_begin(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Record that the weights are about to change."""
        self.in_step = True

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Add the losses of a step to the sums of its epoch."""
        progress, now = self.progress, time.monotonic()
        progress.step += 1
        progress.seconds += now - self._last_time
        progress.steps_in_epoch += 1
        for name, value in (logs or {}).items():
            progress.sums[name] = progress.sums.get(name, 0.0) + float(value)
        self._last_time = now
        self.in_step = False

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Write the row of an epoch."""
        progress = self.progress
        # Columns keep the model's order; under JAX, logs arrive in alphabetical order.
        names = [name for name in self.model.log_names if name in progress.sums]
        means = {name: progress.sums[name] / progress.steps_in_epoch for name in names}
        logs = logs or {}
        checks = {f"val_{name}": logs[f"val_{name}"] for name in names if f"val_{name}" in logs}
        row = {"epoch": epoch + 1, "step": progress.step, "seconds": round(progress.seconds, 1)}
        self.rows.append({**row, "learning_rate": float(self.model.optimizer.learning_rate.numpy()), **means, **checks})
        progress.sums, progress.steps_in_epoch = {}, 0
        if self.path:
            write_text(self.path, to_csv(self.rows))


def to_csv(rows: list[dict[str, float]]) -> str:
    """Format rows of numbers as CSV. Missing values stay empty."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def read_history(path: Path | str) -> list[dict[str, float]]:
    """Read `history.csv`, or `figures.csv`.

    Args:
        path: The file; it may be missing.

    Returns:
        A list of dictionaries of numbers, one for each row; empty if there is no file.

    Raises:
        WorkdirError: if the file is not as `to_csv` wrote it.
    """
    path = Path(path)
    if not path.exists():
        return []
    try:
        with open(path, newline="", encoding="utf-8") as file:
            rows = [
                {name: _parse_number(value) for name, value in row.items() if value} for row in csv.DictReader(file)
            ]
        if all({"epoch", "step"} <= row.keys() for row in rows):
            return rows
        reason = "an epoch or a step is missing"
    except (OSError, ValueError, TypeError, AttributeError, csv.Error) as error:
        reason = str(error)
    raise WorkdirError(
        f"{path.name} must be as copyart wrote it. Received: {path} ({reason}). Restore or move the file."
    )


def _parse_number(text: str) -> int | float:
    return int(text) if text.isdigit() else float(text)
