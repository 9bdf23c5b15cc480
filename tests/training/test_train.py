"""A run from its first step to its style: stopped, resumed, damaged and refused, without losing work."""

import json
import resource
import shutil
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from PIL import Image

from copyart.data.pipeline import Data
from copyart.data.sample import sample_files
from copyart.errors import ArtistError, ConfigError, DataError, TrainingError, WorkdirError
from copyart.models.cyclegan import CycleGAN
from copyart.painting.loading import load
from copyart.training.checkpoints import Progress, checkpoint_folders
from copyart.training.history import read_history
from copyart.training.train import _save_stopped
from copyart.training.workdir import Workdir
from tests.training.conftest import TINY, StepLogs


class StopAt(keras.callbacks.Callback):
    """Interrupt the run at the end of its n-th step here, or, with no number, in the first validation."""

    def __init__(self, step=None):
        super().__init__()
        self.left, self.in_validation = step, step is None

    def on_train_batch_end(self, batch, logs=None):
        if self.left is not None:
            self.left -= 1
            if not self.left:
                raise KeyboardInterrupt

    def on_test_begin(self, logs=None):
        if self.in_validation:
            raise KeyboardInterrupt


class Starts(keras.callbacks.Callback):
    """The epochs that were begun, and how many steps each was to have."""

    def __init__(self):
        super().__init__()
        self.epochs = []

    def on_epoch_begin(self, epoch, logs=None):
        self.epochs.append((epoch, self.params["steps"]))


@pytest.fixture
def streams(monkeypatch):
    """The steps at which the data were entered."""
    firsts, train_from = [], Data.train_from

    def spied(self, step):
        firsts.append(step)
        return train_from(self, step)

    monkeypatch.setattr(Data, "train_from", spied)
    return firsts


@pytest.fixture
def fits(monkeypatch):
    """The arguments of `fit`, which does not train but asks for the run's end."""
    calls = []

    def fit(self, *arguments, **options):
        calls.append(options)
        self.stop_training = True

    monkeypatch.setattr(CycleGAN, "fit", fit)
    return calls


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def one_line(caught):
    return "\n" not in str(caught.value)


# A whole run


def test_a_run_leaves_these_files_and_no_others(trained):
    files = [name for name in names_in(trained.path) if name != "tensorboard"]  # there where it is installed
    ours = ["config.json", "data.json", "history.csv", "report.html"]
    assert files == sorted([".lock", "checkpoints", *ours, "samples", "style"])
    assert names_in(trained.path / "checkpoints") == ["step-000000003", "step-000000006"]
    assert names_in(trained.path / "samples") == ["epoch-0001.png", "epoch-0002.png"]
    assert names_in(trained.path / "style") == ["config.json", "metadata.json", "preview.jpg", "weights.safetensors"]


def test_the_settings_are_written_down_resolved(trained):
    run = json.loads((trained.path / "config.json").read_text())
    assert run["settings"].items() >= {**TINY, "learning_rate": 2e-4, "batch_size": 1}.items()
    assert (run["artist"], run["source"], run["recipe"]) == ("The sample", "sample", "article")


def test_every_epoch_has_a_row_with_the_mean_of_its_steps(trained):
    rows = read_history(trained.path / "history.csv")
    assert [(row["epoch"], row["step"]) for row in rows] == [(1, 3), (2, 6)]
    for row, steps in zip(rows, (trained.steps[:3], trained.steps[3:]), strict=True):
        for name in steps[0]:
            assert row[name] == pytest.approx(np.mean([step[name] for step in steps]))
            assert row[f"val_{name}"] > 0
        assert row["learning_rate"] == pytest.approx(2e-4)


def test_the_data_report_is_told_and_kept(trained):
    report = json.loads((trained.path / "data.json").read_text())
    assert report["photo"]["kept"] == report["art"]["kept"] == 32
    assert trained.lines[0].startswith("photo  32 of 32 files kept")


def test_the_style_paints_and_says_where_it_comes_from(trained):
    painter = load(trained.path)
    photo = sample_files()[0][0]
    painting = painter.paint(photo)
    with Image.open(photo) as image:
        assert painting.size == image.size
    assert painter.name == "The sample"
    assert painter.metadata["steps"] == 6
    assert painter.metadata["epochs"] == 2
    assert painter.metadata["pictures"] == {"photos": 30, "art": 30}


