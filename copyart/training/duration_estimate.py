"""Estimate, after ten steps, how long a run will take."""

import time
from collections.abc import Callable

import keras

from copyart.config import RECIPES, TrainingConfig
from copyart.training.checkpoints import Progress

#: Steps after which the speed is known. The first one compiles and is not timed.
STEPS = 10
#: Seconds of training above which the message suggests the recipe `quick`.
_LONG = 3600.0


class DurationEstimate(keras.callbacks.Callback):
    """Prints an estimate of the run's duration after ten steps.

    Args:
        hardware: Description of the training devices, for example `"this CPU"`.
        say: Called with the message.
        estimated: Called with the estimate: a dictionary with `seconds`, `steps`, `epochs`, `steps_per_epoch` and
            `hardware`. Defaults to None.
    """

    def __init__(
        self,
        config: TrainingConfig,
        progress: Progress,
        recipe: str,
        hardware: str,
        say: Callable[[str], object],
        estimated: Callable[[dict], object] | None = None,
    ):
        super().__init__()
        self.config, self.progress, self.recipe, self.hardware = config, progress, recipe, hardware
        self.say, self.estimated = say, estimated
        self._steps, self._start = 0, 0.0

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Count the steps since this start of the run, and print the estimate after the tenth."""
        self._steps += 1
        if self._steps == 1:
            self._start = time.monotonic()
        elif self._steps == STEPS:
            self._print_estimate((time.monotonic() - self._start) / (STEPS - 1))

    def _print_estimate(self, step: float) -> None:
        epochs, length, budget = self.config.epochs, self.progress.steps_per_epoch, 60 * (self.config.minutes or 0)
        seconds = epochs * length * step
        if 0 < budget < seconds:
            seconds = budget
            line = f"{_format_duration(seconds)}: about {round(seconds / step, -2):,.0f} steps on {self.hardware}."
        else:
            plural = "s" * (epochs > 1)
            line = (
                f"{epochs:,} epoch{plural} of {length:,} steps: about {_format_duration(seconds)} on {self.hardware}."
            )
            if self.recipe != "quick" and seconds > _LONG:
                line += f" `--recipe quick` makes a style in {RECIPES['quick']['minutes']:.0f} minutes."
        self.say(line)
        if self.estimated:
            facts = {"epochs": epochs, "steps_per_epoch": length, "hardware": self.hardware}
            self.estimated({"seconds": round(seconds), "steps": round(seconds / step), **facts})


def _format_duration(seconds: float) -> str:
    """Format a duration: in days or hours if there are at least two of them, else in minutes.

    Example:
        >>> _format_duration(100), _format_duration(3 * 3600), _format_duration(27.2 * 86400)
        ('2 minutes', '3 hours', '27 days')
    """
    for unit, length in (("day", 86400), ("hour", 3600)):
        if seconds >= 1.95 * length:
            return f"{seconds / length:.0f} {unit}s"
    minutes = max(1, round(seconds / 60))
    return f"{minutes} minute{'s' * (minutes > 1)}"
