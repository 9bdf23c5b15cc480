"""The callback that judges a run while it trains, and keeps the best of it."""

import os
import zlib

import keras
import numpy as np

from copyart.errors import DataError, one_line
from copyart.evaluation.features import feature_network
from copyart.evaluation.validation import ValidationMetrics
from copyart.models.steps import compiled
from copyart.styles.networks import load_style
from copyart.training.best import closeness, faults, read_best, recover_best, replace_best, write_judgement
from copyart.training.watch import read_history, to_csv
from copyart.training.workdir import write_text

#: Share of a time budget, and number of judgements, without better paintings after which the learning rate falls.
_PATIENCE = 0.2, 3
_INSTALL = 'Paintings are judged by their patches (SWD). KID sees more: pip install "copyart[judge]", 17 MB, and go on.'


class Judging(keras.callbacks.Callback):
    """Judge the averaged generator every so many epochs, by the same held-out pictures, and keep the best.

    `figures.csv` gets a row for each judgement, after a first one for doing nothing. Rows that the checkpoint does not
    know of are dropped. A run is never stopped by its figures: why there are none is said in one line.

    Args:
        data: The run's `Data`.
        config: The run's `TrainingConfig`.
        folder: The run's `Workdir`.
        progress: The run's `Progress`.
        showcase: The run's `Showcase`.
        say: Called with each line worth telling.
    """

    def __init__(self, data, config, folder, progress, showcase, say):
        super().__init__()
        self.data, self.config, self.folder = data, config, folder
        self.progress, self.showcase, self._say = progress, showcase, say
        self._since, self._said, self._panel, self._paint, self.rows = progress.step, None, None, None, []
        self._improved = None

    def on_epoch_end(self, epoch, logs=None):
        """Judge when it is time, and at the very end."""
        every, last = self.config.judge_epochs, self.model.stop_training or epoch + 1 == self.config.epochs
        if every and (last or (epoch + 1) % every == 0):
            try:
                self._judge(last)
            except Exception as error:  # whatever it is, it must not cost what is being learnt
                self._excuse(error)

    def _excuse(self, error):
        reason = one_line(error, 300)
        if reason != self._said:
            self._say(f"No figures this time: {reason}. Training goes on; --judge-epochs 0 turns them off.")
        self._said = reason

    def _judge(self, last):
        if self._panel is None:
            self._begin()
        figures = self._panel.judge(self._paint)
        step, length = self.progress.step, self.progress.steps_per_epoch
        row = self._panel.row(step, round(step / length, 3), figures)
        self._write([row for row in self.rows if row["step"] < step] + [row])
        better = self._consider(row)
        self._watch_for_plateau(better)
        self.showcase.report()
        if last:
            self._tell()

    def _begin(self):
        """Gather the pictures, judge doing nothing, and find what earlier starts wrote."""
        recover_best(self.folder.best)
        features = feature_network()
        if features is None:
            self._say(_INSTALL)
        panel = Panel(self.data, self.config.judge_pictures, features)
        nothing = panel.row(0, 0, panel.judge.identity_baseline())
        rows = read_history(self.folder.figures)
        if rows and rows[0].get("judged_by") != panel.number:
            rows = self._begin_anew(panel, rows)
        self._panel, self._paint = panel, _painter(self.model.painter_network)
        self.rows = [nothing, *(row for row in rows if 0 < row["step"] <= self._since)]

    def _begin_anew(self, panel, rows):
        """Put figures by other pictures away, and judge what was best by these."""
        aside = self.folder.figures.with_name(f"figures-until-{rows[-1]['step']:09d}.csv")
        os.replace(self.folder.figures, aside)
        self._say(f"Paintings are judged by other pictures or features than before: {aside.name} holds those figures.")
        best = read_best(self.folder.best, rows[0].get("judged_by"))
        if best is None:
            return []
        figures = panel.judge(_painter(load_style(self.folder.best)[0]))
        row = panel.row(best["step"], best["epoch"], figures)
        write_judgement(self.folder.best, panel.card(row, rows[0]))
        return [row]

    def _write(self, rows):
        self.rows = rows
        write_text(self.folder.figures, to_csv(rows))

    def _best(self):
        """Return the best so far, unless something is wrong with it."""
        best = read_best(self.folder.best, self._panel.number)
        return None if best is None or faults(best, self.rows[0]) else best

    def _consider(self, row):
        best = self._best()
        if faults(row, self.rows[0]) or (best and closeness(best)[1] <= closeness(row)[1]):
            return False
        model_file = self.folder.checkpoints / f"step-{row['step']:09d}" / "model.keras"
        card = self._panel.card(row, self.rows[0])
        replace_best(self.folder.best, model_file, lambda folder: self.showcase.save_style(folder, **card))
        return True

    def _watch_for_plateau(self, better):
        """Let the learning rate fall early, and the run end early, where the paintings no longer improve."""
        progress, budget = self.progress, 60 * (self.config.minutes or 0)
        if better or self._improved is None:
            self._improved = progress.elapsed, len(self.rows)
        since, judged = progress.elapsed - self._improved[0], len(self.rows) - self._improved[1]
        share, judgements = _PATIENCE
        if budget and not progress.decay_from and since > share * budget and judged >= judgements:
            progress.decay_from = progress.elapsed
            self._say(f"No better paintings for {since / 60:.0f} minutes: the learning rate falls from now on.")

    def _tell(self):
        best, nothing = self._best(), closeness(self.rows[0])[1]
        if best is None:
            words = ", ".join(faults(self.rows[-1], self.rows[0]))
            self._say(f"No paintings were good enough to be kept as the best: {words}.")
        else:
            name, value = closeness(best)
            measure = f"{name.upper()} × 1000 {value:.1f}, {nothing:.1f} for the photos themselves"
            self._say(f"The best paintings are those of step {best['step']:,} ({measure}): {self.folder.best}")


