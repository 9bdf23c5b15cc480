"""A run under JAX trains, stops, resumes and paints in a process that cannot import TensorFlow."""

import csv
import io
import json
import shutil
import warnings

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from copyart.data.sample import sample_files
from copyart.training.checkpoints import restore
from copyart.training.train import train
from tests import jax_process
from tests.training.jax_settings import TINY

#: Compiling takes long on a busy machine.
pytestmark = pytest.mark.timeout(600)


def learn(workdir, **changes):
    """Train under TensorFlow, in no graph, which would take longer than the steps; return the lines that were said."""
    lines = []
    tf.config.run_functions_eagerly(True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # tf.data says that it keeps its graphs
            train(workdir=workdir, source="sample", verbose=False, say=lines.append, **{**TINY, **changes})
    finally:
        tf.config.run_functions_eagerly(False)
    return lines


def state(workdir):
    """Everything in the last checkpoint of a run, as arrays."""
    model = restore(workdir / "checkpoints").model
    draws = [pool.seed_generator.state for pool in (model.photo_pool, model.art_pool)]
    return [np.asarray(variable.numpy()) for variable in (*model.weights, *model.optimizer.variables, *draws)]


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    """Where the runs lie, and what was found; one that JAX goes on with was begun by TensorFlow, and a copy is kept."""
    folder = tmp_path_factory.mktemp("jax")
    # KERAS_BACKEND is left open: copyart must find out that JAX is all there is.
    variables = {"KERAS_BACKEND": "", "COPYART_CACHE": str(folder / "cache"), "HOME": str(folder), "devices": 2}
    mixed = jax_process.start("tests.training.jax_run", "mixed", folder, **variables)
    try:
        learn(folder / "begun", epochs=1, decay_epochs=0)
        shutil.copytree(folder / "begun", folder / "kept")
        out = jax_process.run("tests.training.jax_run", "float32", folder, **variables)
    finally:
        others = mixed()
    return folder, {**json.loads(out.splitlines()[-1]), **json.loads(others.splitlines()[-1])}


@pytest.fixture
def folder(ended):
    return ended[0]


@pytest.fixture
def found(ended):
    return ended[1]


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_jax_is_chosen_where_tensorflow_is_missing(found):
    assert found["backend"] == "jax"


def test_a_run_leaves_all_its_files(found):
    wanted = {"history.csv", "report.html", "style/weights.safetensors", "samples/epoch-0002.png"}
    assert {f"whole/{name}" for name in wanted} <= {*found["files"]}


def test_a_run_that_was_stopped_ends_as_one_that_was_not(found):
    assert found["stopped"]
    assert "step-000000004" in found["kept"]
    assert any("Resuming from step-000000004" in line for line in found["lines"])
    assert found["difference"] < 1e-6 < found["moved"]


def test_a_run_of_tensorflow_goes_on_under_jax_with_all_that_it_had(folder, found):
    with np.load(folder / "begun.npz") as file:
        theirs = [file[name] for name in file.files]
    for one, other in zip(state(folder / "kept"), theirs, strict=True):
        np.testing.assert_array_equal(one, other)
    assert found["compiled"], "TensorFlow on a CPU does without XLA; JAX must not"
    assert any("Resuming from step-000000003" in line for line in found["begun"])
    assert len(rows((folder / "begun" / "history.csv").read_text())) == 2


def test_a_run_of_jax_goes_on_under_tensorflow_with_all_that_it_had(folder, found):
    with np.load(folder / "whole.npz") as file:
        theirs = [file[name] for name in file.files]
    for one, other in zip(state(folder / "whole"), theirs, strict=True):
        np.testing.assert_array_equal(one, other)
    shutil.copytree(folder / "whole", folder / "on")
    lines = learn(folder / "on", epochs=3)
    assert any("Resuming from step-000000006" in line for line in lines)
    history = rows((folder / "on" / "history.csv").read_text())
    assert [row["epoch"] for row in history] == ["1", "2", "3"]
    assert all(np.isfinite([float(value) for value in row.values()]).all() for row in history)


def test_the_history_of_both_is_the_same(found):
    whole, stopped = map(rows, found["histories"])
    assert len(whole) == len(stopped) == 2
    for one, other in zip(whole, stopped, strict=True):
        for name in one.keys() - {"seconds"}:
            assert float(one[name]) == pytest.approx(float(other[name]), rel=1e-4), name


def test_the_columns_of_the_history_are_in_the_order_of_the_model(folder, found):
    (header, *_) = found["histories"][0].splitlines()
    (kept, *_) = (folder / "kept" / "history.csv").read_text().splitlines()
    assert header == kept


def test_a_compiled_network_is_the_network_as_it_then_is(found):
    assert found["applied"] < 1e-5 < found["apart"]


def test_the_learning_rate_follows_the_schedule(found):
    rates = [float(row["learning_rate"]) for row in rows(found["histories"][0])]
    assert rates == pytest.approx([2e-4, 1e-4])


@pytest.mark.parametrize(("name", "steps"), [("figures", "6"), ("mixed_bfloat16 figures", "2")])
def test_the_paintings_are_judged(found, name, steps):
    nothing, row = rows(found[name])
    assert (nothing["step"], row["step"]) == ("0", steps)
    assert float(row["swd"]) > 0


def test_it_paints(found):
    with Image.open(sample_files()[0][0]) as photo:
        assert found["painting"] == [*photo.size]


def test_it_teaches_a_light_painter(found):
    difference, *size = found["distilled"]
    assert 0 < difference < 128
    assert size == found["painting"]


def test_the_keras_network_paints_photos_of_any_size(found):
    """As ONNX Runtime does, but for the rounding of a pixel."""
    for (*size, far), wanted in zip(found["sizes"], ([40, 32], [27, 50]), strict=True):
        assert size == wanted
        assert far <= 1


def test_a_loss_that_is_no_number_stops_the_run_and_is_named(found):
    assert "every loss must be finite" in found["spoilt"]
    assert "at step 2" in found["spoilt"]


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_ends_with_numbers_on_two_devices(found, precision):
    assert found[precision] == 0


def test_tfds_is_refused_in_one_line_that_says_what_to_do_instead(found):
    assert "needs TensorFlow" in found["tfds"]
    assert "--source kaggle" in found["tfds"]
    assert "\n" not in found["tfds"]


def test_a_batch_that_devices_cannot_share_is_refused(found):
    assert "multiple of the number of devices, here 2. Received: batch_size=3" in found["batch"]


def test_a_gpu_that_is_not_there_is_refused(found):
    assert "devices 'gpu' needs a GPU that JAX finds" in found["gpu"]
