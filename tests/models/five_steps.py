"""Five training steps from a given start, on the backend of the process.

    python -m tests.models.five_steps FOLDER DTYPE/DEVICES/CASE...

Every backend and number of devices starts from the same weights and pictures, drawn by NumPy. In float64, a difference
after five steps is a difference in mathematics, and not rounding that adversaries amplify.
"""

import contextlib
import sys

import keras
import numpy as np

STEPS = 5
NETWORKS = ("photo_to_art", "art_to_photo", "photo_discriminator", "art_discriminator")
TINY = {"image_size": 32, "filters": 2, "discriminator_filters": 2, "seed": 3}
CASES = {
    # The pools fill but never swap: the backends draw different numbers.
    "identity": {"blocks": 1, "identity_weight": 5.0, "ema_decay": 0.9, "pool_size": 10},
    "plain": {"blocks": 0, "pool_size": 0},
    # Eight devices share its batches; float64 takes its time.
    "swapping": {
        "generator": "light",
        "blocks": 0,
        "image_size": 24,
        "identity_weight": 5.0,
        "ema_decay": 0.9,
        "pool_size": 3,
    },
}
BATCHES = {"identity": 2, "plain": 2, "swapping": 8}


def settle(dtype):
    """Let the process compute in a type."""
    if dtype == "float64" and keras.backend.backend() == "jax":
        # Keras takes float64 for float32 on every backend but TensorFlow, whatever JAX is told.
        from keras.src.backend.common import dtypes

        dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
    keras.config.set_floatx(dtype)


def start(dtype, **changes):
    """A model whose weights NumPy has drawn, compiled."""
    from copyart.models.cyclegan import CycleGAN

    model = CycleGAN(**{**TINY, **changes}, dtype=dtype)
    draw = np.random.default_rng(2)
    for name in NETWORKS:
        network = getattr(model, name)
        network.set_weights([draw.normal(0, 0.02, weight.shape).astype(dtype) for weight in network.weights])
    for name in NETWORKS[:2]:
        if (average := getattr(model, f"{name}_average")) is not None:
            average.set_weights(getattr(model, name).get_weights())
    # In float32 as users train. In float64 TensorFlow does without a graph, which takes longer than the steps.
    eager = dtype == "float64" and keras.backend.backend() == "tensorflow"
    model.compile(keras.optimizers.Adam(2e-4, beta_1=0.5, epsilon=1e-8), run_eagerly=eager)
    return model


def train(model, batch, dtype):
    """Take the steps; return the logs of each, shape (steps, logs)."""
    shape = (2, STEPS, batch, model.image_size, model.image_size, 3)
    pictures = np.random.default_rng(1).uniform(-1, 1, shape).astype(dtype)
    # On several devices, Keras 3.12, the last for Python 3.10, fails without sample weights. They change nothing here.
    weights = {"sample_weight": np.ones(batch, dtype), "return_dict": True}
    logs = [model.train_on_batch(photos, art, **weights) for photos, art in zip(*pictures, strict=True)]
    return np.array([[step[name] for name in model.log_names] for step in logs])


def photos():
    """Photos to paint."""
    return np.random.default_rng(5).uniform(-1, 1, (2, 32, 32, 3)).astype("float32")


def name_of(number, weight):
    """Name a weight of the model in an archive."""
    return f"{number:03d} {weight.path}".replace("/", ".")


def take(name, dtype="float32", devices="cpu"):
    """Train a case; return the model, its weights and its logs."""
    from copyart.training.strategy import choose_strategy, device_context

    settle(dtype)
    strategy = choose_strategy(devices, BATCHES[name])
    with device_context(strategy):
        with strategy.scope() if keras.backend.backend() == "tensorflow" else contextlib.nullcontext():
            model = start(dtype, **CASES[name])
        logs = train(model, BATCHES[name], dtype)
        return model, {name_of(*pair): pair[1].numpy() for pair in enumerate(model.weights)}, logs


def main(folder, *runs):
    """Train; write weights and logs to `<dtype>-<devices>-<case>.npz`, and what was learnt in float32 as a model."""
    for run in runs:
        dtype, devices, name = run.split("/")
        model, weights, logs = take(name, dtype, devices)
        base = f"{folder}/{dtype}-{devices}-{name}"
        np.savez(f"{base}.npz", logs=logs, **weights)
        if dtype == "float32":
            model.save(f"{base}.keras")
            np.save(f"{base}-painted.npy", model.painter_network.predict_on_batch(photos()))


if __name__ == "__main__":
    main(*sys.argv[1:])
