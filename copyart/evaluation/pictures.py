"""Read the pictures of an evaluation and scale them to one size."""

import os
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from copyart.data.images import flatten, list_images, read_image, resize
from copyart.errors import DataError, ImageError

#: Weights of red, green and blue in brightness: ITU-R BT.601, as in JPEG and in the reference code of SSIM.
_LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)


def central_square(image: Image.Image, size: int) -> Image.Image:
    """Return the central square of a picture, scaled by antialiased bicubic interpolation.

    Args:
        image: A PIL image. Transparent parts become white.
        size: Side of the square in pixels.
    """
    image = flatten(image)
    side = min(image.size)
    left, top = (image.width - side) / 2, (image.height - side) / 2
    return image.resize((size, size), Image.Resampling.BICUBIC, box=(left, top, left + side, top + side))


def squeeze_to_square(image: Image.Image, size: int) -> Image.Image:
    """Return the whole picture squeezed to a square, as in training."""
    return resize(flatten(image), size)


class LoadedPictures(NamedTuple):
    """Pictures in memory.

    Args:
        images: uint8, shape (pictures, size, size, 3).
        names: Name of each picture.
        unread: One message for each picture that could not be read.
    """

    images: np.ndarray
    names: list[str]
    unread: list[str]


def load_pictures(
    sources: str | os.PathLike | Sequence,
    size: int,
    limit: int | None = None,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
    fit: Callable[[Image.Image, int], Image.Image] = central_square,
) -> LoadedPictures:
    """Read pictures and scale them to one size. Unreadable pictures are left out.

    Args:
        sources: A folder, or a list of anything that `copyart.data.images.read_image` takes.
        size: Side of the squares in pixels.
        limit: Maximum number of pictures to read. Defaults to None: all.
        seed: Seed of the choice and order of the pictures. The order is random, so any slice is a random sample.
        progress: Called with the number of pictures done and the total.
        fit: Function that makes a picture square: `central_square` (the default) or `squeeze_to_square`.

    Raises:
        DataError: if the folder does not exist, or fewer than two pictures can be read.
    """
    sources = list_images(sources) if isinstance(sources, (str, os.PathLike)) else list(sources)
    chosen = np.random.default_rng(seed).permutation(len(sources))[:limit]
    pictures, names, unread = [], [], []
    for done, number in enumerate(chosen, 1):
        try:
            pictures.append(np.asarray(fit(read_image(sources[number]), size)))
            names.append(_source_name(sources[number], number))
        except ImageError as error:
            unread.append(str(error))
        if progress:
            progress(done, len(chosen))
    if len(pictures) < 2:
        reason = f" ({unread[0].rstrip('.')})" if unread else ""
        raise DataError(
            f"an evaluation needs at least 2 pictures of each kind. Received: {len(pictures)}{reason}. Give more."
        )
    return LoadedPictures(np.stack(pictures), names, unread)


def _source_name(source: Any, number: int) -> str:
    return os.path.basename(os.fspath(source)) if isinstance(source, (str, os.PathLike)) else f"picture {number + 1}"


def to_bytes(pictures: np.ndarray) -> np.ndarray:
    """Return pictures in [-1, 1] as uint8, clipped and rounded as a saved file would be."""
    return np.rint((np.clip(pictures, -1, 1) + 1) * 127.5).astype(np.uint8)


def luminance(pictures: np.ndarray) -> np.ndarray:
    """Return the brightness of uint8 RGB pictures, float32 in 0 to 255: shape (…, height, width)."""
    return pictures.astype(np.float32) @ _LUMINANCE
