"""A run under JAX, in a process that cannot import TensorFlow: it trains, stops, goes on and paints."""

import csv
import io
import json

import pytest
from PIL import Image

from copyart.data.sample import sample_files
from tests import jax_process

#: Compiling takes long on a busy machine.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("jax")
    # KERAS_BACKEND is left open: copyart must find out that JAX is all there is.
    variables = {"KERAS_BACKEND": "", "COPYART_CACHE": str(folder / "cache"), "HOME": str(folder)}
    out = jax_process.run("tests.training.jax_run", folder, devices=2, **variables)
    return json.loads(out.splitlines()[-1])


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
    assert any("Going on from step-000000004" in line for line in found["lines"])
    assert found["difference"] < 1e-6 < found["moved"]


def test_the_history_of_both_is_the_same(found):
    whole, stopped = map(rows, found["histories"])
    assert len(whole) == len(stopped) == 2
    for one, other in zip(whole, stopped, strict=True):
        for name in one.keys() - {"seconds"}:
            assert float(one[name]) == pytest.approx(float(other[name]), rel=1e-4), name


def test_the_learning_rate_follows_the_schedule(found):
    rates = [float(row["learning_rate"]) for row in rows(found["histories"][0])]
    assert rates == pytest.approx([2e-4, 1e-4])


@pytest.mark.parametrize(("name", "steps"), [("figures", "6"), ("mixed_bfloat16 figures", "3")])
def test_the_paintings_are_judged(found, name, steps):
    nothing, row = rows(found[name])
    assert (nothing["step"], row["step"]) == ("0", steps)
    assert float(row["swd"]) > 0


def test_it_paints(found):
    with Image.open(sample_files()[0][0]) as photo:
        assert found["painting"] == [*photo.size]


def test_a_loss_that_is_no_number_stops_the_run_and_is_named(found):
    assert "every loss must be a finite number" in found["spoilt"]
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
    assert "devices 'gpu' needs a GPU that JAX sees" in found["gpu"]
