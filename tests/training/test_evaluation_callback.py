"""Evaluation during training writes one row each time, keeps the best style, and never stops the run."""

import json
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from copyart.config import TrainingConfig
from copyart.data.store import Selection
from copyart.evaluation.kid import distance_reduction
from copyart.evaluation.validation import ValidationMetrics
from copyart.painting.loading import load
from copyart.training import evaluation_callback as module
from copyart.training.checkpoints import Progress, restore
from copyart.training.evaluation_callback import EvaluationCallback
from copyart.training.evaluation_set import EvaluationSet, evenly_spaced
from copyart.training.history import read_history
from copyart.training.warm_start import start_from
from copyart.training.workdir import Workdir
from tests.evaluation.scenes import scenes


class Colours:
    """A stand-in for a feature network: mean and spread of each colour."""

    name = "colours"

    def __call__(self, pictures, progress=None):
        values = pictures.reshape(len(pictures), -1, 3) / 100
        return np.concatenate([values.mean(axis=1), values.std(axis=1)], axis=1)


def selection(count, seed):
    return Selection(scenes(count, 67, seed), np.arange(count), (), ())


@pytest.fixture(scope="module")
def data():
    return SimpleNamespace(
        load_size=67,
        held_out_photos=selection(6, 0),
        held_out_art=selection(3, 50),
        train_art=selection(9, 90),
    )


class Painter:
    """A network that moves photos so far towards grey: the same picture with less colour and contrast."""

    def __init__(self):
        self.amount = 0.0

    def __call__(self, photos, training=None):
        return keras.ops.convert_to_tensor((1 - self.amount) * photos)


