"""One of two workers that train together over loopback; run by test_two_workers.py, each with its own TF_CONFIG.

python -m tests.training.two_workers fit OUT.npz
python -m tests.training.two_workers train OUT.npz WORKDIR EPOCHS
"""

import sys

import keras
import numpy as np
import tensorflow as tf

from copyart.models.cyclegan import CycleGAN
from copyart.training.strategy import choose_strategy
from copyart.training.train import train

STEPS = 5
TINY = {"image_size": 32, "load_size": 36, "filters": 2, "discriminator_filters": 2, "blocks": 1, "pool_size": 2}


def fit(devices):
    """Train on the same 5 batches of 2 pairs as every worker, and return the model."""
    strategy = choose_strategy(devices, batch_size=2)
    keras.utils.set_random_seed(1)
    with strategy.scope():
        model = CycleGAN(32, filters=4, discriminator_filters=4, blocks=1, pool_size=2, ema_decay=0.9, seed=3)
        model.compile(keras.optimizers.Adam(2e-4, beta_1=0.5, epsilon=1e-8))
    rng = np.random.default_rng(1)
    pictures = rng.uniform(-1, 1, (2, STEPS, 2, 32, 32, 3)).astype("float32")
    data = tf.data.Dataset.from_tensor_slices(tuple(pictures))
    model.fit(data, epochs=1, verbose=0, shuffle=False)
    return model


def run(workdir, epochs):
    """Train, or go on, on the bundled sample in the workdir that all workers share."""
    settings = {**TINY, "batch_size": 2, "epochs": epochs, "steps_per_epoch": 2, "samples": 1, "evaluation_epochs": 0}
    return train(workdir=workdir, source="sample", **settings)


if __name__ == "__main__":
    task, out, *arguments = sys.argv[1:]
    model = fit("cpu") if task == "fit" else run(arguments[0], int(arguments[1]))
    weights = [variable.numpy() for variable in model.trainable_variables]
    np.savez(out, int(model.optimizer.iterations.numpy()), *weights)
