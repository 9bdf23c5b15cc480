"""Deterministic pairing and crops for each step, from the seed and the epoch alone.

So a run gets the same pictures if it is resumed at any step, on another backend or with another number of workers.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class EpochOrder:
    """The pairs of one epoch. Each array has a row for every pair of a photo and a painting.

    Args:
        photos: Index of the photo, shape (pairs,).
        art: Index of the painting, shape (pairs,).
        photo_crops: Crop of the photo: top, left and whether to mirror, shape (pairs, 3).
        art_crops: Crop of the painting, in the same form.
    """

    photos: np.ndarray
    art: np.ndarray
    photo_crops: np.ndarray
    art_crops: np.ndarray

    def __len__(self) -> int:
        return len(self.photos)


def training_order(photos: int, art: int, margin: int, seed: int, epoch: int) -> EpochOrder:
    """Draw the order of a training epoch: as many pairs as the larger domain has pictures.

    If there are at least as many photos as paintings, each photo appears once. If there are fewer, the numbers of times
    that two photos appear differ by at most 1. The painting for each photo is drawn at random.

    Args:
        photos: Number of photos.
        art: Number of paintings.
        margin: Number of pixels by which a crop can move; 30 for crops of 256 from 286 pixels.
        epoch: Number of the epoch, from 0.

    Reference:
        Zhu et al. 2017, arXiv:1703.10593, their implementation's unaligned data set.
    """
    rng = np.random.default_rng((seed, epoch))
    pairs = max(photos, art)
    return EpochOrder(
        photos=rng.permutation(pairs) % photos,
        art=rng.integers(art, size=pairs),
        photo_crops=_crops(rng, pairs, margin),
        art_crops=_crops(rng, pairs, margin),
    )


def _crops(rng: np.random.Generator, pairs: int, margin: int) -> np.ndarray:
    return np.stack([*rng.integers(margin + 1, size=(2, pairs)), rng.integers(2, size=pairs)], axis=1)


def held_out_order(photos: int, art: int, margin: int, batch_size: int) -> EpochOrder:
    """Pair the held-out photos and paintings: each appears at least once, with a central crop, in full batches.

    Args:
        photos: Number of photos.
        art: Number of paintings.
        margin: As for `training_order`.
        batch_size: Pairs per batch. The number of pairs is rounded up to a multiple of `batch_size`.
    """
    pairs = -(-max(photos, art) // batch_size) * batch_size
    numbers = np.arange(pairs)
    middle = np.tile([margin // 2, margin // 2, 0], (pairs, 1))
    return EpochOrder(numbers % photos, numbers % art, middle, middle)
