"""Find the people in a photo, to leave them unpainted or paint them weakly.

The network is MediaPipe's selfie segmentation: 0.2 MB, Apache License 2.0 (data/people.LICENSE.txt). It was trained on
people near the camera. To find smaller people, the photo is also searched in overlapping squares.

Reference: https://developers.google.com/ml-kit/vision/selfie-segmentation; scripts/make_people_network.py.
"""

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from copyart.errors import ConfigError

NETWORK = Path(__file__).parent / "data" / "people.onnx"
#: Side of the network's input, in pixels.
_SIDE = 256
#: Sides of the searched squares, as fractions of the photo's shorter side, and the fraction by which they overlap.
_SCALES, _STEP = (1.0, 0.6), 0.5
#: Before people are looked for, a photo is reduced until its longer side has at most this many pixels: the smallest
#: squares then still have enough pixels for the network.
_LONGEST = 1024
#: A probability below the first number counts as 0, one above the second as 1.
_SURELY_NONE, _SURELY_PEOPLE = 0.5, 0.9
KEEPABLE = ("people",)


def parse_keep(keep: str) -> float:
    """Return by how much to keep people unpainted, from 0 (not at all) to 1: 0.5 for `people:0.5`, 1 for `people`.

    Raises:
        ConfigError: if the text has another form.
    """
    what, _, amount = keep.partition(":")
    try:
        share = float(amount) if amount else 1.0
    except ValueError:
        share = -1.0
    if what not in KEEPABLE or not 0 <= share <= 1 or keep.endswith(":"):
        raise ConfigError(
            f"keep must be people, or people:SHARE with a share from 0 to 1. Received: {keep[:80]!r}. people:0.5 "
            "paints them at half strength."
        )
    return share


def find_people(photo: Image.Image) -> Image.Image:
    """Return a mask of the people in a photo.

    Args:
        photo: An RGB image.

    Returns:
        An image of mode L with at most 1024 pixels a side; people are 255.
    """
    small = photo.copy() if max(photo.size) <= _LONGEST else photo.reduce(max(1, max(photo.size) // _LONGEST))
    small.thumbnail((_LONGEST, _LONGEST), Image.Resampling.BILINEAR)
    found = _people_probability(small, (0, 0, small.width, small.height))
    for box in _search_boxes(small.size):
        left, top, right, bottom = box
        part = found[top:bottom, left:right]
        np.maximum(part, _people_probability(small, box), out=part)
    levels = np.clip((found - _SURELY_NONE) / (_SURELY_PEOPLE - _SURELY_NONE), 0, 1)
    return Image.fromarray(np.rint(255 * levels).astype(np.uint8))


def _search_boxes(size: tuple[int, int]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the boxes of overlapping squares that cover an image, for each scale."""
    for scale in _SCALES:
        side = max(1, round(scale * min(size)))
        tops, lefts = ([*range(0, length - side, max(1, round(_STEP * side))), length - side] for length in size[::-1])
        yield from ((left, top, left + side, top + side) for top in tops for left in lefts)


def _people_probability(image: Image.Image, box: tuple[int, int, int, int]) -> np.ndarray:
    """Return the probability of people at each pixel of a box, float32 (height, width)."""
    view = image.resize((_SIDE, _SIDE), Image.Resampling.BILINEAR, box=box)
    photo = np.asarray(view, np.float32)[None] / np.float32(255)
    people = Image.fromarray(_open_session().run(None, {"photo": photo})[0][0, 0])
    return np.array(people.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.BILINEAR))


@functools.cache
def _open_session() -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise ConfigError(
            "finding people needs onnxruntime. Received: an import error. Install it: pip install onnxruntime"
        ) from error
    from copyart.engine.onnx_engine import session_options

    return onnxruntime.InferenceSession(str(NETWORK), session_options(), providers=["CPUExecutionProvider"])
