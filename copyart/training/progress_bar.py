"""Show the progress of a run: a bar in a terminal, occasional lines elsewhere."""

import time

import keras
from rich import progress as bars
from rich.console import Console
from rich.table import Column

from copyart.config import TrainingConfig
from copyart.training.checkpoints import Progress

#: Seconds between two lines if there is no terminal, so that a log file stays short.
_LINE_EVERY = 30.0
_SHOWN = ("generator_loss", "art_discriminator", "photo_discriminator")


class ProgressBar(keras.callbacks.Callback):
    """Shows epoch, images per second, time left and losses.

    Args:
        progress: The run's `Progress`, counting the finished steps.
        config: The run's `TrainingConfig`. With a time budget the bar shows how much of it is used.
        console: A `rich` console. Defaults to standard error.
    """

    def __init__(self, progress: Progress, config: TrainingConfig, console: Console | None = None):
        super().__init__()
        self.progress, self.config = progress, config
        self.console = console or Console(stderr=True)
        self._bar: bars.Progress | None = None
        self._start: tuple[float, int] | None = None
        self._last_line = 0.0

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Show the bar if there is a terminal."""
        self._start, self._last_line = None, 0.0
        if self.console.is_terminal:
            # The losses come last and take the remaining width: a narrow terminal truncates the losses, not the time.
            note = bars.TextColumn(
                "{task.fields[note]}", table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis")
            )
            columns = bars.TextColumn("{task.description}"), bars.BarColumn(20), bars.TimeRemainingColumn(), note
            self._bar = bar = bars.Progress(*columns, console=self.console, expand=True)
            done, total = self._done_and_total()
            self._task = bar.add_task("compiling", total=total, note="")
            bar.update(self._task, completed=done)
            bar.start()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Update the bar."""
        now = time.monotonic()
        if self._start is None:  # the first step includes compiling, so it is not timed
            self._start = now, self.progress.step
            self._last_line = now - _LINE_EVERY
        note = self._speed_and_losses(now, logs or {})
        if self._bar:
            self._bar.update(
                self._task, completed=self._done_and_total()[0], description=self._time_or_epoch(), note=note
            )
        elif now - self._last_line >= _LINE_EVERY:
            self._last_line = now
            line = "  ".join(part for part in (self._time_or_epoch(), note, self._time_left(now)) if part)
            self.console.print(line, highlight=False, soft_wrap=True)

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Stop the bar."""
        self.close()

    def close(self) -> None:
        """Stop drawing; also called when the run ends early."""
        if self._bar:
            self._bar.stop()
            self._bar = None

    def _done_and_total(self) -> tuple[float, float]:
        """Return (done, total): seconds of the time budget if there is one, else steps."""
        if self.config.minutes:
            return self.progress.elapsed, 60 * self.config.minutes
        return self.progress.step, self.progress.steps_per_epoch * self.config.epochs

    def _time_or_epoch(self) -> str:
        if self.config.minutes:
            return f"{self.progress.elapsed / 60:.1f} of {self.config.minutes:g} min, step {self.progress.step:,}"
        # The last step of an epoch belongs to that epoch, not to the next.
        length = self.progress.steps_per_epoch
        epoch, place = divmod(self.progress.step - 1, length)
        return f"epoch {epoch + 1}/{self.config.epochs}, step {place + 1}/{length}"

    def _speed(self, now: float) -> float | None:
        since, first = self._start or (now, 0)
        done = self.progress.step - first
        return done / (now - since) if done and now > since else None

    def _speed_and_losses(self, now: float, logs: dict[str, float]) -> str:
        speed = self._speed(now)
        parts = [f"{speed * self.config.batch_size:.2f} images/s"] if speed else []
        return "  ".join(parts + [f"{name} {logs[name]:.3f}" for name in _SHOWN if name in logs])

    def _time_left(self, now: float) -> str:
        speed = self._speed(now)
        done, total = self._done_and_total()
        if not speed or self.config.minutes:
            return ""
        minutes = (total - done) / speed / 60
        return f"{minutes / 60:.1f} h left" if minutes > 90 else f"{minutes:.0f} min left"
