"""A light painter out of any other: it learns to paint as its teacher does."""

import datetime
import os
import time
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from keras import ops

from copyart.config import TrainingConfig
from copyart.data.images import to_image
from copyart.data.numpy_batches import NumpyBatches, to_float
from copyart.data.order import held_out
from copyart.data.sources import files_in
from copyart.data.store import decode_once
from copyart.errors import ConfigError, DataError
from copyart.models.fewer_blocks import keep_strongest_blocks
from copyart.models.generators import build_generator, describe_generator, describe_in_words
from copyart.painting.loading import load
from copyart.painting.styles import save_style
from copyart.training.versions import versions

#: How much colours count that are wrong over several pixels: pixel by pixel they would hide behind strokes.
_COARSE_WEIGHT, _COARSE = 2.0, 4


@dataclass(frozen=True)
class Distilled:
    """What came of a distillation.

    Args:
        path: The style folder.
        name: Whose style it is.
        architecture: The student, in words.
        parameters: How many numbers it has learnt.
        teacher: The teacher, in words.
        teacher_parameters: How many numbers that one has.
        difference: By how much the two paint photos differently that the student never saw: mean absolute difference,
            in levels of 255.
        steps: Steps learnt.
        seconds: The time they took.
    """

    path: Path
    name: str
    architecture: str
    parameters: int
    teacher: str
    teacher_parameters: int
    difference: float
    steps: int
    seconds: float


def distill(
    teacher,
    photos,
    folder,
    *,
    steps=2000,
    blocks=None,
    filters=None,
    image_size=128,
    load_size=None,
    batch_size=4,
    learning_rate=1e-3,
    seed=0,
    cache_dir=None,
    progress=None,
    data_progress=None,
    say=print,
):
    """Teach a light generator to paint photos as another painter does, and save it as a style.

    The student sees what the teacher makes of each photo, so it needs no paintings and no discriminator, and minutes
    instead of hours. It does not paint better than its teacher. From a light teacher of more blocks it begins with the
    blocks that add most.

    Args:
        teacher: Whatever `copyart.load` takes: a style, a workdir, a `.keras` or `.pth` file, a name.
        photos: A folder of photos, or several: such as are to be painted.
        folder: The style folder to write; a style there is replaced when all is learnt.
        steps: Steps to learn. Defaults to 2000.
        blocks: Residual blocks of the student. Defaults to 4.
        filters: Channels of its first layer. Defaults to 32.
        image_size: Side of the crops in pixels, a multiple of 4. Defaults to 128.
        load_size: Side to which photos are resized before cropping. Defaults to 286/256 of twice
            `image_size`.
        batch_size: Crops a step. Defaults to 4.
        learning_rate: Adam's, which falls to 0 along a cosine. Defaults to 0.001.
        seed: Of the student's weights, the split and the crops.
        cache_dir: As for `copyart.load_data`.
        progress: Called with the steps done and of all.
        data_progress: Called with the photos decoded and of all.
        say: Called with each line worth telling. Defaults to `print`.

    Returns:
        `Distilled`.

    Raises:
        ConfigError: A setting is out of its range, or the folder cannot be written.
        DataError: There are fewer than two usable photos.
        StyleError: The teacher cannot be loaded, or what was learnt is not finite.

    Reference:
        Hinton et al. 2015, "Distilling the Knowledge in a Neural Network", arXiv:1503.02531; of painters: Li et al.
        2020, "GAN Compression", arXiv:2003.08936.
    """
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
        raise ConfigError(f"steps must be a whole number, at least 1. Received: {steps=}")
    config = TrainingConfig(
        generator="light",
        steps_per_epoch=steps,
        blocks=blocks,
        filters=filters,
        image_size=image_size,
        load_size=2 * round(image_size * 286 / 256) if load_size is None else load_size,
        batch_size=batch_size,
        learning_rate=learning_rate,
        seed=seed,
    )
    folder = _writable(folder)
    master = load(teacher)
    crops, unseen = _crops(photos, config, cache_dir, data_progress)
    keras.utils.set_random_seed(seed)
    student = build_generator("light", filters=config.filters, blocks=config.blocks)
    if kept := keep_strongest_blocks(student, master.network):
        say(f"The student begins with blocks {', '.join(map(str, kept))} of {master.name}.")
    began = time.monotonic()
    _learn(master.network, student, crops, config, progress)
    seconds = time.monotonic() - began
    found = Distilled(
        path=folder,
        name=master.name,
        architecture=describe_in_words(describe_generator(student)),
        parameters=student.count_params(),
        teacher=describe_in_words(describe_generator(master.network)),
        teacher_parameters=master.network.count_params(),
        difference=_difference(master.network, student, unseen, batch_size),
        steps=steps,
        seconds=seconds,
    )
    preview = to_image(ops.convert_to_numpy(student(unseen[:1]))[0])
    save_style(folder, student, _card(master, found, config, crops), preview, image_size=image_size)
    return found


