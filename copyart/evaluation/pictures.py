"""All pictures of a comparison, brought to one size in one way."""

import os
from typing import NamedTuple

import numpy as np
from PIL import Image

from copyart.data.images import flatten, list_images, read_image, resize
from copyart.errors import DataError, ImageError

#: What a pixel weighs in brightness: ITU-R BT.601, as in JPEG and in the reference code of SSIM.
_LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)


def square(image, size):
    """Return the middle of a picture, its short side brought to `size` pixels: bicubic and antialiased.

    Args:
        image: A PIL image; transparency is laid on white.
        size: Side of the square in pixels.
    """
    image = flatten(image)
    side = min(image.size)
    left, top = (image.width - side) / 2, (image.height - side) / 2
    return image.resize((size, size), Image.Resampling.BICUBIC, box=(left, top, left + side, top + side))


def squeezed(image, size):
    """Return the whole of a picture as a square, its aspect ratio ignored: as training sees it."""
    return resize(flatten(image), size)


class Loaded(NamedTuple):
    """Pictures in memory.

    Args:
        images: uint8, shape (pictures, size, size, 3).
        names: Of each picture.
        unread: Why each of those that are missing could not be read.
    """

    images: np.ndarray
    names: list[str]
    unread: list[str]


def load_pictures(sources, size, limit=None, seed=0, progress=None, fit=square):
    """Read pictures and bring them to one size; those that cannot be read are left out.

    Args:
        sources: A folder, or a list of whatever `copyart.data.images.read_image` takes.
        size: Side of the squares in pixels.
        limit: Most pictures to take. Defaults to None: all.
        seed: Decides which they are, and their order, which is random: any part of them is a fair sample.
        progress: Called with the number of pictures done and of all.
        fit: How they become square: `square` or `squeezed`. Defaults to `square`.

    Returns:
        `Loaded`.

    Raises:
        DataError: if there is no folder, or fewer than two pictures can be read.
    """
    sources = list_images(sources) if isinstance(sources, (str, os.PathLike)) else list(sources)
    chosen = np.random.default_rng(seed).permutation(len(sources))[:limit]
    pictures, names, unread = [], [], []
    for done, number in enumerate(chosen, 1):
        try:
            pictures.append(np.asarray(fit(read_image(sources[number]), size)))
            names.append(_name(sources[number], number))
        except ImageError as error:
            unread.append(str(error))
        if progress:
            progress(done, len(chosen))
    if len(pictures) < 2:
        reason = f" ({unread[0].rstrip('.')})" if unread else ""
        raise DataError(
            f"a comparison needs at least 2 pictures of each kind. Received: {len(pictures)}{reason}. Give more."
        )
    return Loaded(np.stack(pictures), names, unread)


def _name(source, number):
    return os.path.basename(os.fspath(source)) if isinstance(source, (str, os.PathLike)) else f"picture {number + 1}"


def to_bytes(pictures):
    """Return pictures in [-1, 1] as they would be saved: uint8, rounded and clipped."""
    return np.rint((np.clip(pictures, -1, 1) + 1) * 127.5).astype(np.uint8)


def luminance(pictures):
    """Return the brightness of uint8 RGB pictures, float32 in 0 to 255: shape (…, height, width)."""
    return pictures.astype(np.float32) @ _LUMINANCE
