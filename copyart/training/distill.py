"""Distillation: train a light generator to paint like another style."""

import contextlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import keras
import numpy as np
from keras import ops

from copyart.backend import Tensor
from copyart.config import TrainingConfig
from copyart.data.images import to_image
from copyart.data.numpy_batches import NumpyBatches
from copyart.errors import ConfigError, StyleError
from copyart.models.generators import build_generator, describe_generator, describe_in_words
from copyart.models.precision import dtype_policy
from copyart.models.pruning import keep_strongest_blocks
from copyart.painting.loading import load
from copyart.styles.folder import CONFIG
from copyart.styles.networks import save_style
from copyart.training.allocator import keep_freed_memory
from copyart.training.nan_guard import require_finite_losses
from copyart.training.photo_crops import PhotoCrops, split_photos
from copyart.training.style_metadata import date_and_versions

#: The loss compares single pixels, and also means over squares of pixels: the weight of the means, and the side of a
#: square. Single pixels differ mostly because of strokes; a wrong colour shows in the means.
_COARSE_WEIGHT, _COARSE_SIDE = 2.0, 4
#: Metadata that the student copies from the teacher.
_COPIED = ("source", "licence", "author", "experimental")


@dataclass(frozen=True)
class Distilled:
    """Result of a distillation.

    Args:
        path: The style folder.
        name: Name of the style.
        architecture: Description of the student's network.
        parameters: Number of the student's weights.
        teacher: Description of the teacher's network.
        teacher_parameters: Number of the teacher's weights.
        difference: Mean absolute difference from the teacher's paintings of held-out photos, in grey levels (0 to 255).
        steps: Training steps.
        seconds: Seconds that the training steps took.
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
    teacher: Any,
    photos: str | os.PathLike | Sequence[str | os.PathLike],
    folder: str | os.PathLike,
    *,
    steps: int = 2000,
    blocks: int | None = None,
    filters: int | None = None,
    image_size: int = 128,
    load_size: int | None = None,
    batch_size: int = 4,
    learning_rate: float = 1e-3,
    seed: int = 0,
    half: bool = False,
    cache_dir: Path | str | None = None,
    progress: Callable[[int, int], None] | None = None,
    data_progress: Callable[[int, int], None] | None = None,
    say: Callable[[str], object] = print,
) -> Distilled:
    """Train a light generator (the student) to imitate another painter (the teacher), and save it as a style.

    The student learns from the teacher's paintings of photos. It needs neither an artist's paintings nor a
    discriminator, and takes minutes instead of hours. It does not paint better than its teacher. If the teacher is a
    light generator with more blocks, the student starts from its most important blocks.

    Args:
        teacher: Any source that `copyart.load` accepts: a style, a workdir, a `.keras` or `.pth` file, a name.
        photos: A folder of photos, or several, similar to those that will be painted.
        folder: The style folder to write: new, empty, or an existing style, which is replaced at the end of training.
        steps: Training steps. Defaults to 2000.
        blocks: Residual blocks of the student. Defaults to 4.
        filters: Channels of the student's first layer. Defaults to 32.
        image_size: Side of the crops in pixels, a multiple of 4. Defaults to 128.
        load_size: Side to which photos are resized before cropping. Defaults to `2 * round(image_size * 286 / 256)`.
        batch_size: Crops per step. Defaults to 4.
        learning_rate: Initial learning rate of Adam; it falls to 0 along a cosine. Defaults to 0.001.
        seed: Seed of the student's weights, the split and the crops.
        half: Whether to store float16 weights, which halve the file and hardly change the paintings. Defaults to False.
        cache_dir: As for `copyart.load_data`.
        progress: Called with the number of finished steps and the total.
        data_progress: Called with the number of decoded photos and the total.
        say: Called with each message. Defaults to `print`.

    Returns:
        `Distilled`.

    Raises:
        ConfigError: if a setting is out of its range, the folder contains something else or cannot be written, or the
            student would have the same architecture as the teacher.
        DataError: if there are fewer than two usable photos.
        StyleError: if the teacher cannot be loaded, or its paintings differ from the photos in size or are not float32.
        TrainingError: if the loss is not finite.

    Reference:
        Hinton et al. 2015, "Distilling the Knowledge in a Neural Network", arXiv:1503.02531; for generators: Li et al.
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
    folder = _check_folder(folder)
    keep_freed_memory()
    teacher_painter = load(teacher)
    network = teacher_painter.network
    _check_teacher(network, image_size)
    keras.utils.set_random_seed(seed)
    with dtype_policy("float32"):
        student = build_generator("light", filters=config.filters, blocks=config.blocks)
    small, large = (describe_in_words(describe_generator(each)) for each in (student, network))
    if small == large:
        raise ConfigError(
            f"a student must be smaller than its teacher. Received: {large} for both. Set fewer blocks or filters."
        )
    crops, unseen = split_photos(photos, config, cache_dir, data_progress, say)
    if kept := keep_strongest_blocks(student, network):
        numbers = ", ".join(map(str, kept))
        say(f"The student starts with block{'s' * (len(kept) > 1)} {numbers} of {teacher_painter.name}.")
    began = time.monotonic()
    _train_student(network, student, crops, config, progress)
    seconds = time.monotonic() - began
    found = Distilled(
        path=folder,
        name=teacher_painter.name,
        architecture=small,
        parameters=student.count_params(),
        teacher=large,
        teacher_parameters=network.count_params(),
        difference=_mean_difference(network, student, unseen, batch_size),
        steps=steps,
        seconds=seconds,
    )
    preview = to_image(ops.convert_to_numpy(student(unseen[:1]))[0])
    metadata = _student_metadata(teacher_painter.metadata, found, config, crops)
    save_style(folder, student, metadata, preview, half, image_size)
    return found


