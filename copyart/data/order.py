"""Pair the pictures of each step and choose their crops. Only the seed and the epoch decide.

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
        photo_crops: Crop of the photo: top, left, side and whether to mirror, shape (pairs, 4).
        art_crops: Crop of the painting, in the same form.
    """

    photos: np.ndarray
    art: np.ndarray
    photo_crops: np.ndarray
    art_crops: np.ndarray

    def __len__(self) -> int:
        return len(self.photos)


def training_order(
    photos: int, art: int, load_size: int, image_size: int, seed: int, epoch: int, resized_crops: bool = False
) -> EpochOrder:
    """Draw the order of a training epoch: as many pairs as the larger domain has pictures.

    If there are at least as many photos as paintings, each photo appears once. If there are fewer, photos are repeated,
    each equally often or once more than others. The painting for each photo is drawn at random.

    Args:
        photos: Number of photos.
        art: Number of paintings.
        load_size: Side of the pictures in pixels.
        image_size: Side of the crops in pixels; with `resized_crops`, of the smallest ones.
        epoch: Number of the epoch, from 0.
        resized_crops: Whether the side of each crop is random: `image_size` to `load_size` pixels, uniform on a
            logarithmic scale. Defaults to False.

    Reference:
        Zhu et al. 2017, arXiv:1703.10593, their implementation's unaligned data set.
    """
    rng = np.random.default_rng((seed, epoch))
    pairs = max(photos, art)
    return EpochOrder(
        photos=rng.permutation(pairs) % photos,
        art=rng.integers(art, size=pairs),
        photo_crops=random_crops(rng, pairs, load_size, image_size, resized_crops),
        art_crops=random_crops(rng, pairs, load_size, image_size, resized_crops),
    )


def random_crops(
    rng: np.random.Generator, count: int, load_size: int, image_size: int, resized: bool = False
) -> np.ndarray:
    """Draw crops, shape (count, 4): top, left, side and whether to mirror. Arguments as for `training_order`."""
    sides: int | np.ndarray = image_size
    if resized:
        sides = np.rint(image_size * (load_size / image_size) ** rng.random(count)).astype(int)
    corners = rng.integers(load_size - sides + 1, size=(2, count))
    return np.stack([*corners, np.broadcast_to(sides, count), rng.integers(2, size=count)], axis=1)


def central_crops(count: int, load_size: int, image_size: int) -> np.ndarray:
    """Return `count` equal crops from the middle, in the same form as `random_crops`."""
    middle = (load_size - image_size) // 2
    return np.tile([middle, middle, image_size, 0], (count, 1))


def held_out_order(photos: int, art: int, load_size: int, image_size: int, batch_size: int) -> EpochOrder:
    """Pair the held-out photos and paintings: each appears at least once, with a central crop, in full batches.

    Args:
        photos: Number of photos.
        art: Number of paintings.
        load_size, image_size: As for `training_order`.
        batch_size: Pairs per batch. The number of pairs is rounded up to a multiple of `batch_size`.
    """
    pairs = -(-max(photos, art) // batch_size) * batch_size
    numbers = np.arange(pairs)
    middle = central_crops(pairs, load_size, image_size)
    return EpochOrder(numbers % photos, numbers % art, middle, middle)
