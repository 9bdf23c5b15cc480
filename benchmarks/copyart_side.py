"""Copyart's side of each comparison, run by `benchmarks.worker`."""

import time
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from PIL import Image

from benchmarks.pictures import fill_folder
from benchmarks.worker import peak_memory, timed
from copyart.data.pipeline import load_data
from copyart.models.cyclegan import CycleGAN
from copyart.models.generators import build_generator

NETWORKS = ("photo_to_art", "art_to_photo", "photo_discriminator", "art_discriminator")


class Training:
    def __init__(self, folder, threads, image_size, blocks, identity_weight, filters=64):
        self.folder = Path(folder)
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        self.imports = peak_memory()
        self.model = CycleGAN(
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
        """Keep the weights and the batch that both sides start from."""
        for name in NETWORKS:
            write_weights(getattr(self.model, name), self.folder / f"{name}.npz")
        photos, art = self.batch
        np.savez(self.folder / "batch.npz", photos=photos, art=art)

    def step(self):
        self.model.reset_metrics()
        logs = self.model.train_on_batch(*self.batch, return_dict=True)
        return {name: float(value) for name, value in logs.items()}

    def round(self, count):
        return timed(self.step, count)

    def memory(self):
        return {"imports": self.imports, "peak": peak_memory()}


class Painting:
    def __init__(self, folder, threads, blocks, filters=64):
        self.folder = Path(folder)
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        self.imports = peak_memory()
        self.network = build_generator("resnet", filters=filters, blocks=blocks)

    def write_weights(self):
        """Keep the weights for PyTorch, and for Copyart's own next start."""
        write_weights(self.network, self.folder / "photo_to_art.npz")
        self.network.save_weights(self.folder / "copyart.weights.h5")

    def load(self):
        self.network.load_weights(self.folder / "copyart.weights.h5")

    def paint(self):
        """Paint the photo of the folder and return a picture."""
        with Image.open(self.folder / "photo.png") as photo:
            pixels = np.asarray(photo.convert("RGB"), np.float32)
        painted = self.network.predict_on_batch(pixels[None] / 127.5 - 1)[0]
        return Image.fromarray(np.clip(np.round((painted + 1) * 127.5), 0, 255).astype(np.uint8))

    def first(self):
        """Load the weights and paint, as a process does that has just started."""
        self.load()
        self.paint()

    def show(self):
        self.paint().save(self.folder / "copyart.png")

    def round(self, count):
        return timed(self.paint, count)

    def memory(self):
        return {"imports": self.imports, "peak": peak_memory()}


class InputPipeline:
    def __init__(self, folder, image_size, pictures):
        domains = {name: fill_folder(Path(folder, name), pictures, seed) for seed, name in enumerate(("photos", "art"))}
        self.data = load_data(**domains, image_size=image_size, cache_dir=Path(folder, "cache"))

    def round(self, count):
        """Return the pairs that come out in a second, over `count` of them, once the pipeline runs."""
        batches = iter(self.data.train_from(steps_per_epoch=count + 1))
        next(batches)
        start = time.perf_counter()
        delivered = sum(1 for _ in batches)
        return delivered / (time.perf_counter() - start)


def write_weights(network, path):
    """Keep every weight under `layer/kernel` or `layer/bias`."""
    weights = {weight.path.removeprefix(f"{network.name}/"): weight.numpy() for weight in network.weights}
    np.savez(path, **weights)
