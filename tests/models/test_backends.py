"""TensorFlow and JAX, one device and eight: the same start and the same batches give the same weights."""

import keras
import numpy as np
import pytest

from copyart.painting.loading import load
from tests import jax_process
from tests.models import five_steps

MODULE = "tests.models.five_steps"
#: Compiling takes long on a busy machine.
pytestmark = pytest.mark.timeout(600)


def arrays(path):
    with np.load(path) as file:
        return dict(file)


def largest_difference(first, second):
    """Largest difference of any weight."""
    assert first.keys() == second.keys()
    return max(float(np.abs(first[name] - second[name]).max()) for name in first if name != "logs")


@pytest.fixture(scope="module")
def exact(tmp_path_factory):
    """Runs in float64: under TensorFlow, and under JAX on one device and on eight."""
    folder = tmp_path_factory.mktemp("exact")
    try:
        five_steps.main(folder, "float64", "cpu", "resnet")
    finally:
        keras.config.set_floatx("float32")
    (folder / "resnet-cpu.npz").rename(folder / "tensorflow.npz")
    x64 = {"JAX_ENABLE_X64": "1", "devices": 8}
    jax_process.run(MODULE, folder, "float64", "cpu", "resnet", "swapping", **x64)
    jax_process.run(MODULE, folder, "float64", "all", "swapping", **x64)
    return {path.stem: arrays(path) for path in folder.glob("*.npz")}


@pytest.fixture(scope="module")
def single(tmp_path_factory):
    """The folders of a run in float32 under TensorFlow, and of one under JAX."""
    folders = [tmp_path_factory.mktemp(name) for name in ("tensorflow", "jax")]
    five_steps.main(folders[0], "float32", "cpu", "resnet")
    jax_process.run(MODULE, folders[1], "float32", "cpu", "resnet")
    return folders


def test_tensorflow_and_jax_end_with_the_same_weights_in_float64(exact):
    """Within what TensorFlow rounds: its LeakyReLU keeps the slope in float32."""
    assert largest_difference(exact["tensorflow"], exact["resnet-cpu"]) < 2e-5
    np.testing.assert_allclose(exact["tensorflow"]["logs"], exact["resnet-cpu"]["logs"], rtol=1e-5)


def test_the_tolerance_sees_a_step_that_was_not_taken(exact):
    assert np.abs(np.diff(exact["tensorflow"]["logs"], axis=0)).max() > 1e-3


def test_eight_devices_end_where_one_does_to_the_last_digits(exact):
    assert largest_difference(exact["swapping-cpu"], exact["swapping-all"]) < 1e-9
    np.testing.assert_allclose(exact["swapping-cpu"]["logs"], exact["swapping-all"]["logs"], rtol=1e-9)


def test_tensorflow_and_jax_end_with_the_same_weights_in_float32(single):
    """All but one in a thousand: now and then an adversary blows rounding up. Pools hold paintings, not weights."""
    one, other = (arrays(folder / "resnet-cpu.npz") for folder in single)
    np.testing.assert_allclose(one["logs"], other["logs"], rtol=1e-3)
    weights = [name for name in one if name != "logs" and "_pool." not in name]
    far = sum(int((np.abs(one[name] - other[name]) > 1e-4).sum()) for name in weights)
    assert far < 1e-3 * sum(one[name].size for name in weights)


def test_a_model_saved_under_jax_loads_under_tensorflow_with_its_slots_and_pools(single):
    weights = arrays(single[1] / "resnet-cpu.npz")
    model = keras.saving.load_model(single[1] / "resnet-cpu.keras")
    for number, weight in enumerate(model.weights):
        np.testing.assert_array_equal(weights[five_steps.name_of(number, weight)], weight.numpy())
    assert int(model.optimizer.iterations) == five_steps.STEPS
    assert float(np.abs(model.optimizer.variables[2].numpy()).max()) > 0


def test_a_style_learnt_under_jax_paints_the_same_under_tensorflow(single):
    painted = load(single[1] / "resnet-cpu.keras").network.predict_on_batch(five_steps.photos())
    np.testing.assert_allclose(painted, np.load(single[1] / "resnet-cpu-painted.npy"), atol=1e-4)
