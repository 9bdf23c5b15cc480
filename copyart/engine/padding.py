"""Pad a photo to sides that a generator accepts. Rows are padded as they are read, without a copy of the photo."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

#: Sides are padded to multiples of 4, because generators halve them twice, and to at least 16 px to mirror borders.
MULTIPLE, SMALLEST = 4, 16


class PaddedRows:
    """The rows of a photo, padded by mirroring at the bottom and right to sides that a generator accepts.

    Args:
        image: An RGB image.
        fixed: For height and width, whether this side stays unpadded. Defaults to (False, False).

    Example:
        >>> PaddedRows(Image.new("RGB", (30, 18)))[:16].shape
        (16, 32, 3)
    """

    def __init__(self, image: Image.Image, fixed: Sequence[bool] = (False, False)):
        self._image = image
        sides = zip((image.height, image.width), fixed, strict=True)
        #: Height, width and channels, with the padding.
        self.shape = (*(side if same else _padded_side(side) for side, same in sides), 3)

    def __getitem__(self, rows: slice) -> np.ndarray:
        """Return rows, uint8 (rows, width, 3), for a slice without a step."""
        low, high, _ = rows.indices(self.shape[0])
        height, width = self._image.height, self._image.width
        mirrored = _mirrored_indices(np.arange(low, high), height)
        first, last = mirrored.min(), mirrored.max() + 1
        strip = np.asarray(self._image.crop((0, first, width, last)))
        if high > height:
            strip = strip[mirrored - first]
        if self.shape[1] > width:
            strip = strip[:, _mirrored_indices(np.arange(self.shape[1]), width)]
        return strip


class PixelSink:
    """An image that is written in strips of rows. Padding outside the image is dropped.

    Args:
        size: Width and height.
    """

    def __init__(self, size: tuple[int, int]):
        self.image = Image.new("RGB", size)

    def __setitem__(self, rows: slice, strip: np.ndarray) -> None:
        self.image.paste(Image.fromarray(np.ascontiguousarray(strip[:, : self.image.width])), (0, rows.start))


def _padded_side(side: int) -> int:
    return max(SMALLEST, -(-side // MULTIPLE) * MULTIPLE)


def _mirrored_indices(places: np.ndarray, side: int) -> np.ndarray:
    """Return the source index of each pixel of a side that is mirrored repeatedly; a side of one pixel is repeated."""
    period = max(2 * (side - 1), 1)
    return (side - 1) - abs(places % period - (side - 1)) if side > 1 else places * 0