def test_the_style_is_the_averaged_network_of_the_last_checkpoint(trained):
    model = keras.models.load_model(trained.path / "checkpoints" / "step-000000006" / "model.keras")
    for ours, theirs in zip(load(trained.path).network.weights, model.photo_to_art_average.weights, strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def test_the_report_shows_the_run(trained):
    page = (trained.path / "report.html").read_text()
    assert "Step 6, epoch 2.00 of 2" in page
    assert page.count("data:image/jpeg") == 2


# Stopped, and started again


def test_a_stopped_run_is_saved_although_its_terminal_is_closed(tmp_path):
    def say(line):
        raise OSError(5, "Input/output error")

    saved = []
    _save_stopped([SimpleNamespace(save=saved.append)], SimpleNamespace(in_step=False), Progress(step=4), say)
    assert saved == ["step-000000004"]


def test_a_run_in_two_pieces_takes_the_steps_of_a_run_in_one(learn, trained, tmp_path, streams):
    logs, lines, starts = StepLogs(), [], Starts()
    with pytest.raises(KeyboardInterrupt):
        learn(tmp_path / "run", lines.append, callbacks=[logs, StopAt(4)])
    assert lines[-1] == "Stopped and saved at step 4. The same command resumes from there."
    assert names_in(tmp_path / "run" / "checkpoints") == ["step-000000003", "step-000000004"]
    learn(tmp_path / "run", lines.append, callbacks=[logs, starts])
    assert any(line.startswith("Resuming from step-000000004, written ") for line in lines)
    assert streams == [0, 4]
    assert starts.epochs == [(1, 2)]
    assert len(logs.logs) == len(trained.steps) == 6
    # Weights, slots, pools, draws, averages and pictures: a step that missed one of them would have other losses.
    for ours, theirs in zip(logs.logs, trained.steps, strict=True):
        assert ours == pytest.approx(theirs, rel=2e-3)
    ours, theirs = (read_history(path / "history.csv") for path in (tmp_path / "run", trained.path))
    assert [(row["epoch"], row["step"]) for row in ours] == [(1, 3), (2, 6)]
    for mine, other in zip(ours, theirs, strict=True):
        assert {**mine, "seconds": 0} == pytest.approx({**other, "seconds": 0}, rel=2e-3)


def test_a_run_stopped_between_an_epochs_last_step_and_its_end_ends_that_epoch_first(learn, tmp_path, trained):
    with pytest.raises(KeyboardInterrupt):
        learn(tmp_path / "run", callbacks=[StopAt()], epochs=1)
    assert names_in(tmp_path / "run" / "checkpoints") == ["step-000000003"]
    assert not (tmp_path / "run" / "history.csv").exists()
    learn(tmp_path / "run", epochs=1)
    (row,) = read_history(tmp_path / "run" / "history.csv")
    expected = read_history(trained.path / "history.csv")[0]
    assert {**row, "seconds": 0} == pytest.approx({**expected, "seconds": 0}, rel=2e-3)
    assert "epoch-0001.png" in names_in(tmp_path / "run" / "samples")


def test_a_run_that_is_done_says_so_and_trains_no_more(learn, copied):
    lines, logs = [], StepLogs()
    learn(copied, lines.append, callbacks=[logs])
    assert lines[-1] == "All 2 epochs are done. Raise --epochs to continue training."
    assert logs.logs == []


def test_changed_settings_are_taken_over_and_told(learn, copied, capfd):
    logs = StepLogs()
    learn(copied, source=None, epochs=3, learning_rate=1e-4, callbacks=[logs], verbose=True, say=None)
    out, err = capfd.readouterr()
    assert out == ""
    assert "Changed since the last start: epochs: 2 before, 3 now.\n" in err
    assert "Changed since the last start: learning_rate: 0.0002 before, 0.0001 now.\n" in err
    assert "epoch 3/3, step 1/3" in err
    assert len(logs.logs) == 3
    rows = read_history(copied / "history.csv")
    assert [row["epoch"] for row in rows] == [1, 2, 3]
    assert rows[2]["learning_rate"] == pytest.approx(1e-4)


def test_a_callback_that_ends_the_run_ends_it(learn, copied, fits):
    learn(copied, epochs=9)
    assert len(fits) == 1  # the stand-in for `fit` asks for the end, as callbacks do


# Damage


def test_a_damaged_checkpoint_costs_its_steps_only(learn, copied, streams, fits):
    (copied / "checkpoints" / "step-000000006" / "model.keras").write_bytes(b"no zip")
    lines = []
    learn(copied, lines.append)
    assert any(line.startswith("Checkpoint step-000000006 is damaged") for line in lines)
    assert any(line.startswith("Resuming from step-000000003") for line in lines)
    assert streams == [3]
    assert (fits[0]["initial_epoch"], fits[0]["epochs"], fits[0]["steps_per_epoch"]) == (1, 2, 3)
    assert names_in(copied / "checkpoints") == ["damaged-step-000000006", "step-000000003"]


def test_where_every_checkpoint_is_damaged_the_run_does_not_begin_anew(learn, copied):
    for path in checkpoint_folders(copied / "checkpoints"):
        (path / "progress.json").unlink()
    for _ in range(2):
        with pytest.raises(WorkdirError, match="Received: 2 damaged") as caught:
            learn(copied)
        assert one_line(caught)
    assert (copied / "style" / "weights.safetensors").exists()


def test_a_loss_that_is_no_number_stops_the_run_and_leaves_the_last_checkpoint(learn, copied, monkeypatch):
    asked, train_from, files_of = [], Data.train_from, Data.files_of

    def poisoned(self, step):
        return train_from(self, step).map(lambda photos, art: (photos * float("nan"), art))

    def spied(self, step):
        asked.append((step, files_of(self, step)))
        return asked[-1][1]

    monkeypatch.setattr(Data, "train_from", poisoned)
    monkeypatch.setattr(Data, "files_of", spied)
    with pytest.raises(TrainingError, match="= nan at step 7, on ") as caught:
        learn(copied, epochs=3)
    assert one_line(caught)
    ((step, (photos, art)),) = asked
    assert step == 6
    assert f"on {photos[0].name}, {art[0].name}." in str(caught.value)
    assert names_in(copied / "checkpoints") == ["step-000000003", "step-000000006"]
    model = keras.models.load_model(copied / "checkpoints" / "step-000000006" / "model.keras")
    assert all(np.isfinite(weight.numpy()).all() for weight in model.weights)


def test_a_full_disk_stops_the_run_and_leaves_the_last_checkpoint(learn, copied, monkeypatch):
    def fit(self, *arguments, **options):
        raise KeyboardInterrupt  # at which the run is kept

    monkeypatch.setattr(CycleGAN, "fit", fit)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, hard))
    try:
        with pytest.raises(WorkdirError, match=r"Received: File too large.*step-000000006, is intact") as caught:
            learn(copied, epochs=3)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert one_line(caught)
    assert names_in(copied / "checkpoints") == ["step-000000003", "step-000000006"]
    lines = []
    learn(copied, lines.append)
    assert any(line.startswith("Resuming from step-000000006") for line in lines)


