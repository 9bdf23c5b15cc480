"""The trainings that `benchmarks.time_to_style` compares, and the judge, a process that loads Keras but not PyTorch."""

import contextlib
import functools
import random
import time
from pathlib import Path

import numpy as np

from benchmarks.duel import Worker
from copyart.evaluation.pictures import load_pictures, to_bytes

#: Photos in a batch of paintings.
_BATCH = 4


class Judge:
    """Measures the KID gap closed, from 0 (photos) to 1 (real paintings), with each installed feature network.

    Args:
        folder: Folder with `held_out_photos`, `held_out_art` and `art`.
        limits: `size`, the side of the pictures in pixels, and `count`, the maximum number of pictures of each kind.
    """

    def __init__(self, folder, limits):
        from copyart.evaluation.distances import judge_key
        from copyart.evaluation.features import feature_networks
        from copyart.evaluation.kid import KernelDistance

        kinds = ("held_out_photos", "held_out_art", "art")
        photos, measure, real = (_load_pictures(Path(folder), kind, limits) for kind in kinds)
        self._judges = {}
        for network in feature_networks():
            distance = KernelDistance(network(measure))
            ends = distance(network(photos)), distance(network(real))
            self._judges[judge_key(network.name)] = (network, distance, *ends)

    def gap_closed_by_judge(self, file):
        """Return a dictionary: name of the network → gap closed by the paintings in a NumPy file, uint8."""
        paintings = np.load(file)
        return {
            name: (photos - distance(network(paintings))) / (photos - real)
            for name, (network, distance, photos, real) in self._judges.items()
        }


class Stopwatch:
    """Lets a judge measure paintings at intervals of training time, which excludes the time for measuring.

    Args:
        photos: Photos to paint, uint8, shape (photos, side, side, 3).
        limits: `seconds` (maximum training time), `every` (seconds between measurements), `target` (gap to close).
        judge: Function that takes paintings (in the form of `photos`) and returns what `Judge.gaps` returns.
    """

    def __init__(self, photos, limits, judge):
        self.photos, self.limits, self._judge = photos, limits, judge
        self.rows, self.steps = [], 0
        self._start, self._next = time.perf_counter(), limits["every"]

    def step(self, paint):
        """Count a step, measure if it is time, and return whether the run is over.

        Args:
            paint: Function that paints photos; both are float32 in [-1, 1], shape (batch, side, side, 3).
        """
        self.steps += 1
        seconds = time.perf_counter() - self._start
        if seconds < min(self._next, self.limits["seconds"]):
            return False
        gaps = self.measure(paint)
        return seconds >= self.limits["seconds"] or min(gaps.values()) >= self.limits["target"]

    def measure(self, paint):
        """Measure now, add (seconds, steps, gaps) to `rows`, and return the gaps."""
        seconds = time.perf_counter() - self._start
        batches = np.array_split(self.photos, -(-len(self.photos) // _BATCH))
        paintings = np.concatenate([to_bytes(paint(batch.astype(np.float32) / 127.5 - 1)) for batch in batches])
        gaps = self._judge(paintings)
        self.rows.append((seconds, self.steps, gaps))
        self._next = seconds + self.limits["every"]
        self._start = time.perf_counter() - seconds
        return gaps


@contextlib.contextmanager
def start_stopwatch(folder, limits):
    """Start a judge, and a stopwatch when the judge is ready."""
    photos, file = _load_pictures(folder, "held_out_photos", limits), folder / "paintings.npy"
    with Worker("benchmarks.time_to_style_sides:Judge", folder=str(folder), limits=limits) as worker:

        def judge(paintings):
            np.save(file, paintings)
            return worker.ask("gap_closed_by_judge", file=str(file))

        judge(photos)
        yield Stopwatch(photos, limits, judge)


class Copyart:
    """`copyart.train` with a recipe."""

    def __init__(self, folder, limits):
        self.folder, self.limits = Path(folder), limits

    def train(self, **settings):
        """Train, and return the rows of the stopwatch."""
        import keras

        import copyart
        from copyart.models.steps import compile_network

        @functools.cache
        def network():
            return compile_network(callback.model.painter_network)

        def paint(photos):
            return keras.ops.convert_to_numpy(network()(photos))

        def after_step(batch, logs):
            if watch.step(paint):
                raise KeyboardInterrupt

        callback = keras.callbacks.LambdaCallback(on_train_batch_end=after_step)
        places = {"photos": self.folder / "photos", "art": self.folder / "art", "cache_dir": self.folder / "cache"}
        settings = {"minutes": self.limits["seconds"] / 60, **places, **settings}
        with start_stopwatch(self.folder, self.limits) as watch:
            try:
                copyart.train("Somebody", self.folder / "run", callbacks=[callback], verbose=False, **settings)
            except KeyboardInterrupt:
                if not watch.rows:  # Ctrl-C
                    raise
            else:  # the training ended by itself
                watch.measure(paint)
            return watch.rows


class PyTorch:
    """The plain CycleGAN of `benchmarks.pytorch_cyclegan`, fed by pictures decoded once into memory."""

    def __init__(self, folder, limits):
        self.folder, self.limits = Path(folder), limits

    def train(self, image_size, load_size, blocks=6, filters=64):
        """Train, and return the rows of the stopwatch."""
        import torch

        from benchmarks.pytorch_cyclegan import CycleGAN

        def to_torch(pictures):
            return torch.from_numpy(pictures.transpose(0, 3, 1, 2).copy())

        def paint(photos):
            with torch.no_grad():
                return model.photo_to_art(to_torch(photos)).numpy().transpose(0, 2, 3, 1)

        chance = random.Random(0)
        with start_stopwatch(self.folder, self.limits) as watch:
            domains = [load_pictures(self.folder / kind, load_size).images for kind in ("photos", "art")]
            model = CycleGAN(blocks, filters, filters, identity_weight=5.0)
            over = False
            while not over:
                model.train_step(*(to_torch(_random_crop(pictures, image_size, chance)) for pictures in domains))
                over = watch.step(paint)
            return watch.rows


def _load_pictures(folder, kind, limits):
    return load_pictures(folder / kind, limits["size"], limits["count"]).images


def _random_crop(pictures, side, chance):
    """Return a random crop of a random picture, mirrored half of the time: float32 in [-1, 1], (1, side, side, 3)."""
    picture = pictures[chance.randrange(len(pictures))]
    top, left = (chance.randint(0, picture.shape[0] - side) for _ in range(2))
    crop = picture[top : top + side, left : left + side][:, :: chance.choice((1, -1))]
    return crop[None].astype(np.float32) / np.float32(127.5) - 1
