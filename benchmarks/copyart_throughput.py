"""Copyart's side of `benchmarks.throughput`: train by `fit`, on the same batch repeatedly."""

from pathlib import Path

import keras
import numpy as np

import copyart
from benchmarks.copyart_side import Training
from benchmarks.worker import time_repeats


class Throughput(Training):
    def __init__(self, folder, batch, image_size, blocks, filters, precision):
        self.folder = Path(folder)
        sizes = {"blocks": blocks, "filters": filters, "discriminator_filters": filters}
        self.model = copyart.CycleGAN(image_size, **sizes, dtype=precision)
        self.model.compile(keras.optimizers.Adam(2e-4, beta_1=0.5, epsilon=1e-8))
        self.batch = np.random.default_rng(0).uniform(-1, 1, (2, batch, image_size, image_size, 3)).astype(np.float32)

    def fill_pools(self):
        """Fill the image pools, as they are after the first steps of a run."""
        for pool, images in zip((self.model.photo_pool, self.model.art_pool), self.batch, strict=True):
            pool.images.assign(np.resize(images, pool.images.shape))
            pool.count.assign(pool.size)

    def time_round(self, count):
        """Return the seconds per step, including the transfer of the batch to the device."""
        (seconds,) = time_repeats(lambda: self.model.fit(self._batches(count), epochs=1, shuffle=False, verbose=0), 1)
        return seconds / count

    def _batches(self, count):
        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            return tf.data.Dataset.from_tensors(tuple(self.batch)).repeat(count)
        from copyart.data.numpy_batches import NumpyBatches

        return NumpyBatches(lambda step: tuple(self.batch), lambda: 0, count)

    def chip(self):
        """Return the name of the chip, and its 10¹² operations per second in a large bfloat16 matrix product."""
        name = _chip_name()
        side = 512 if name == "CPU" else 8192
        matrix = keras.ops.ones((side, side), "bfloat16")
        seconds = time_repeats(lambda: float(keras.ops.cast(keras.ops.matmul(matrix, matrix)[0, 0], "float32")), 10)
        return {"name": name, "measured": 2 * side**3 / min(seconds) / 1e12}


def _chip_name():
    if keras.backend.backend() == "jax":
        import jax

        device = jax.devices()[0]
        return "CPU" if device.platform == "cpu" else device.device_kind
    import tensorflow as tf

    found = tf.config.list_physical_devices("GPU")
    return tf.config.experimental.get_device_details(found[0]).get("device_name", "GPU") if found else "CPU"
