"""Pictures as rows of bytes, with sides that a generator takes; so that a large one is never held twice."""

import numpy as np
from PIL import Image

#: Sides go in as multiples of 4, because generators halve twice; below 16 px they could not mirror.
MULTIPLE, SMALLEST = 4, 16


class PaddedRows:
    """The rows of a picture, mirrored to the right and below up to sides that a generator takes.

    Args:
        image: An RGB picture.
        fixed: Whether height and width are as the generator wants them. Defaults to neither.

    Example:
        >>> PaddedRows(Image.new("RGB", (30, 18)))[:16].shape
        (16, 32, 3)
    """

    def __init__(self, image, fixed=(False, False)):
        self._image = image
        sides = zip((image.height, image.width), fixed, strict=True)
        #: Height, width and channels, the padding included.
        self.shape = (*(side if same else _padded(side) for side, same in sides), 3)

    def __getitem__(self, rows):
        """Return rows as bytes, uint8 (rows, width, 3), for a slice without a step."""
        low, high, _ = rows.indices(self.shape[0])
        height, width = self._image.height, self._image.width
        mirrored = _mirrored(np.arange(low, high), height)
        first, last = mirrored.min(), mirrored.max() + 1
        strip = np.asarray(self._image.crop((0, first, width, last)))
        if high > height:
            strip = strip[mirrored - first]
        if self.shape[1] > width:
            strip = strip[:, _mirrored(np.arange(self.shape[1]), width)]
        return strip


class PictureSink:
    """A picture that is written in strips of rows; what lies outside of it is dropped.

    Args:
        size: Width and height.
    """

    def __init__(self, size):
        self.image = Image.new("RGB", size)

    def __setitem__(self, rows, strip):
        self.image.paste(Image.fromarray(np.ascontiguousarray(strip[:, : self.image.width])), (0, rows.start))


def _padded(side):
    return max(SMALLEST, -(-side // MULTIPLE) * MULTIPLE)


def _mirrored(places, side):
    """Return where each place falls when a side is mirrored again and again; a side of one pixel is repeated."""
    period = max(2 * (side - 1), 1)
    return (side - 1) - abs(places % period - (side - 1)) if side > 1 else places * 0