# Refusals


def test_another_artists_workdir_is_refused(learn, copied):
    with pytest.raises(
        WorkdirError, match=r"Received: artist='Claude Monet' .* started with artist='The sample'"
    ) as caught:
        learn(copied, artist="monet")
    assert one_line(caught)


@pytest.mark.parametrize("source", ["sample", None])
def test_another_image_size_is_refused(learn, copied, source):
    with pytest.raises(WorkdirError, match=r"Received: image_size=36 .* started with image_size=32") as caught:
        learn(copied, source=source, image_size=36)
    assert one_line(caught)


def test_a_second_run_at_once_is_refused(learn, copied):
    with Workdir(copied).lock(), pytest.raises(WorkdirError, match="another run is active") as caught:
        learn(copied)
    assert one_line(caught)


def test_a_workdir_below_a_file_is_refused(learn, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkdirError, match="must be a writable folder") as caught:
        learn(tmp_path / "file" / "run")
    assert one_line(caught)


def test_a_run_needs_a_workdir(learn):
    with pytest.raises(ConfigError, match="a run needs a workdir"):
        learn(None)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"artist": "Nobody", "source": "kaggle"}, ArtistError),
        ({"epochs": 0}, ConfigError),
        ({"recipe": "x"}, ConfigError),
    ],
)
def test_what_is_wrong_from_the_start_leaves_no_workdir(learn, tmp_path, wrong, error):
    with pytest.raises(error):
        learn(tmp_path / "run", **wrong)
    assert not (tmp_path / "run").exists()


def test_a_start_that_found_no_pictures_does_not_stand_in_the_way_of_the_next(learn, tmp_path, fits):
    photos, art = (files[0].parent for files in sample_files())
    with pytest.raises(DataError, match="phtos"):
        learn(tmp_path / "run", source=None, artist="Grandma", photos=tmp_path / "phtos", art=art, **TINY)
    learn(tmp_path / "run", source=None, artist="Grandma", photos=photos, art=art, **TINY)
    assert len(fits) == 1
    assert Workdir(tmp_path / "run").read_spec().photos == (str(photos),)


def test_pictures_of_ones_own_are_named_after_their_folder(learn, tmp_path, fits):
    photos, art = (files[0].parent for files in sample_files())
    shutil.copytree(art, tmp_path / "my_paintings")
    learn(tmp_path / "run", source=None, photos=photos, art=tmp_path / "my_paintings", **TINY)
    assert Workdir(tmp_path / "run").read_spec().artist == "my paintings"


# Other ways to train


def test_half_precision_trains_and_its_style_paints_in_float32(learn, tmp_path):
    model = learn(tmp_path / "run", precision="mixed_bfloat16", epochs=1, steps_per_epoch=1)
    assert model.photo_to_art.layers[2].compute_dtype == "bfloat16"
    painter = load(tmp_path / "run")
    assert {layer.compute_dtype for layer in painter.network.layers} == {"float32"}
    assert painter.paint(sample_files()[0][0]).size


def test_pictures_that_changed_are_said_and_epochs_keep_their_length(learn, copied, tmp_path, monkeypatch):
    progress = copied / "checkpoints" / "step-000000006" / "progress.json"
    before = json.loads(progress.read_text())
    progress.write_text(json.dumps({**before, "pictures": "others"}))
    lines = []
    learn(copied, lines.append)
    assert any("have changed since the last start" in line and "keep their 3 steps" in line for line in lines)


def test_another_recipe_is_refused_where_a_run_goes_on(learn, copied):
    with pytest.raises(WorkdirError, match=r"recipe='paper'.*recipe='article'"):
        learn(copied, source=None, recipe="paper")


def test_where_there_is_no_run_to_go_on_with_none_is_begun(learn, tmp_path):
    with pytest.raises(ConfigError, match="contains no run to resume"):
        learn(tmp_path / "typo", source=None)
    assert not (tmp_path / "typo").exists()
