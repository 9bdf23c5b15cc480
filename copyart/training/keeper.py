"""The callback that keeps what has been learnt: checkpoints, samples, style folder, report."""

import time

import keras

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
        """
        checkpoints.save(self.folder, self.model, self.progress)
        self.show(name)
        self._last = time.monotonic()