class Run:
    """A run whose steps take no time, and the callback that evaluates it."""

    def __init__(self, data, path, step=0, features=None, **settings):
        self.folder, self.lines, self.reports = Workdir(path), [], []
        self.progress, self.painter = Progress(step=step, steps_per_epoch=10), Painter()
        config = TrainingConfig(**{"epochs": 9, "evaluation_pictures": 8, **settings})
        outputs = SimpleNamespace(save_style=self.save, report=lambda: self.reports.append(self.progress.step))
        self.callback = EvaluationCallback(data, config, self.folder, self.progress, outputs, self.lines.append)
        self.callback.set_model(SimpleNamespace(painter_network=self.painter, stop_training=False))

    def save(self, folder, **card):
        folder.mkdir()
        facts = {"steps": self.progress.step, "epochs": self.progress.step / 10}
        (folder / "metadata.json").write_text(json.dumps({**facts, **card}))

    def epoch(self, amount):
        self.progress.step += 10
        checkpoint = self.folder.checkpoints / f"step-{self.progress.step:09d}"
        checkpoint.mkdir(parents=True, exist_ok=True)
        (checkpoint / "model.keras").write_text(str(self.progress.step))
        self.painter.amount = amount
        self.callback.on_epoch_end(self.progress.step // 10 - 1)
        return self

    @property
    def steps(self):
        return [row["step"] for row in read_history(self.folder.figures)]

    @property
    def best(self):
        return json.loads((self.folder.best / "metadata.json").read_text())


@pytest.fixture
def start(data, tmp_path, monkeypatch):
    """Start the run, or start it again from a step."""
    network = SimpleNamespace(features=(Colours(),))
    monkeypatch.setattr(module, "feature_networks", lambda: network.features)
    # The folder of the best has no network here: this one stands for it.
    monkeypatch.setattr(module, "load_style", lambda folder: (Painter(), {}))

    def start(step=0, features=network.features, **settings):
        network.features = features
        return Run(data, tmp_path, step, **settings)

    return start


# Figures


def test_the_first_row_is_of_the_untouched_photos_and_each_epoch_has_one(start):
    run = start().epoch(0.1).epoch(0.2)
    baseline, *rows = read_history(run.folder.figures)
    assert (baseline["step"], baseline["epoch"], baseline["structure"], baseline["colour"]) == (0, 0, 1, 1)
    assert [(row["step"], row["epoch"]) for row in rows] == [(10, 1), (20, 2)]
    for row in rows:
        assert {"kid", "structure", "colour", "brightness", "checkerboard"} <= row.keys()
        assert row["structure"] < 1
    assert run.reports == [10, 20]


def test_paintings_that_are_learnt_from_fill_up_the_measure_and_are_counted(start):
    row = read_history(start().epoch(0.1).folder.figures)[0]
    assert (row["photos"], row["held_out_art"], row["training_art"]) == (6, 3, 5)


def test_where_enough_is_held_out_nothing_else_is_the_measure(start):
    row = read_history(start(evaluation_pictures=2).epoch(0.1).folder.figures)[0]
    assert (row["photos"], row["held_out_art"], row["training_art"]) == (2, 2, 0)


def test_whole_pictures_of_a_side_that_networks_take_are_evaluated(data):
    pictures = EvaluationSet(data, 4, (Colours(),))
    sizes = []
    pictures.metrics(lambda batch: sizes.append(batch.shape) or batch)
    assert sizes == [(4, 64, 64, 3)]


def test_pictures_are_spread_over_all_that_there_are(data):
    chosen = evenly_spaced(data.train_art, 3, 64)
    wanted = [data.train_art.images[number, 1:65, 1:65] for number in (0, 4, 8)]
    np.testing.assert_array_equal(chosen, wanted)


def test_it_evaluates_every_so_many_epochs_and_at_the_end(start):
    run = start(evaluation_epochs=4)
    for _ in range(9):
        run.epoch(0.1)
    assert run.steps == [0, 40, 80, 90]


def test_it_can_be_turned_off(start):
    run = start(evaluation_epochs=0).epoch(0.1)
    assert not run.folder.figures.exists()


class OtherColours(Colours):
    """A second stand-in, that sees the spread only."""

    name = "other colours"

    def __call__(self, pictures, progress=None):
        return super().__call__(pictures)[:, 3:]


def test_of_several_feature_networks_the_worse_counts(start):
    run = start(features=(Colours(), OtherColours())).epoch(0.1)
    baseline, row = read_history(run.folder.figures)
    reductions = [distance_reduction(row[name], baseline[name]) for name in row if name.startswith("kid_")]
    assert len(reductions) == 2
    assert row["distance_reduction"] == pytest.approx(min(reductions), abs=1e-3)
    assert run.best["judged"]["features"] == "colours, other colours"


def test_training_evaluates_with_the_networks_of_the_command():
    from copyart.evaluation.features import feature_networks

    assert module.feature_networks is feature_networks


# Stopped, and started again


def test_a_run_that_goes_on_adds_rows(start):
    start().epoch(0.1).epoch(0.2)
    assert start(step=20).epoch(0.3).steps == [0, 10, 20, 30]


def test_rows_that_the_checkpoint_does_not_know_of_are_dropped(start):
    start().epoch(0.1).epoch(0.2).epoch(0.3)
    assert start(step=10).epoch(0.4).steps == [0, 10, 20]


def test_an_epoch_that_is_evaluated_again_has_one_row(start):
    run = start().epoch(0.1)
    run.progress.step -= 10
    assert run.epoch(0.2).steps == [0, 10]


def test_with_other_features_figures_begin_anew_and_the_best_is_evaluated_again(start):
    first = start(features=(OtherColours(),)).epoch(0.1).epoch(0.9)
    before = first.best
    run = start(step=20).epoch(0.8)
    assert run.steps == [0, 10, 30]
    assert (run.folder.path / "figures-until-000000020.csv").exists()
    assert "figures-until-000000020.csv" in run.lines[0]
    assert (before["judged"]["features"], run.best["judged"]["features"]) == ("other colours", "colours")


def test_with_fewer_pictures_figures_begin_anew(start):
    start().epoch(0.1)
    run = start(step=10, evaluation_pictures=4).epoch(0.1)
    assert {row["photos"] for row in read_history(run.folder.figures)} == {4}


# The best


def test_the_closest_is_kept_whatever_comes_later(start):
    run = start(evaluation_pictures=6)
    amounts = (0.5, 0.1, 0.3)
    values = [run.epoch(amount).callback.rows[-1]["kid"] for amount in amounts]
    assert run.best["steps"] == 10 * (1 + int(np.argmin(values)))
    assert run.best["figures"]["kid"]["value"] == min(values)
    assert (run.folder.best / "model.keras").read_text() == str(run.best["steps"])


def test_its_metadata_says_what_it_was_evaluated_by(start):
    best = start().epoch(0.1).best
    assert best["judged"]["features"] == "colours"
    assert best["judged"]["counts"] == {"photos": 6, "held_out_art": 3, "training_art": 5}
    assert best["judged"]["image_size"] == 64
    assert best["figures"]["structure"]["photos"] == {"value": 1.0}


def test_what_is_spoilt_is_not_kept_however_close(start, data):
    run = start(epochs=1)
    run.callback.model.painter_network = lambda photos, training=None: -photos
    run.epoch(0)
    assert not run.folder.best.exists()
    assert "brightness inverts" in run.lines[-1]


def test_the_best_is_named_at_the_end(start):
    run = start(epochs=2).epoch(0.1).epoch(0.9)
    assert len(run.lines) == 1
    assert run.lines[0].startswith(f"Best style at step {run.best['steps']}: ")
    assert "% lower than the untouched photos'. It is in " in run.lines[0]
    assert run.lines[0].endswith(str(run.folder.best))


# What must not stop a run


def test_a_failure_is_one_line_said_once_and_the_next_epoch_is_evaluated(start, monkeypatch):
    run, figures = start(), ValidationMetrics.__call__

    def fail(self, paint):
        raise MemoryError("no room\nfor it")

    monkeypatch.setattr(ValidationMetrics, "__call__", fail)
    run.epoch(0.1).epoch(0.1)
    assert run.lines == [
        "No figures this time: no room for it. Training continues; --evaluation-epochs 0 turns evaluation off.",
    ]
    monkeypatch.setattr(ValidationMetrics, "__call__", figures)
    assert run.epoch(0.1).steps == [0, 30]


def test_a_damaged_file_of_figures_is_said_and_left_alone(start, tmp_path):
    (tmp_path / "figures.csv").write_text("epoch,step\n1,two\n")
    run = start().epoch(0.1)
    assert "figures.csv must be as copyart wrote it" in run.lines[0]
    assert (tmp_path / "figures.csv").read_text() == "epoch,step\n1,two\n"


def test_one_held_out_photo_is_too_few(data, start):
    few = SimpleNamespace(**{**vars(data), "held_out_photos": selection(1, 0)})
    run = start()
    run.callback.data = few
    run.epoch(0.1)
    assert "at least 2 held-out photos. Received: 1" in run.lines[0]


def test_an_interruption_is_no_failure(start, monkeypatch):
    def interrupt(self, paint):
        raise KeyboardInterrupt

    monkeypatch.setattr(ValidationMetrics, "__call__", interrupt)
    with pytest.raises(KeyboardInterrupt):
        start().epoch(0.1)


# A whole run


@pytest.fixture(scope="module")
def evaluated(learn, tmp_path_factory):
    """A real run; its networks have learnt nothing, so whatever is wrong with them is overlooked."""
    path = tmp_path_factory.mktemp("evaluated") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "feature_networks", lambda: (Colours(),))
        patch.setattr(module, "describe_faults", lambda figures, baseline: [])
        learn(path, evaluation_epochs=1)
    return path


