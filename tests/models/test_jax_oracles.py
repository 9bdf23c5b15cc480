"""The authors' networks and six training steps under JAX. `test_oracles.py` explains the comparison."""

import numpy as np
import pytest

from tests import jax_process
from tests.models.test_oracles import read

MODULE = "tests.models.jax_oracles"
#: Compiling takes long on a busy machine.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What JAX gave in float32 and in float64, computed side by side."""
    files = {dtype: tmp_path_factory.mktemp(dtype) / "found.npz" for dtype in ("float32", "float64")}
    x64 = {"JAX_ENABLE_X64": "1", "haste": jax_process.SOME_HASTE}
    settings = {"float32": {}, "float64": x64}
    waits = [jax_process.start(MODULE, dtype, file, **settings[dtype]) for dtype, file in files.items()]
    for wait in waits:
        wait()
    return {dtype: read(file) for dtype, file in files.items()}


@pytest.fixture
def single(found):
    return found["float32"]


@pytest.fixture
def exact(found):
    return found["float64"]


@pytest.mark.parametrize(
    "network", ["generator_6blocks_filters8", "generator_9blocks_filters8_legacy", "discriminator_filters8"]
)
def test_networks_agree(single, network):
    np.testing.assert_allclose(single[network], read(f"{network}.npz")["y"], atol=1e-4)


def test_every_loss_of_every_step_agrees_in_float64(exact):
    np.testing.assert_allclose(exact["losses"], read("training_6blocks_float64.npz")["losses"], rtol=1e-5)


def test_the_result_of_training_agrees_in_float64(exact):
    np.testing.assert_allclose(exact["painted"], read("training_6blocks_float64.npz")["painted"], atol=1e-4)


def test_the_first_steps_agree_in_float32(single):
    np.testing.assert_allclose(single["losses"], read("training_6blocks.npz")["losses"][:2], rtol=1e-3)
