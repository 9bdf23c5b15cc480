"""The checkpoint callback: save the run at the end of each epoch and every few minutes."""

import time
from collections.abc import Callable
from pathlib import Path

import keras

from copyart.training import checkpoints
from copyart.training.checkpoints import Progress
from copyart.training.nan_guard import require_finite_weights


class CheckpointCallback(keras.callbacks.Callback):
    """Saves a checkpoint at the end of each epoch, and every few minutes in between.

    Args:
        minutes: Maximum number of minutes between checkpoints. A crash loses at most as much work.
        write_outputs: Called after each checkpoint with the name of the sample grid to write.
    """

    def __init__(self, folder: Path, progress: Progress, minutes: float, write_outputs: Callable[[str], object]):
        super().__init__()
        self.folder = folder
        self.progress = progress
        self.minutes = minutes
        self.write_outputs = write_outputs

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Start the clock."""
        self._last = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Save a checkpoint if the last one is `minutes` old."""
        if time.monotonic() - self._last >= 60 * self.minutes:
            self.save(f"step-{self.progress.step:09d}")

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Save a checkpoint."""
        self.save(f"epoch-{epoch + 1:04d}")

    def save(self, name: str) -> None:
        """Save a checkpoint, then call `write_outputs`. If that fails, the checkpoint is already safe.

        Args:
            name: Name of the sample grid.

        Raises:
            WorkdirError: if the checkpoint cannot be written.
            TrainingError: if a weight is not finite. The previous checkpoint remains.
        """
        require_finite_weights(self.model, self.progress.step)
        checkpoints.save(self.folder, self.model, self.progress)
        self.write_outputs(name)
        self._last = time.monotonic()
