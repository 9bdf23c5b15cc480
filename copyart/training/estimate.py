"""Say early what a run will take, so that nobody waits for weeks unawares."""

import time
from collections.abc import Callable

import keras

from copyart.config import RECIPES, TrainingConfig
from copyart.training.checkpoints import Progress

#: Steps after which a run knows its speed. The first compiles, and does not count.
STEPS = 10
#: Seconds of training beyond which the recipe `quick` is worth pointing out.
_LONG = 3600.0


class Estimate(keras.callbacks.Callback):
    """After ten steps, say how long the run will take.

    Args:
        config: The run's `TrainingConfig`.
        progress: The run's `Progress`.
        recipe: Name of the run's recipe.
        hardware: What it trains on, for example `"this CPU"`.
        say: Called with the line.
    """

    def __init__(
        self, config: TrainingConfig, progress: Progress, recipe: str, hardware: str, say: Callable[[str], object]
    ):
        super().__init__()
        self.config, self.progress, self.recipe, self.hardware, self.say = config, progress, recipe, hardware, say
        self._steps, self._start = 0, 0.0
        #: Seconds that the whole run takes, once known.
        self.seconds: float | None = None

    def on_train_batch_end(self, batch, logs=None):
        """Count the steps of this start, and say the line once."""
        self._steps += 1
        if self._steps == 1:
            self._start = time.monotonic()
        elif self._steps == STEPS:
            self._estimate((time.monotonic() - self._start) / (STEPS - 1))

    def _estimate(self, step):
        config, length = self.config, self.progress.steps_per_epoch
        steps = length * config.epochs
        self.seconds = steps * step
        if config.minutes and 60 * config.minutes < self.seconds:
            self.seconds = 60 * config.minutes
            self.say(f"{_spelled(self.seconds)}: about {round(self.seconds / step, -2):,.0f} steps on {self.hardware}.")
            return
        epochs = f"{config.epochs:,} epoch{'s' * (config.epochs > 1)}"
        line = f"{epochs} of {length:,} steps: about {_spelled(self.seconds)} on {self.hardware}."
        if self.recipe != "quick" and self.seconds > _LONG:
            line += f" `--recipe quick` makes a style in {RECIPES['quick']['minutes']:.0f} minutes."
        self.say(line)


def _spelled(seconds: float) -> str:
    """Return a time in the largest unit of which it has two or more.

    Example:
        >>> _spelled(100), _spelled(3 * 3600), _spelled(27.2 * 86400)
        ('2 minutes', '3 hours', '27 days')
    """
    for unit, length in (("day", 86400), ("hour", 3600)):
        if seconds >= 1.95 * length:
            return f"{seconds / length:.0f} {unit}s"
    minutes = max(1, round(seconds / 60))
    return f"{minutes} minute{'s' * (minutes > 1)}"