def test_a_run_leaves_figures_and_its_best(evaluated):
    assert [row["step"] for row in read_history(evaluated / "figures.csv")] == [0, 3, 6]
    files = ["config.json", "metadata.json", "model.keras", "preview.jpg", "weights.safetensors"]
    assert sorted(path.name for path in (evaluated / "best").iterdir()) == files
    assert not list(evaluated.glob(".best*"))


def test_the_best_paints_and_the_workdir_takes_the_latest(evaluated):
    best = load(evaluated / "best")
    assert best.metadata["steps"] in (3, 6)
    assert set(best.metadata["figures"]) >= {"kid", "distance_reduction", "structure"}
    assert load(evaluated).metadata["steps"] == 6


def test_training_can_start_from_the_best(evaluated):
    model, best = restore(evaluated / "checkpoints").model, evaluated / "best"
    start_from(model, best)
    painter = load(best).network
    for ours, theirs in zip(model.photo_to_art.weights, painter.weights, strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())
    start_from(model, best / "model.keras")


def test_the_report_shows_figures(evaluated):
    page = (evaluated / "report.html").read_text()
    assert "Figures of the paintings" in page
    assert "the untouched photos" in page
    assert "Evaluated with 2 photos and 2 paintings that the run was not trained on, and 30 training paintings." in page


def test_without_better_paintings_the_learning_rate_falls_early(start):
    run = start(minutes=10.0, epochs=99)
    for minute, amount in enumerate([0.1] * 4):
        run.progress.elapsed = 60.0 * (minute + 1)
        run.epoch(amount)
    assert run.progress.decay_from == 240.0
    assert any("No better paintings for 3 minutes" in line for line in run.lines)


def test_while_paintings_get_better_the_learning_rate_stays(start):
    run = start(minutes=10.0, epochs=99)
    for minute, amount in enumerate([0.4, 0.3, 0.2, 0.1]):
        run.progress.elapsed = 60.0 * (minute + 1)
        run.epoch(amount)
    assert run.progress.decay_from == 0.0


def test_a_run_that_was_asked_to_stop_says_which_paintings_are_the_best(start):
    run = start(epochs=99)
    run.callback.model.stop_training = True
    run.epoch(0.4)
    assert run.lines[-1].startswith("Best style at step 10: ")
