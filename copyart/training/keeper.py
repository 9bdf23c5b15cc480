"""The callback that keeps what has been learnt: checkpoints, samples, style folder, report."""

import time

import keras
import numpy as np

from copyart.errors import TrainingError
from copyart.training import checkpoints


class Keeper(keras.callbacks.Callback):
    """Keep the run at the end of each epoch, and whenever so many minutes have passed.

    Args:
        folder: The folder of checkpoints.
        progress: The run's `Progress`.
        minutes: Most minutes of work that a crash may cost.
        show: Called after each checkpoint with a name for what is made to be looked at.
    """

    def __init__(self, folder, progress, minutes, show):
        super().__init__()
        self.folder = folder
        self.progress = progress
        self.minutes = minutes
        self.show = show

    def on_train_begin(self, logs=None):
        """Start the clock."""
        self._last = time.monotonic()

    def on_train_batch_end(self, batch, logs=None):
        """Keep the run when it is time."""
        if time.monotonic() - self._last >= 60 * self.minutes:
            self.keep(f"step-{self.progress.step:09d}")

    def on_epoch_end(self, epoch, logs=None):
        """Keep the run."""
        self.keep(f"epoch-{epoch + 1:04d}")

    def keep(self, name):
        """Keep the run now; the checkpoint comes first, so that nothing later can cost it.

        Args:
            name: Name of what is made to be looked at.

        Raises:
            WorkdirError: if the checkpoint cannot be written.
            TrainingError: if a weight is no number any more; the last checkpoint stays the last good one.
        """
        self._require_numbers()
        checkpoints.save(self.folder, self.model, self.progress)
        self.show(name)
        self._last = time.monotonic()

    def _require_numbers(self):
        # A step can break the weights with losses, computed before it, that look well.
        for variable in self.model.trainable_variables:
            if not np.isfinite(keras.ops.convert_to_numpy(keras.ops.sum(keras.ops.cast(variable, "float32")))):
                raise TrainingError(
                    f"every weight must be a finite number. Received: others in {variable.path} after step "
                    f"{self.progress.step}. The last checkpoint is good: go on with a lower --learning-rate."
                )
