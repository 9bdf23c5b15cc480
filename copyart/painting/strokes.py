"""Strokes as large as the picture wants: the large ones of a small painting, the fine ones of a large one."""

import math

import numpy as np
from PIL import Image

#: In a picture of as many pixels as this square strokes are seen that are as large as those learnt: the bundled styles
#: learnt from pictures of some 300 pixels, and look painted up to twice that.
SEEN_AT = 512
#: How much too small strokes must be to be painted larger unasked: it takes a second painting.
_WORTH = 1.5
#: Least side in pixels of the small painting: below it there is nothing left to paint.
_SMALLEST = 64
#: Rows that are reduced or changed at a time, to bound memory.
_ROWS = 256


def stroke_scale(size, brush=None):
    """Return how many times as large as learnt the largest strokes of a picture are to be, 1 at least.

    Args:
        size: Width and height in pixels.
        brush: What was asked for. Defaults to None: such strokes as would be seen in a picture of 512 by 512 pixels.
    """
    if brush is None:
        wanted = math.sqrt(size[0] * size[1]) / SEEN_AT
        brush = wanted if wanted >= _WORTH else 1.0
    return max(1.0, min(brush, min(size) / _SMALLEST))


def with_large_strokes(painting, coarse):
    """Give a painting the large strokes of another, of the same photo reduced, and leave it its fine ones.

    What is coarse in the painting, that is, what is left of it at the other's size, is exchanged for the other; it is
    reduced as the photo was for the other.

    Args:
        painting: An RGB picture.
        coarse: A smaller one.

    Returns:
        An RGB picture of the painting's size.
    """
    change = np.asarray(coarse, np.float32) - _reduced(painting, coarse.size)
    bands = [Image.fromarray(band) for band in np.moveaxis(change, 2, 0)]
    scale = coarse.height / painting.height
    result = Image.new("RGB", painting.size)
    for top in range(0, painting.height, _ROWS):
        bottom = min(top + _ROWS, painting.height)
        place, shape = (0, top, painting.width, bottom), (painting.width, bottom - top)
        box = (0, top * scale, coarse.width, bottom * scale)
        change = [np.asarray(band.resize(shape, Image.Resampling.BICUBIC, box)) for band in bands]
        rows = np.rint(np.asarray(painting.crop(place), np.float32) + np.stack(change, axis=2))
        result.paste(Image.fromarray(rows.clip(0, 255).astype(np.uint8)), place)
    return result


def _reduced(painting, size):
    """Return a painting at a smaller size, float32 in [0, 255], as the photo was reduced, but not rounded.

    Rounded, a level more or less in the painting would be one on large strokes.
    """
    narrow = np.empty((3, painting.height, size[0]), np.float32)
    for top in range(0, painting.height, _ROWS):
        part = painting.crop((0, top, painting.width, min(top + _ROWS, painting.height)))
        for rows, band in zip(narrow, np.moveaxis(np.asarray(part, np.float32), 2, 0), strict=True):
            rows[top : top + part.height] = _within(band, (size[0], part.height))
    return np.stack([_within(band, size) for band in narrow], axis=2)


def _within(band, size):
    """Reduce a band of floats one way; it ends at black and white, as it does where bytes are reduced."""
    return np.asarray(Image.fromarray(band).resize(size, Image.Resampling.LANCZOS)).clip(0, 255)
