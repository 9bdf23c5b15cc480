"""Enlarge the strokes of a large painting: combine its fine strokes with the coarse strokes of a smaller painting."""

import math

import numpy as np
from PIL import Image

from copyart.painting.resampling import Resampling, bicubic, lanczos

#: Side in pixels of the largest square image in which strokes of the trained size are easy to see. The bundled styles
#: learned from images of about 300 pixels, and look painted up to about twice that.
STROKES_VISIBLE_UP_TO = 512
#: Minimum scale at which strokes are enlarged by default. A smaller one is not worth a second painting.
_LEAST_SCALE = 1.5
#: Minimum side of the small painting, in pixels. An even smaller painting shows no strokes.
_SMALLEST = 64
#: Rows that are reduced at a time, few enough for the processor's cache.
_ROWS = 64


def stroke_scale(size: tuple[int, int], brush: float | None = None) -> float:
    """Return the size of the largest strokes to paint, as a multiple of their size in training; at least 1.

    Args:
        size: Width and height in pixels.
        brush: The requested size. Defaults to None: strokes as visible as those of size 1 at 512 × 512 pixels.
    """
    if brush is None:
        wanted = math.sqrt(size[0] * size[1]) / STROKES_VISIBLE_UP_TO
        brush = wanted if wanted >= _LEAST_SCALE else 1.0
    return max(1.0, min(brush, min(size) / _SMALLEST))


def add_large_strokes(painting: Image.Image, coarse: Image.Image) -> None:
    """Replace the coarse structure of a painting by a smaller painting of the same photo, in place.

    The coarse structure is the painting reduced to the size of the smaller one. The fine strokes stay.

    Args:
        painting: An RGB image.
        coarse: A smaller RGB image.
    """
    change = np.asarray(coarse, np.float32) - _reduce_painting(painting, coarse.size)
    across = Resampling(coarse.width, painting.width, bicubic)
    down = Resampling(coarse.height, painting.height, bicubic)
    wide = np.empty((coarse.height, painting.width, 3), np.float32)
    for channel in range(3):
        wide[:, :, channel] = across.resize_width(change[:, :, channel])
    top = 0
    for rows in down.resize_height_in_blocks(wide.reshape(coarse.height, -1)):
        rows = rows.reshape(len(rows), painting.width, 3)
        rows += _read_rows(painting, top, top + len(rows))
        np.clip(np.rint(rows, out=rows), 0, 255, out=rows)
        painting.paste(Image.fromarray(rows.astype(np.uint8)), (0, top))
        top += len(rows)


def _reduce_painting(painting: Image.Image, size: tuple[int, int]) -> np.ndarray:
    """Reduce a painting as Pillow reduces the photo, but without rounding: float32 in [0, 255].

    A rounding error of one grey level would spread over a whole large stroke. As in Pillow, values are clipped to [0,
    255] after each direction is reduced.
    """
    across = Resampling(painting.width, size[0], lanczos)
    narrow = np.empty((3, painting.height, size[0]), np.float32)
    for top in range(0, painting.height, _ROWS):
        rows = np.moveaxis(_read_rows(painting, top, top + _ROWS), 2, 0).astype(np.float32, order="C")
        found = across.resize_width(rows.reshape(-1, painting.width)).clip(0, 255)
        narrow[:, top : top + _ROWS] = found.reshape(3, -1, size[0])
    down = Resampling(painting.height, size[1], lanczos)
    return np.stack([down.resize_height(band).clip(0, 255) for band in narrow], axis=2)


def _read_rows(painting: Image.Image, top: int, bottom: int) -> np.ndarray:
    """Return rows of an image, uint8 (rows, width, 3); fewer at the bottom."""
    return np.asarray(painting.crop((0, top, painting.width, min(bottom, painting.height))))
