"""How far the run is: a bar in a terminal, a line now and then elsewhere."""

import time

import keras
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column

#: Seconds between two lines where there is no terminal: a log to read, not to scroll through.
_LINE_EVERY = 30.0
_SHOWN = ("generator_loss", "art_discriminator", "photo_discriminator")


class ProgressBar(keras.callbacks.Callback):
    """Show epoch, images per second, time left and losses.

    Args:
        progress: The run's `Progress`, counting the finished steps.
        steps_per_epoch: Steps of an epoch.
        epochs: Epochs of the run.
        batch_size: Pairs a step; an image is one photo with its painting.
        console: A `rich` console. Defaults to standard error.
    """

    def __init__(self, progress, steps_per_epoch, epochs, batch_size, console=None):
        super().__init__()
        self.progress = progress
        self.steps_per_epoch, self.epochs, self.batch_size = steps_per_epoch, epochs, batch_size
        self.console = console or Console(stderr=True)
        self._bar = None

    def on_train_begin(self, logs=None):
        """Show the bar, where there is a terminal."""
        self._start = self._said = None
        if self.console.is_terminal:
            # The note comes last and takes what is left: on a narrow terminal losses are cut, never the time.
            note = TextColumn("{task.fields[note]}", table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis"))
            columns = TextColumn("{task.description}"), BarColumn(20), TimeRemainingColumn(), note
            self._bar = Progress(*columns, console=self.console, expand=True)
            total = self.steps_per_epoch * self.epochs
            self._task = self._bar.add_task("compiling", total=total, completed=self.progress.step, note="")
            self._bar.start()

    def on_train_batch_end(self, batch, logs=None):
        """Move the bar."""
        now = time.monotonic()
        if self._start is None:  # the first step compiles, and says nothing about speed
            self._start = now, self.progress.step
            self._said = now - _LINE_EVERY
        note = self._note(now, logs or {})
        if self._bar:
            self._bar.update(self._task, completed=self.progress.step, description=self._where(), note=note)
        elif now - self._said >= _LINE_EVERY:
            self._said = now
            line = "  ".join(part for part in (self._where(), note, self._left(now)) if part)
            self.console.print(line, highlight=False, soft_wrap=True)

    def on_train_end(self, logs=None):
        """Leave the bar as it is."""
        self.close()

    def close(self):
        """Stop drawing; also called when the run ends early."""
        if self._bar:
            self._bar.stop()
            self._bar = None

    def _where(self):
        # The step just counted belongs to the epoch it ends.
        epoch, place = divmod(self.progress.step - 1, self.steps_per_epoch)
        return f"epoch {epoch + 1}/{self.epochs}, step {place + 1}/{self.steps_per_epoch}"

    def _speed(self, now):
        since, first = self._start
        done = self.progress.step - first
        return done / (now - since) if done and now > since else None

    def _note(self, now, logs):
        speed = self._speed(now)
        parts = [f"{speed * self.batch_size:.2f} images/s"] if speed else []
        return "  ".join(parts + [f"{name} {logs[name]:.3f}" for name in _SHOWN if name in logs])

    def _left(self, now):
        speed = self._speed(now)
        if not speed:
            return ""
        minutes = (self.steps_per_epoch * self.epochs - self.progress.step) / speed / 60
        return f"{minutes / 60:.1f} h left" if minutes > 90 else f"{minutes:.0f} min left"
