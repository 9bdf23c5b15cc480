"""The NaN guard: stop a run at the first loss or weight that is not finite, before it reaches a checkpoint."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np

from copyart.errors import TrainingError
from copyart.training.checkpoints import Progress


def require_finite_losses(logs: dict[str, float] | None, where: str, remedy: str) -> None:
    """Raise an error if a loss is not finite.

    Args:
        logs: The logs of a step.
        where: Description of the step.
        remedy: Advice for the user.

    Raises:
        TrainingError: if a loss is not finite.
    """
    for name, value in (logs or {}).items():
        if not math.isfinite(value):
            raise TrainingError(f"every loss must be finite. Received: {name} = {value} at {where}. {remedy}")


def require_finite_weights(model: keras.Model, step: int) -> None:
    """Raise an error if a weight is not finite.

    A step can corrupt weights although its losses, computed earlier, are finite.

    Args:
        step: Number of the last step.

    Raises:
        TrainingError: if a weight is not finite. The last checkpoint stays good, because nothing is saved.
    """
    for variable in model.trainable_variables:
        if not np.isfinite(keras.ops.convert_to_numpy(keras.ops.sum(keras.ops.cast(variable, "float32")))):
            raise TrainingError(
                f"every weight must be finite. Received: NaN or infinity in {variable.path} after step {step}. The "
                "last checkpoint is good: resume with a lower --learning-rate."
            )


class NaNGuard(keras.callbacks.Callback):
    """Stops a run at the first loss that is not finite.

    Keras' `TerminateOnNaN` checks the running mean of the compiled loss, but a `CycleGAN` has no compiled loss.
    It also does not report the step and its pictures.

    Args:
        progress: The run's `Progress`, which does not yet count the failed step.
        files_of: Function that returns the paths of a step's photos and paintings. Steps are counted from 0.

    Raises:
        TrainingError: if a loss is not finite; the error names the loss, the step and its pictures. Nothing is saved.
    """

    def __init__(self, progress: Progress, files_of: Callable[[int], tuple[Sequence[Path], Sequence[Path]]]):
        super().__init__()
        self.progress = progress
        self.files_of = files_of

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Check the losses of a step."""
        if all(map(math.isfinite, (logs or {}).values())):
            return
        photos, art = self.files_of(self.progress.step)
        names = ", ".join(path.name for path in (*photos, *art))
        remedy = "The last checkpoint is good: check these pictures, or resume with a lower --learning-rate."
        require_finite_losses(logs, f"step {self.progress.step + 1}, on {names}", remedy)