class PaintingDistance(keras.distillation.DistillationLoss):
    """Distance between two paintings of a photo, measured on single pixels and on means over 4 by 4 pixels."""

    def compute_loss(self, teacher_outputs: Tensor, student_outputs: Tensor, **kwargs: Any) -> Tensor:
        """Return the mean absolute difference of the pixels, plus twice that of the means over 4 by 4 pixels.

        Args:
            teacher_outputs: Paintings, shape (batch, height, width, 3).
            student_outputs: Paintings of the same photos, in the same shape.
            **kwargs: Ignored; Keras passes further arguments.
        """
        difference = student_outputs - teacher_outputs
        coarse = ops.average_pool(difference, _COARSE_SIDE, strides=_COARSE_SIDE, data_format="channels_last")
        return ops.mean(ops.abs(difference)) + _COARSE_WEIGHT * ops.mean(ops.abs(coarse))


class _LossesAndProgress(keras.callbacks.Callback):
    def __init__(self, progress: Callable[[int, int], None] | None, total: int):
        super().__init__()
        self.progress, self.total = progress, total

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        require_finite_losses(logs, f"step {batch + 1}", "Lower --learning-rate.")
        if self.progress:
            self.progress(batch + 1, self.total)


def _train_student(
    teacher: keras.Model,
    student: keras.Model,
    crops: PhotoCrops,
    config: TrainingConfig,
    progress: Callable[[int, int], None] | None,
) -> None:
    steps = cast(int, config.steps_per_epoch)
    distiller = keras.distillation.Distiller(teacher, student, PaintingDistance(), student_loss_weight=0.0)
    rate = keras.optimizers.schedules.CosineDecay(config.learning_rate, steps)
    distiller.compile(keras.optimizers.Adam(rate), loss="mae")  # Keras requires this loss, but its weight is 0
    batches = NumpyBatches(crops, lambda: 0, steps)
    distiller.fit(batches, epochs=1, shuffle=False, verbose=0, callbacks=[_LossesAndProgress(progress, steps)])


def _mean_difference(teacher: keras.Model, student: keras.Model, photos: np.ndarray, batch_size: int) -> float:
    parts = [photos[start : start + batch_size] for start in range(0, len(photos), batch_size)]
    pairs = ((ops.convert_to_numpy(network(part)) for network in (teacher, student)) for part in parts)
    return float(np.concatenate([abs(a - b).mean((1, 2, 3)) for a, b in pairs]).mean() * 127.5)


def _check_teacher(network: keras.Model, size: int) -> None:
    """Refuse an unsuitable teacher before training starts."""
    sides = network.input_shape[1:3]
    if any(side not in (None, size) for side in sides):
        raise ConfigError(
            f"image_size must be the size that the teacher paints. Received: image_size={size} for a teacher of "
            f"{sides[0]} × {sides[1]} pixels. Use the teacher's size."
        )
    painted = network(np.zeros((1, size, size, 3), "float32"), training=False)
    kind = keras.backend.standardize_dtype(painted.dtype)
    if tuple(painted.shape) != (1, size, size, 3) or {kind, network.inputs[0].dtype} != {"float32"}:
        raise StyleError(
            f"a teacher must keep the size of pictures, in float32. Received: {tuple(painted.shape)} in {kind} for (1, "
            f"{size}, {size}, 3). Choose another teacher."
        )


def _check_folder(folder: str | os.PathLike) -> Path:
    """Check that a style can be written to a folder: it is writable, and new, empty or a style. Return its path."""
    folder = Path(os.path.expanduser(folder))
    if os.path.exists(folder) and not (os.path.isdir(folder) and (not os.listdir(folder) or _is_style_folder(folder))):
        raise ConfigError(
            f"the style's folder must be new, empty or a style. Received: {str(folder)!r}, which contains something "
            "else. Choose another folder."
        )
    missing = [place for place in (folder, *folder.parents) if not os.path.exists(place)]
    try:
        os.makedirs(folder, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ConfigError(
            f"the style's folder must be writable. Received: {str(folder)!r} ({error.strerror or error}). Choose "
            "another folder."
        ) from error
    finally:
        for place in missing:
            with contextlib.suppress(OSError):  # another process may have started to write there
                os.rmdir(place)
    return folder


def _is_style_folder(folder: Path) -> bool:
    try:
        return "format" in json.loads((folder / CONFIG).read_text())
    except (OSError, ValueError, TypeError):
        return False


def _student_metadata(
    teacher: Mapping[str, Any], found: Distilled, config: TrainingConfig, crops: PhotoCrops
) -> dict[str, Any]:
    settings = ("image_size", "load_size", "batch_size", "learning_rate", "generator", "blocks", "filters", "seed")
    return {
        **{key: teacher[key] for key in _COPIED if key in teacher},
        "name": found.name,
        "recipe": "distilled",
        "teacher": {"name": found.name, "generator": found.teacher, "steps": teacher.get("steps")},
        "difference": round(found.difference, 2),
        "settings": {name: getattr(config, name) for name in settings},
        "pictures": {"photos": len(crops)},
        "steps": found.steps,
        "training_seconds": round(found.seconds),
        **date_and_versions(),
    }
