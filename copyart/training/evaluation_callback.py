"""The evaluation callback: measure the paintings during training, and keep the best style."""

import os
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from copyart.config import TrainingConfig
from copyart.data.pipeline import Data
from copyart.errors import one_line
from copyart.evaluation.features import feature_networks
from copyart.models.steps import compile_network
from copyart.styles.networks import load_style
from copyart.training import best_style
from copyart.training.best_style import describe_faults, describe_kid, kid_relative_to_photos, read_best
from copyart.training.checkpoints import Progress
from copyart.training.evaluation_set import EvaluationSet, Figures
from copyart.training.history import read_history, to_csv
from copyart.training.run_outputs import RunOutputs
from copyart.training.workdir import Workdir, write_text

#: Without improvement for this share of the time budget and for this number of evaluations, the learning rate falls.
_PATIENCE = 0.2, 3


class EvaluationCallback(keras.callbacks.Callback):
    """Evaluates the averaged generator every few epochs on the same held-out pictures, and keeps the best style.

    The judges are the same as in `copyart evaluate`; the KID by the worse judge decides which style is best.
    `figures.csv` has a row for the untouched photos and then one for each evaluation. When a run resumes, rows
    newer than the checkpoint are dropped. If an evaluation fails, the run goes on, and a message gives the reason.

    Args:
        say: Called with each message.
    """

    def __init__(
        self,
        data: Data,
        config: TrainingConfig,
        workdir: Workdir,
        progress: Progress,
        outputs: RunOutputs,
        say: Callable[[str], object],
    ):
        super().__init__()
        self.data, self.config, self.workdir = data, config, workdir
        self.progress, self.outputs, self._say = progress, outputs, say
        self._resumed_at = progress.step
        self.rows: list[Figures] = []
        self._pictures: Any = None  # an `EvaluationSet`, from the first evaluation on
        self._paint: Callable[[np.ndarray], np.ndarray] | None = None
        self._last_failure: str | None = None
        #: Seconds of the run and number of evaluations at the last improvement.
        self._last_improvement: tuple[float, int] | None = None

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Evaluate every `evaluation_epochs` epochs, and at the end of the run."""
        every, last = self.config.evaluation_epochs, self.model.stop_training or epoch + 1 == self.config.epochs
        if every and (last or (epoch + 1) % every == 0):
            try:
                self._evaluate(last)
            except Exception as error:  # a failed evaluation must not stop the training
                self._report_failure(error)

    def _report_failure(self, error: Exception) -> None:
        reason = one_line(error, 300)
        if reason != self._last_failure:
            self._say(
                f"No figures this time: {reason}. Training continues; --evaluation-epochs 0 turns evaluation off."
            )
        self._last_failure = reason

    def _evaluate(self, last: bool) -> None:
        if self._pictures is None:
            self._prepare_first_evaluation()
        figures = self._pictures.metrics(self._paint)
        step, length = self.progress.step, self.progress.steps_per_epoch
        row = self._pictures.csv_row(step, round(step / length, 3), figures)
        self.rows = [row for row in self.rows if row["step"] < step] + [row]
        write_text(self.workdir.figures, to_csv(self.rows))
        self._watch_for_plateau(self._keep_if_best(row))
        self.outputs.report()
        if last:
            self._report_best()

    def _prepare_first_evaluation(self) -> None:
        """Select the pictures, evaluate the untouched photos, and read the figures of earlier starts."""
        best_style.recover_best(self.workdir.best)
        pictures = EvaluationSet(self.data, self.config.evaluation_pictures, feature_networks())
        baseline = pictures.csv_row(0, 0, pictures.metrics.identity_baseline())
        rows = read_history(self.workdir.figures)
        if rows and rows[0].get("evaluation_set") != pictures.checksum:
            rows = self._set_old_figures_aside(pictures, baseline, rows)
        self._pictures, self._paint = pictures, _painting_function(self.model.painter_network)
        self.rows = [baseline, *(row for row in rows if 0 < row["step"] <= self._resumed_at)]

    def _set_old_figures_aside(self, pictures: EvaluationSet, baseline: Figures, rows: list[Figures]) -> list[Figures]:
        """Rename `figures.csv` after the pictures or the judges have changed, and evaluate the best style again."""
        aside = self.workdir.figures.with_name(f"figures-until-{rows[-1]['step']:09d}.csv")
        os.replace(self.workdir.figures, aside)
        self._say(f"The pictures or features of the evaluation have changed. The earlier figures are in {aside.name}.")
        best = read_best(self.workdir.best, rows[0].get("evaluation_set"))
        if best is None:
            return []
        figures = pictures.metrics(_painting_function(load_style(self.workdir.best)[0]))
        row = pictures.csv_row(best["step"], best["epoch"], figures)
        best_style.write_evaluation(self.workdir.best, pictures.metadata(row, baseline))
        return [row]

    def _best_figures(self) -> Figures | None:
        """Return the evaluation of the best style so far, or None if it has a fault."""
        best = read_best(self.workdir.best, self._pictures.checksum)
        return None if best is None or describe_faults(best, self.rows[0]) else best

    def _keep_if_best(self, row: Figures) -> bool:
        best = self._best_figures()
        if describe_faults(row, self.rows[0]) or (
            best and kid_relative_to_photos(best, self.rows[0]) <= kid_relative_to_photos(row, self.rows[0])
        ):
            return False
        model_file = self.workdir.checkpoints / f"step-{row['step']:09d}" / "model.keras"
        metadata = self._pictures.metadata(row, self.rows[0])
        best_style.replace_best(
            self.workdir.best, model_file, lambda folder: self.outputs.save_style(folder, **metadata)
        )
        return True

    def _watch_for_plateau(self, better: bool) -> None:
        """If the figures no longer improve, let the learning rate fall from now on. The run then ends sooner."""
        progress, budget = self.progress, 60 * (self.config.minutes or 0)
        if better or self._last_improvement is None:
            self._last_improvement = progress.elapsed, len(self.rows)
        since, evaluations = progress.elapsed - self._last_improvement[0], len(self.rows) - self._last_improvement[1]
        share, fewest = _PATIENCE
        if budget and not progress.decay_from and since > share * budget and evaluations >= fewest:
            progress.decay_from = progress.elapsed
            self._say(f"No better paintings for {since / 60:.0f} minutes: the learning rate decays from now on.")

    def _report_best(self) -> None:
        best = self._best_figures()
        if best is None:
            words = ", ".join(describe_faults(self.rows[-1], self.rows[0]))
            self._say(f"No style was good enough to be kept as the best: {words}.")
        else:
            closeness = describe_kid(best, self.rows[0])
            self._say(f"Best style at step {best['step']:,}: {closeness}. It is in {self.workdir.best}")


def _painting_function(network: keras.Model) -> Callable[[np.ndarray], np.ndarray]:
    paint = compile_network(network)
    return lambda photos: keras.ops.convert_to_numpy(paint(photos))
