"""The authors' networks and six of their training steps, under JAX: `test_oracles.py` says what is compared and why."""

import numpy as np
import pytest

from tests import jax_process
from tests.models.test_oracles import read

#: Compiling takes long on a busy machine.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    out = tmp_path_factory.mktemp("oracles") / "found.npz"
    jax_process.run("tests.models.jax_oracles", out, JAX_ENABLE_X64="1")
    with np.load(out) as file:
        return dict(file)


@pytest.mark.parametrize(
    "network", ["generator_6blocks_filters8", "generator_9blocks_filters8_legacy", "discriminator_filters8"]
)
def test_networks_agree(found, network):
    np.testing.assert_allclose(found[network], read(f"{network}.npz")["y"], atol=1e-4)


def test_every_loss_of_every_step_agrees_in_float64(found):
    np.testing.assert_allclose(found["float64"], read("training_6blocks_float64.npz")["losses"], rtol=1e-5)


def test_the_result_of_training_agrees_in_float64(found):
    np.testing.assert_allclose(found["painted"], read("training_6blocks_float64.npz")["painted"], atol=1e-4)


def test_the_first_steps_agree_in_float32(found):
    np.testing.assert_allclose(found["float32"], read("training_6blocks.npz")["losses"][:2], rtol=1e-3)
