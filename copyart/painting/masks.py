"""Masks: a photo is painted where the mask is white, and stays as it is where the mask is black."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from copyart.data.images import SUFFIX_FORMATS, list_images, read_image
from copyart.errors import ConfigError, ImageError

#: Radius of the blur that softens the edges of a mask, as a fraction of the photo's shorter side.
FEATHER = 0.005
#: Maximum number of pixels of a mask that is blurred. For a larger photo, a smaller mask is blurred and then enlarged.
_MOST_PIXELS = 1 << 22


def read_mask(mask: Any, size: tuple[int, int]) -> Image.Image:
    """Return a mask at the size of a photo, with soft edges.

    Args:
        mask: A path, bytes, binary file, PIL image, or an array (height, width) of bool, of uint8, or of floats in
            [0, 1]. It may have any size, but must have roughly the proportions of the photo. Transparent parts count as
            black, and only the first picture of an animation counts.
        size: Width and height of the photo.

    Returns:
        An image of mode L: 255 is painted, 0 stays photo.

    Raises:
        ImageError: if the mask cannot be read.
        ConfigError: if the mask's proportions differ from the photo's by more than a tenth.
    """
    image = _to_grey(mask)
    if not 0.9 < image.width * size[1] / (image.height * size[0]) < 1 / 0.9:
        raise ConfigError(
            f"a mask must have the proportions of the photo. Received: a mask of {image.width} × {image.height} for a "
            f"photo of {size[0]} × {size[1]}. Crop it like the photo."
        )
    return resize_and_soften(image, size)


def resize_and_soften(mask: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Resize a mask of mode L to a photo's size, and blur its edges by `FEATHER`."""
    scale = min(1.0, (_MOST_PIXELS / (size[0] * size[1])) ** 0.5)
    small = tuple(max(1, round(side * scale)) for side in size)
    blurred = mask.resize(small, Image.Resampling.BILINEAR).filter(ImageFilter.GaussianBlur(FEATHER * min(small)))
    return blurred if small == size else blurred.resize(size, Image.Resampling.BILINEAR)


def mask_paths(photos: Sequence[Path | str], mask: str | os.PathLike) -> list[Path]:
    """Return the path of each photo's mask: the given file, or, in the given folder, the file with the photo's name.

    Raises:
        ConfigError: if the path does not exist, the folder lacks a mask for a photo, or one file is given for several
            photos.
    """
    place = os.path.expanduser(mask)
    if not os.path.isdir(place):
        if not os.path.isfile(place):
            raise ConfigError(
                f"a mask must be a file or a folder. Received: {str(mask)!r}, which does not exist. Check the path."
            )
        if len(photos) > 1:
            raise ConfigError(
                f"several photos need a folder of masks. Received: {str(mask)!r} for {len(photos)} photos. Give a "
                "folder that has a mask named like each photo."
            )
        return [Path(place)] * len(photos)
    found = {path.stem: path for path in list_images(place, tuple(SUFFIX_FORMATS))}
    missing = next((photo for photo in photos if Path(photo).stem not in found), None)
    if missing is not None:
        raise ConfigError(
            f"a folder of masks must have a mask for each photo. Received: {str(mask)!r}, which has none for "
            f"{str(missing)!r}. Add {Path(missing).stem}.png."
        )
    return [found[Path(photo).stem] for photo in photos]


def _to_grey(mask: Any) -> Image.Image:
    if isinstance(mask, np.ndarray):
        return Image.fromarray(_to_grey_levels(mask))
    image = mask if isinstance(mask, Image.Image) else read_image(mask)
    if "A" in image.getbands():
        black = Image.new("RGBA", image.size, (0, 0, 0, 255))
        image = Image.alpha_composite(black, image.convert("RGBA"))
    return image.convert("L")


def _to_grey_levels(array: np.ndarray) -> np.ndarray:
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.ndim != 2 or not array.size:
        raise ImageError(f"a mask must have the shape (height, width). Received: {array.shape}. Use one channel.")
    if array.dtype == np.uint8:
        return array
    if array.dtype.kind not in "bf" or not (np.isfinite(array).all() and array.min() >= 0 and array.max() <= 1):
        raise ImageError(
            f"a mask must hold bool, uint8, or floats in 0 to 1. Received: {array.dtype} in "
            f"{array.min()} to {array.max()}. Divide it by its largest value."
        )
    return np.rint(255 * array.astype(np.float32)).astype(np.uint8)
