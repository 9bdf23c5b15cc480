"""Six training steps give the same losses and paintings as the authors' code, from the same weights and batches.

Adversaries amplify rounding: by the fourth step the authors' code in float32 is 0.1 % from the same code in float64,
and by the fifth 0.8 %. Keras' Adam, which adds epsilon before it corrects the second moment, is as far. So all six
steps are compared in float64, within 1e-5, with what their mathematics gives in PyTorch in float64
(training_6blocks_float64.npz), and the float32 figures as far as float32 carries.
"""

from pathlib import Path

import keras
import numpy as np
import pytest

from copyart.models.cyclegan import CycleGAN
from copyart.weights import import_torch

ORACLES = Path(__file__).parent.parent / "oracles"
NETWORKS = ("photo_to_art", "art_to_photo", "photo_discriminator", "art_discriminator")


def read(name):
    with np.load(ORACLES / name) as file:
        return dict(file)


@pytest.fixture(scope="module")
def oracle():
    return read("training_6blocks.npz")


@pytest.fixture(scope="module")
def exact():
    return read("training_6blocks_float64.npz")


class AuthorsAdam(keras.optimizers.Adam):
    """PyTorch's: epsilon is added after the second moment is corrected, and the decay rates are not rounded."""

    def update_step(self, gradient, variable, learning_rate):
        steps = int(self.iterations) + 1
        place = self._get_variable_index(variable)
        first, second = self._momentums[place], self._velocities[place]
        first.assign(self.beta_1 * first + (1 - self.beta_1) * gradient)
        second.assign(self.beta_2 * second + (1 - self.beta_2) * gradient**2)
        deviation = (second / (1 - self.beta_2**steps)) ** 0.5 + self.epsilon
        rate = float(learning_rate.numpy())
        variable.assign(variable - rate / (1 - self.beta_1**steps) * first / deviation)


def start(oracle, dtype):
    """The authors' four networks at the start, in a model of the given precision."""
    model = CycleGAN(
        image_size=64,
        blocks=6,
        filters=8,
        discriminator_filters=8,
        cycle_weight=float(oracle["cycle_weight"]),
        identity_weight=float(oracle["identity_weight"]),
        pool_size=0,
        dtype=dtype,
    )
    for name in NETWORKS:
        getattr(model, name).set_weights(import_torch(ORACLES / f"training_6blocks_{name}.pth").get_weights())
    rate = float(oracle["learning_rate"])
    model.compile(AuthorsAdam(rate, beta_1=0.5, epsilon=1e-8), run_eagerly=True)
    return model


def train(model, oracle, dtype):
    """The losses of each step, shape (6, 8)."""
    steps = []
    for batch in zip(oracle["photos"], oracle["arts"], strict=True):
        logs = model.train_on_batch(*(pictures.astype(dtype) for pictures in batch), return_dict=True)
        steps.append([logs[name] for name in oracle["loss_names"]])
    return np.array(steps)


@pytest.fixture(scope="module")
def trained_exactly(oracle):
    keras.config.set_floatx("float64")
    try:
        model = start(oracle, "float64")
        yield model, train(model, oracle, "float64")
    finally:
        keras.config.set_floatx("float32")


def test_every_loss_of_every_step_agrees_in_float64(exact, trained_exactly):
    np.testing.assert_allclose(trained_exactly[1], exact["losses"], rtol=1e-5)


@pytest.mark.parametrize(
    ("network", "pictures", "result"),
    [
        ("photo_to_art", "photos", "painted"),
        ("art_to_photo", "arts", "unpainted"),
        ("art_discriminator", "arts", "art_logits"),
    ],
)
def test_the_result_of_training_agrees_in_float64(oracle, exact, trained_exactly, network, pictures, result):
    network = getattr(trained_exactly[0], network)
    ours = network(oracle[pictures][0].astype("float64")).numpy()
    np.testing.assert_allclose(ours, exact[result], atol=1e-4)


def test_the_first_steps_agree_as_they_are_run(oracle):
    """In float32, in a graph, with Keras' own Adam, as `copyart.train` does it."""
    model = start(oracle, "float32")
    model.compile(keras.optimizers.Adam(float(oracle["learning_rate"]), beta_1=0.5, epsilon=1e-8))
    losses = train(model, {**oracle, "photos": oracle["photos"][:2], "arts": oracle["arts"][:2]}, "float32")
    np.testing.assert_allclose(losses, oracle["losses"][:2], rtol=1e-3)


def test_the_first_steps_agree_in_float32(oracle):
    losses = train(
        start(oracle, "float32"), {**oracle, "photos": oracle["photos"][:2], "arts": oracle["arts"][:2]}, "float32"
    )
    np.testing.assert_allclose(losses, oracle["losses"][:2], rtol=1e-3)