class PaintingDistance(keras.distillation.DistillationLoss):
    """How far two paintings of a photo are apart: pixel by pixel, and with the means of 4 by 4 pixels."""

    def compute_loss(self, teacher_outputs, student_outputs, **kwargs):
        """Return the mean absolute difference and twice that of the means, for pictures (batch, height, width, 3)."""
        difference = student_outputs - teacher_outputs
        coarse = ops.average_pool(difference, _COARSE, strides=_COARSE)
        return ops.mean(ops.abs(difference)) + _COARSE_WEIGHT * ops.mean(ops.abs(coarse))


class _Count(keras.callbacks.Callback):
    def __init__(self, progress, total):
        super().__init__()
        self.progress, self.total = progress, total

    def on_train_batch_end(self, batch, logs=None):
        self.progress(batch + 1, self.total)


class _Crops:
    """Squares of the photos to learn from, the same ones in a step for the same seed."""

    def __init__(self, photos, config):
        self.photos, self.config = photos, config

    def __len__(self):
        return len(self.photos)

    def __call__(self, step):
        size, batch = self.config.image_size, self.config.batch_size
        rng = np.random.default_rng((self.config.seed, step))
        margin = self.config.load_size - size + 1
        places = np.stack([*rng.integers(margin, size=(2, batch)), rng.integers(2, size=batch)], axis=1)
        return (to_float(self.photos.crop(rng.integers(len(self), size=batch), places, size)),)


def _crops(folders, config, cache_dir, progress):
    """Return `_Crops` to learn from, and the middles of the photos held out, float32 in [-1, 1]."""
    pictures = decode_once(files_in(folders), config.load_size, cache_dir, progress)
    if len(pictures) < 2:
        raise DataError(
            "distilling needs at least 2 usable photos, one to learn from and one held out. "
            f"Received: {len(pictures)} of {len(pictures.records)} files. Add more photos."
        )
    unseen = held_out(pictures.files, config.validation_fraction, config.seed)
    middle = (config.load_size - config.image_size) // 2
    count = int(unseen.sum())
    squares = pictures.select(unseen).crop(
        np.arange(count), np.tile([middle, middle, 0], (count, 1)), config.image_size
    )
    return _Crops(pictures.select(~unseen), config), to_float(squares)


def _learn(teacher, student, crops, config, progress):
    steps = config.steps_per_epoch
    lesson = keras.distillation.Distiller(teacher, student, PaintingDistance(), student_loss_weight=0.0)
    rate = keras.optimizers.schedules.CosineDecay(config.learning_rate, steps)
    lesson.compile(keras.optimizers.Adam(rate), loss="mae")  # the loss of targets, of which there are none
    callbacks = [_Count(progress, steps)] if progress else []
    lesson.fit(NumpyBatches(crops, lambda: 0, steps), epochs=1, shuffle=False, verbose=0, callbacks=callbacks)


def _difference(teacher, student, photos, batch_size):
    parts = [photos[start : start + batch_size] for start in range(0, len(photos), batch_size)]
    pairs = ((ops.convert_to_numpy(network(part)) for network in (teacher, student)) for part in parts)
    return float(np.concatenate([abs(a - b).mean((1, 2, 3)) for a, b in pairs]).mean() * 127.5)


def _writable(folder):
    """Return the path of a folder, once it is sure that it can be written: before minutes are spent."""
    folder = Path(folder)
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise ConfigError(
            f"the style's folder must be one that can be written. Received: {str(folder)!r}, where {str(there)!r} is "
            f"{'read-only' if there.is_dir() else 'a file'}. Name another."
        )
    return folder


def _card(master, found, config, crops):
    settings = ("image_size", "load_size", "batch_size", "learning_rate", "generator", "blocks", "filters", "seed")
    return {
        **{key: master.metadata[key] for key in ("name", "source", "licence", "author") if key in master.metadata},
        "recipe": "distilled",
        "teacher": {"name": found.name, "generator": found.teacher, "steps": master.metadata.get("steps")},
        "difference": round(found.difference, 2),
        "settings": {name: getattr(config, name) for name in settings},
        "pictures": {"photos": len(crops)},
        "steps": found.steps,
        "training_seconds": round(found.seconds),
        "date": datetime.date.today().isoformat(),
        "versions": versions(),
    }
