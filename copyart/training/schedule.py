"""Set the learning rate of each epoch, and stop a run when its time budget is used up."""

import time

import keras

from copyart.config import TrainingConfig
from copyart.training.checkpoints import Progress

#: Share of the time budget in which the learning rate is constant, and the factor to which it has fallen at the end.
_CONSTANT, _LOWEST = 0.5, 0.02
#: Time to reserve for saving and evaluating at the end of a run, until it has been measured: a number of seconds, or a
#: share of the budget if that is longer.
_FIRST_RESERVE = 20.0, 0.05


def linear_decay(epoch: int, epochs: int, decay_epochs: int) -> float:
    """Return the factor on an epoch's learning rate: 1 at first, then falling in equal steps, but never to 0.

    Args:
        epoch: Number of the epoch, from 0.
        decay_epochs: Number of epochs at the end in which the factor falls.

    Returns:
        1 − max(0, n − constant) / (decay_epochs + 1), with n = epoch + 1 and constant = epochs − decay_epochs.

    Example:
        >>> [round(linear_decay(epoch, 4, 3), 2) for epoch in range(4)]
        [1.0, 0.75, 0.5, 0.25]

    Reference:
        Zhu et al. 2017, arXiv:1703.10593, section 4, and the `linear` policy of their implementation.
    """
    return 1.0 - max(0, epoch + 1 - (epochs - decay_epochs)) / (decay_epochs + 1)


def budget_decay(share: float) -> float:
    """Return the factor on the learning rate for a used share of the time budget.

    Args:
        share: Used share of the budget, in [0, 1].

    Returns:
        1 during the first half, then falling linearly to 0.02.

    Example:
        >>> [round(budget_decay(share), 2) for share in (0, 0.5, 0.75, 1)]
        [1.0, 1.0, 0.51, 0.02]
    """
    return 1.0 - (1.0 - _LOWEST) * max(0.0, share - _CONSTANT) / (1.0 - _CONSTANT)


class Schedule(keras.callbacks.Callback):
    """Sets the learning rate of each epoch, and ends the run when its time budget is used up.

    The budget is wall-clock time, summed over all starts of the run, and includes reading and evaluating pictures.
    `EvaluationCallback` sets `progress.decay_from` when the paintings stop improving. From then on the rate decays. The
    decay lasts as long as the constant phase did, but not beyond the budget, and then the run ends.

    Args:
        progress: The run's `Progress`, whose `elapsed` this callback updates.
        started: `time.monotonic()` when this process started the run. Defaults to now.
    """

    def __init__(self, config: TrainingConfig, progress: Progress, started: float | None = None):
        super().__init__()
        self.config, self.progress = config, progress
        self._started = (time.monotonic() if started is None else started) - progress.elapsed
        self._reserve = max(_FIRST_RESERVE[0], _FIRST_RESERVE[1] * (self.budget or 0))
        self._last_step: float | None = None

    @property
    def budget(self) -> float | None:
        """Seconds that the run may take, or None without a limit."""
        if not self.config.minutes:
            return None
        return min(60 * self.config.minutes, self.progress.decay_from / _CONSTANT or float("inf"))

    @property
    def is_over(self) -> bool:
        """Whether only the time reserved for the end of the run is left."""
        return self._leaves_time_only_to_finish(1)

    def _leaves_time_only_to_finish(self, endings: int) -> bool:
        """Tell whether the time left is at most that of saving and evaluating `endings` times."""
        elapsed, budget = self._elapsed(), self.budget
        return budget is not None and elapsed + endings * self._reserve >= budget

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Set the learning rate."""
        if self._last_step is not None:  # saving and evaluating took this long, and will take as long at the end
            self._reserve = max(2.0, 1.2 * (time.monotonic() - self._last_step))
        if self.budget:
            factor = budget_decay(min(1.0, self._elapsed() / self.budget))
        else:
            factor = linear_decay(epoch, self.config.epochs, self.config.decay_epochs)
        self.model.optimizer.learning_rate = self.config.learning_rate * factor

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Update the elapsed time, and stop if only the time reserved for the end is left."""
        self._last_step = time.monotonic()
        if self.is_over:  # this also updates `progress.elapsed`
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Stop if the time left is only enough to save and evaluate now and once more at the end of the run."""
        if self._leaves_time_only_to_finish(2):
            self.model.stop_training = True

    def _elapsed(self) -> float:
        self.progress.elapsed = time.monotonic() - self._started
        return self.progress.elapsed
