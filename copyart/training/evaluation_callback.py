"""The evaluation callback: measure the paintings while a run trains, and keep the best style."""

import os
from collections.abc import Callable

import keras
import numpy as np

from copyart.config import TrainingConfig
from copyart.data.pipeline import Data
from copyart.errors import one_line
from copyart.evaluation.features import feature_networks
from copyart.models.steps import compiled
from copyart.styles.networks import load_style
from copyart.training import best_style
from copyart.training.best_style import describe_distance, distance, faults, read_best
from copyart.training.checkpoints import Progress
from copyart.training.evaluation_set import EvaluationSet, Figures
from copyart.training.history import read_history, to_csv
from copyart.training.run_outputs import RunOutputs
from copyart.training.workdir import Workdir, write_text

#: Share of a time budget, and number of evaluations, without better figures after which the learning rate falls.
_PATIENCE = 0.2, 3


class EvaluationCallback(keras.callbacks.Callback):
    """Evaluate the averaged generator every few epochs, by the same held-out pictures, and keep the best style.

    The feature networks are those of `copyart evaluate`, and as there the worse of them decides. `figures.csv` gets a
    row for each evaluation, after a first one for the untouched photos. Rows newer than the checkpoint are dropped. A
    failure never stops the run: one line says why there are no figures.

    Args:
        data: The run's `Data`.
        config: The run's `TrainingConfig`.
        folder: The run's `Workdir`.
        progress: The run's `Progress`.
        outputs: The run's `RunOutputs`.
        say: Called with each line worth telling.
    """

    def __init__(
        self,
        data: Data,
        config: TrainingConfig,
        folder: Workdir,
        progress: Progress,
        outputs: RunOutputs,
        say: Callable[[str], object],
    ):
        super().__init__()
        self.data, self.config, self.folder = data, config, folder
        self.progress, self.outputs, self._say = progress, outputs, say
        self._resumed_at, self.rows = progress.step, []
        self._pictures = self._paint = self._last_failure = self._improved = None

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Evaluate when it is time, and at the very end."""
        every, last = self.config.judge_epochs, self.model.stop_training or epoch + 1 == self.config.epochs
        if every and (last or (epoch + 1) % every == 0):
            try:
                self._evaluate(last)
            except Exception as error:  # no failure here may cost the training
                self._report_failure(error)

    def _report_failure(self, error: Exception) -> None:
        reason = one_line(error, 300)
        if reason != self._last_failure:
            self._say(f"No figures this time: {reason}. Training goes on; --judge-epochs 0 turns them off.")
        self._last_failure = reason

    def _evaluate(self, last: bool) -> None:
        if self._pictures is None:
            self._begin()
        figures = self._pictures.metrics(self._paint)
        step, length = self.progress.step, self.progress.steps_per_epoch
        row = self._pictures.row(step, round(step / length, 3), figures)
        self.rows = [row for row in self.rows if row["step"] < step] + [row]
        write_text(self.folder.figures, to_csv(self.rows))
        self._watch_for_plateau(self._keep_if_best(row))
        self.outputs.report()
        if last:
            self._name_the_best()

    def _begin(self) -> None:
        """Gather the pictures, evaluate the untouched photos, and read the figures of earlier starts."""
        best_style.recover_best(self.folder.best)
        pictures = EvaluationSet(self.data, self.config.judge_pictures, feature_networks())
        baseline = pictures.row(0, 0, pictures.metrics.identity_baseline())
        rows = read_history(self.folder.figures)
        if rows and rows[0].get("judged_by") != pictures.number:
            rows = self._begin_anew(pictures, baseline, rows)
        self._pictures, self._paint = pictures, _painter(self.model.painter_network)
        self.rows = [baseline, *(row for row in rows if 0 < row["step"] <= self._resumed_at)]

    def _begin_anew(self, pictures: EvaluationSet, baseline: Figures, rows: list[Figures]) -> list[Figures]:
        """Rename the file of figures by other pictures or features, and evaluate the best style by these."""
        aside = self.folder.figures.with_name(f"figures-until-{rows[-1]['step']:09d}.csv")
        os.replace(self.folder.figures, aside)
        self._say(f"Paintings are evaluated by other pictures or features than before: {aside.name} has those figures.")
        best = read_best(self.folder.best, rows[0].get("judged_by"))
        if best is None:
            return []
        figures = pictures.metrics(_painter(load_style(self.folder.best)[0]))
        row = pictures.row(best["step"], best["epoch"], figures)
        best_style.write_evaluation(self.folder.best, pictures.metadata(row, baseline))
        return [row]

    def _best(self) -> Figures | None:
        """Return the evaluation of the best style so far, unless it has a fault."""
        best = read_best(self.folder.best, self._pictures.number)
        return None if best is None or faults(best, self.rows[0]) else best

    def _keep_if_best(self, row: Figures) -> bool:
        best = self._best()
        if faults(row, self.rows[0]) or (best and distance(best, self.rows[0]) <= distance(row, self.rows[0])):
            return False
        model_file = self.folder.checkpoints / f"step-{row['step']:09d}" / "model.keras"
        metadata = self._pictures.metadata(row, self.rows[0])
        best_style.replace_best(
            self.folder.best, model_file, lambda folder: self.outputs.save_style(folder, **metadata)
        )
        return True

    def _watch_for_plateau(self, better: bool) -> None:
        """Let the learning rate fall early, and the run end early, where the figures no longer improve."""
        progress, budget = self.progress, 60 * (self.config.minutes or 0)
        if better or self._improved is None:
            self._improved = progress.elapsed, len(self.rows)
        since, evaluations = progress.elapsed - self._improved[0], len(self.rows) - self._improved[1]
        share, fewest = _PATIENCE
        if budget and not progress.decay_from and since > share * budget and evaluations >= fewest:
            progress.decay_from = progress.elapsed
            self._say(f"No better paintings for {since / 60:.0f} minutes: the learning rate falls from now on.")

    def _name_the_best(self) -> None:
        best = self._best()
        if best is None:
            words = ", ".join(faults(self.rows[-1], self.rows[0]))
            self._say(f"No paintings were good enough to be kept as the best: {words}.")
        else:
            closeness = describe_distance(best, self.rows[0])
            self._say(f"The best paintings are those of step {best['step']:,}: {closeness}. Style: {self.folder.best}")


def _painter(network: keras.Model) -> Callable[[np.ndarray], np.ndarray]:
    paint = compiled(network)
    return lambda photos: keras.ops.convert_to_numpy(paint(photos))
