"""Strokes as large as the picture wants: the large ones of a small painting, the fine ones of a large one."""

import math

import numpy as np
from PIL import Image

from copyart.painting.resampling import Resampling, bicubic, lanczos

#: In a picture of as many pixels as this square strokes are seen that are as large as those learnt: the bundled styles
#: learnt from pictures of some 300 pixels, and look painted up to twice that.
SEEN_AT = 512
#: How much too small strokes must be to be painted larger unasked: it takes a second painting.
_WORTH = 1.5
#: Least side in pixels of the small painting: below it there is nothing left to paint.
_SMALLEST = 64
#: Rows that are reduced at a time: few enough for a processor's cache.
_ROWS = 64


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


def add_large_strokes(painting, coarse):
    """Give a painting, in place, the large strokes of another, of the same photo reduced; it keeps its fine ones.

    What is coarse in the painting, that is, what is left of it at the other's size, is exchanged for the other; it is
    reduced as the photo was for the other.

    Args:
        painting: An RGB picture.
        coarse: A smaller one.
    """
    change = np.asarray(coarse, np.float32) - _reduced(painting, coarse.size)
    across = Resampling(coarse.width, painting.width, bicubic)
    wide = np.empty((coarse.height, painting.width, 3), np.float32)
    for channel in range(3):
        wide[:, :, channel] = across.columns(change[:, :, channel])
    top = 0
    for rows in Resampling(coarse.height, painting.height, bicubic).row_blocks(wide.reshape(coarse.height, -1)):
        rows = rows.reshape(len(rows), painting.width, 3)
        rows += _rows(painting, top, top + len(rows))
        np.clip(np.rint(rows, out=rows), 0, 255, out=rows)
        painting.paste(Image.fromarray(rows.astype(np.uint8)), (0, top))
        top += len(rows)


def _reduced(painting, size):
    """Return a painting at a smaller size, float32 in [0, 255], as the photo was reduced, but not rounded.

    Rounded, a level more or less in the painting would be one on large strokes. As where bytes are reduced, it ends at
    black and white after each way.
    """
    across = Resampling(painting.width, size[0], lanczos)
    narrow = np.empty((3, painting.height, size[0]), np.float32)
    for top in range(0, painting.height, _ROWS):
        rows = np.moveaxis(_rows(painting, top, top + _ROWS), 2, 0).astype(np.float32, order="C")
        found = across.columns(rows.reshape(-1, painting.width)).clip(0, 255)
        narrow[:, top : top + _ROWS] = found.reshape(3, -1, size[0])
    down = Resampling(painting.height, size[1], lanczos)
    return np.stack([down.rows(band).clip(0, 255) for band in narrow], axis=2)


def _rows(painting, top, bottom):
    """Return rows of a picture, uint8 (rows, width, 3); fewer at its end."""
    return np.asarray(painting.crop((0, top, painting.width, min(bottom, painting.height))))
