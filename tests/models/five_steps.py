"""Five training steps from a given start, on the backend of the process.

    python -m tests.models.five_steps FOLDER DTYPE DEVICES CASE...

Every backend, and every number of devices, starts from weights and pictures that NumPy draws. In float64, what differs
after five steps differs by mathematics, not by rounding that adversaries amplify.
"""

import contextlib
import sys

import keras
import numpy as np

STEPS, BATCH, SIDE = 5, 8, 32
NETWORKS = ("photo_to_art", "art_to_photo", "photo_discriminator", "art_discriminator")
TINY = {"image_size": SIDE, "filters": 4, "discriminator_filters": 4, "blocks": 1, "seed": 3}
CASES = {
    # The pools fill but never swap: the backends draw different numbers.
    "resnet": {"identity_weight": 5.0, "ema_decay": 0.9, "pool_size": 50},
    "plain": {"pool_size": 0},
    "swapping": {"generator": "light", "blocks": 0, "identity_weight": 5.0, "ema_decay": 0.9, "pool_size": 3},
}


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
    model.compile(keras.optimizers.Adam(2e-4, beta_1=0.5, epsilon=1e-8))
    return model


def train(model, dtype):
    """Take the steps; return the logs of each, shape (steps, logs)."""
    pictures = np.random.default_rng(1).uniform(-1, 1, (2, STEPS, BATCH, SIDE, SIDE, 3)).astype(dtype)
    logs = [model.train_on_batch(photos, art, return_dict=True) for photos, art in zip(*pictures, strict=True)]
    return np.array([[step[name] for name in model.log_names] for step in logs])


def photos(dtype="float32"):
    """Photos to paint."""
    return np.random.default_rng(5).uniform(-1, 1, (BATCH, SIDE, SIDE, 3)).astype(dtype)


def name_of(number, weight):
    """Name a weight of the model in an archive."""
    return f"{number:03d} {weight.path}".replace("/", ".")


def main(folder, dtype, devices, *cases):
    """Train the cases; write weights and logs to `<case>-<devices>.npz`, and `<case>-<devices>.keras`."""
    from copyart.training.strategy import choose_strategy, holding

    settle(dtype)
    for name in cases:
        strategy = choose_strategy(devices, BATCH)
        with holding(strategy):
            with strategy.scope() if keras.backend.backend() == "tensorflow" else contextlib.nullcontext():
                model = start(dtype, **CASES[name])
            logs = train(model, dtype)
            weights = {name_of(number, weight): weight.numpy() for number, weight in enumerate(model.weights)}
            np.savez(f"{folder}/{name}-{devices}.npz", logs=logs, **weights)
            model.save(f"{folder}/{name}-{devices}.keras")
            np.save(f"{folder}/{name}-{devices}-painted.npy", model.painter_network.predict_on_batch(photos(dtype)))


if __name__ == "__main__":
    main(*sys.argv[1:])