class Panel:
    """What a run is judged by: the same pictures each time.

    Args:
        data: The run's `Data`.
        count: Most pictures of each kind. Where fewer paintings are held out, some of those that the run learns from
            are the measure, too.
        features: A `FeatureNetwork`, or None.

    Raises:
        DataError: if fewer than two photos are held out.
    """

    def __init__(self, data, count, features):
        # Networks take multiples of 4; at most 3 pixels of the whole picture are cut off.
        side = data.load_size // 4 * 4
        photos, art = (_pictures(part, count, side) for part in (data.held_out_photos, data.held_out_art))
        learnt = _pictures(data.train_art, count - len(art), side)
        if len(photos) < 2:
            raise DataError(
                f"paintings are judged by at least 2 held-out photos. Received: {len(photos)}. Give more photos."
            )
        art = np.concatenate([art, learnt])
        self.side, self.features = side, getattr(features, "name", None)
        self.counts = {"photos": len(photos), "held_out_art": len(art) - len(learnt), "training_art": len(learnt)}
        #: Changes with the pictures and with the features: only figures of one number compare.
        self.number = zlib.crc32(art, zlib.crc32(photos, zlib.crc32(str(self.features).encode())))
        self.judge = ValidationMetrics(photos, art, features)

    def row(self, step, epoch, figures):
        """Return a row of `figures.csv`."""
        figures = {name: round(value, 4) for name, value in figures.items()}
        return {"step": step, "epoch": epoch, **figures, **self.counts, "judged_by": self.number}

    def card(self, row, nothing):
        """Return what the card of a style says about a judgement.

        Args:
            row: The judgement.
            nothing: The same for doing nothing.
        """
        others = {"step", "epoch", "judged_by", *self.counts}
        figures = {
            name: {"value": value, "photos": {"value": nothing[name]} if name in nothing else None}
            for name, value in row.items()
            if name not in others
        }
        judged = {"features": self.features, "counts": self.counts, "image_size": self.side, "by": self.number}
        return {"figures": figures, "judged": judged}


def _pictures(selection, count, side):
    """Return so many pictures, spread over all, uint8, or all where there are fewer."""
    count = max(0, min(count, len(selection)))
    chosen = np.linspace(0, len(selection) - 1, count).round().astype(int)
    margin = (selection.images.shape[1] - side) // 2
    return selection.crop(chosen, np.tile([margin, margin, 0], (count, 1)), side)


def _painter(network):
    paint = compiled(network)
    return lambda photos: keras.ops.convert_to_numpy(paint(photos))
