"""Compute the authors' oracle figures under JAX: `python -m tests.models.jax_oracles DTYPE OUT`."""

import sys
from pathlib import Path

import keras
import numpy as np
from keras import ops

from copyart.models.cyclegan import CycleGAN
from copyart.weights import import_torch
from tests.models.five_steps import NETWORKS, settle

ORACLES = Path(__file__).parent.parent / "oracles"
PAINTERS = ("generator_6blocks_filters8", "generator_9blocks_filters8_legacy", "discriminator_filters8")


class AuthorsAdam(keras.optimizers.Adam):
    """PyTorch's: epsilon is added after the second moment is corrected, and the decay rates are not rounded."""

    def update_step(self, gradient, variable, learning_rate):
        """Move a variable and its two moments."""
        steps, rate = (ops.cast(value, variable.dtype) for value in (self.iterations + 1, learning_rate))
        place = self._get_variable_index(variable)
        first = self.beta_1 * self._momentums[place] + (1 - self.beta_1) * gradient
        second = self.beta_2 * self._velocities[place] + (1 - self.beta_2) * gradient**2
        self.assign(self._momentums[place], first)
        self.assign(self._velocities[place], second)
        deviation = ops.sqrt(second / (1 - self.beta_2**steps)) + self.epsilon
        self.assign_sub(variable, rate / (1 - self.beta_1**steps) * first / deviation)


def start(oracle, dtype, optimizer):
    """The authors' four networks at the start."""
    weights = {name: float(oracle[name]) for name in ("cycle_weight", "identity_weight")}
    sizes = {"image_size": 64, "blocks": 6, "filters": 8, "discriminator_filters": 8, "pool_size": 0}
    model = CycleGAN(**sizes, **weights, dtype=dtype)
    for name in NETWORKS:
        getattr(model, name).set_weights(import_torch(ORACLES / f"training_6blocks_{name}.pth").get_weights())
    model.compile(optimizer(float(oracle["learning_rate"]), beta_1=0.5, epsilon=1e-8))
    return model


def losses(model, oracle, dtype, steps):
    """The losses of each step, shape (steps, 8)."""
    batches = zip(oracle["photos"][:steps].astype(dtype), oracle["arts"][:steps].astype(dtype), strict=True)
    logs = [model.train_on_batch(photos, art, return_dict=True) for photos, art in batches]
    return np.array([[step[name] for name in oracle["loss_names"]] for step in logs])


def main(dtype, out):
    """Compute what is compared in a type, and write it down."""
    with np.load(ORACLES / "training_6blocks.npz") as file:
        oracle = dict(file)
    settle(dtype)
    np.savez(out, **(in_float32 if dtype == "float32" else in_float64)(oracle))


def in_float32(oracle):
    """The networks, and the losses of the first two steps as `copyart.train` takes them."""
    found = {"losses": losses(start(oracle, "float32", keras.optimizers.Adam), oracle, "float32", 2)}
    for name in PAINTERS:
        with np.load(ORACLES / f"{name}.npz") as file:
            found[name] = import_torch(ORACLES / f"{name}.pth").predict_on_batch(file["x"])
    return found


def in_float64(oracle):
    """The losses of all steps, and a painting after them."""
    model = start(oracle, "float64", AuthorsAdam)
    found = {"losses": losses(model, oracle, "float64", 6)}
    return {**found, "painted": model.photo_to_art.predict_on_batch(oracle["photos"][0].astype("float64"))}


if __name__ == "__main__":
    main(*sys.argv[1:])
