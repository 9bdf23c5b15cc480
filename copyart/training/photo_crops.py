"""Training crops and validation crops of photos, for distillation."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import numpy as np

from copyart.config import TrainingConfig
from copyart.data.numpy_batches import to_float
from copyart.data.order import central_crops, random_crops
from copyart.data.pipeline import require_two_pictures
from copyart.data.sources import pictures_in_folders
from copyart.data.split import choose_held_out
from copyart.data.store import Selection, decode_once


class PhotoCrops:
    """Random square crops of the training photos. The same seed gives the same crops at each step.

    Args:
        photos: A `Selection` of decoded photos.
        config: A `TrainingConfig`, which gives image size, load size, batch size and seed.
    """

    def __init__(self, photos: Selection, config: TrainingConfig):
        self.photos, self.config = photos, config

    def __len__(self) -> int:
        return len(self.photos)

    def __call__(self, step: int) -> tuple[np.ndarray]:
        """Return the batch of a step as a tuple of one array: float32, shape (batch, size, size, 3), in [-1, 1]."""
        size, batch = self.config.image_size, self.config.batch_size
        rng = np.random.default_rng((self.config.seed, step))
        crops = random_crops(rng, batch, cast(int, self.config.load_size), size)
        return (to_float(self.photos.crop(rng.integers(len(self), size=batch), crops, size)),)


def split_photos(
    folders: str | os.PathLike | Sequence[str | os.PathLike],
    config: TrainingConfig,
    cache_dir: Path | str | None = None,
    progress: Callable[[int, int], None] | None = None,
    say: Callable[[str], object] = print,
) -> tuple[PhotoCrops, np.ndarray]:
    """Decode photos, and split them into training photos and held-out ones.

    Args:
        folders: A folder of photos, or several.
        config: A `TrainingConfig`, which gives image size, load size, batch size, seed and the fraction to hold out.
        cache_dir: As for `copyart.load_data`.
        progress: Called with the number of decoded photos and the total.
        say: Called with a message on how many photos are usable. Defaults to `print`.

    Returns:
        `PhotoCrops` of the training photos, and centre crops of the held-out photos: float32, shape
        (photos, size, size, 3), in [-1, 1].

    Raises:
        DataError: if there are fewer than two usable photos.
    """
    load_size = cast(int, config.load_size)
    pictures = decode_once(pictures_in_folders(folders), load_size, cache_dir, progress, photos=True)
    require_two_pictures("photos", pictures, purpose="distilling")
    unseen = choose_held_out(pictures.digests, config.validation_fraction)
    count = int(unseen.sum())
    say(f"{len(pictures):,} of {len(pictures.records):,} photos can be used; {count} of them are held out.")
    middle = central_crops(count, load_size, config.image_size)
    squares = pictures.select(unseen).crop(np.arange(count), middle, config.image_size)
    return PhotoCrops(pictures.select(~unseen), config), to_float(squares)
