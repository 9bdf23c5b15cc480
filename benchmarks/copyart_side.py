"""Copyart's side of each comparison, run by `benchmarks.worker`."""

from pathlib import Path

import keras
import numpy as np

import copyart
from benchmarks.pictures import fill_folder
from benchmarks.worker import peak_memory, time_repeats
from copyart.models.generators import build_generator
from copyart.styles.networks import save_style
from copyart.training.allocator import keep_freed_memory

NETWORKS = ("photo_to_art", "art_to_photo", "photo_discriminator", "art_discriminator")


class Training:
    def __init__(self, folder, threads, image_size, blocks, identity_weight, filters=64):
        self.folder = Path(folder)
        limit_threads(threads)
        keep_freed_memory()  # as `copyart train` does
        cyclegan = copyart.CycleGAN  # imports everything that it needs
        self.imports = peak_memory()
        self.model = cyclegan(
            image_size,
            blocks=blocks,
            filters=filters,
            discriminator_filters=filters,
            identity_weight=identity_weight,
        )
        self.model.compile(keras.optimizers.Adam(2e-4, beta_1=0.5, epsilon=1e-8))
        random = np.random.default_rng(0)
        self.batch = random.uniform(-1, 1, (2, 1, image_size, image_size, 3)).astype(np.float32)

    def write_start(self):
        """Save the weights and the batch from which both sides start."""
        for name in NETWORKS:
            write_weights(getattr(self.model, name), self.folder / f"{name}.npz")
        photos, art = self.batch
        np.savez(self.folder / "batch.npz", photos=photos, art=art)

    def step(self):
        self.model.reset_metrics()
        logs = self.model.train_on_batch(*self.batch, return_dict=True)
        return {name: float(value) for name, value in logs.items()}

    def fill_pools(self):
        """Fill the image pools, as they are after the first 50 steps of a run."""
        for pool, images in zip((self.model.photo_pool, self.model.art_pool), self.batch, strict=True):
            pool.images.assign(np.repeat(images, pool.size, axis=0))
            pool.count.assign(pool.size)

    def time_round(self, count):
        return time_repeats(self.step, count)

    def memory(self):
        return {"imports": self.imports, "peak": peak_memory()}


class NetworkWriter:
    """Builds networks and saves them as styles."""

    def __init__(self, folder, threads):
        self.folder = Path(folder)

    def write_weights(self, blocks, filters=64):
        """Build the paper's network, and also save its weights for PyTorch."""
        network = build_generator("resnet", filters=filters, blocks=blocks)
        write_weights(network, self.folder / "photo_to_art.npz")
        save_style(self.folder / "style", network, {"name": "benchmark"})

    def write_light(self, **arguments):
        """Build the light network, in float16 as in bundled styles."""
        save_style(self.folder / "light", build_generator("light", **arguments), {"name": "light"}, half=True)


class InputPipeline:
    def __init__(self, folder, image_size, pictures):
        domains = {name: fill_folder(Path(folder, name), pictures, seed) for seed, name in enumerate(("photos", "art"))}
        self.data = copyart.load_data(**domains, image_size=image_size, cache_dir=Path(folder, "cache"))

    def time_round(self, count):
        """Return the pairs per second of a running pipeline, measured over `count` pairs."""
        batches = iter(self.data.train_from(0))
        next(batches)
        return count / sum(time_repeats(lambda: next(batches), count))


def limit_threads(threads):
    """Limit TensorFlow's threads; XLA uses as many as there are processors."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(threads)


def write_weights(network, path):
    """Save every weight as `layer/kernel` or `layer/bias`."""
    weights = {weight.path.removeprefix(f"{network.name}/"): weight.numpy() for weight in network.weights}
    np.savez(path, **weights)
