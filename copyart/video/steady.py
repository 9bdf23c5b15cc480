"""Steady painting: what stands still in the film stands still in the painting, and what moves takes its strokes along.

Painted by itself, each frame gets strokes of its own, and the film flickers. So the painting before is moved to where
the film has moved, and shows through wherever the film itself has not changed.
"""

from typing import NamedTuple

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from copyart.errors import ConfigError
from copyart.video.flow import grey, moved_by, optical_flow

#: How steady films are unless told otherwise. Measured: docs/video.md.
STEADY = 0.8
#: Share of the painting before where the film stands still, and where it moves a pixel or more, at steadiness 1.
#: Where it moves, every step costs some sharpness.
_STILL, _MOVING = 1.0, 0.65
#: Change of colour, in levels of 255, at which the share has fallen to 1/e: more than the noise of a good camera.
_CHANGE = 10.0
#: Longest side of the frames in which changes are looked for, and the radius over which noise is averaged out there.
_LONGEST, _RADIUS = 480, 2
#: Motion that counts as none, in pixels of the small frames in which motion is estimated: moving costs sharpness.
_STILLNESS = 0.15
#: A frame is the first of a shot where less than this share of it is as before, and so little of its colours.
_CUT_UNCHANGED, _CUT_COLOURS = 0.35, 0.75


class Change(NamedTuple):
    """How a frame differs from the one before.

    Args:
        flow: Where its pixels were, as `optical_flow` returns it.
        share: How much of the painting before shows, a picture of mode L, small.
    """

    flow: np.ndarray
    share: Image.Image


def check_steady(steady: float) -> None:
    """Raise a ConfigError if a steadiness lies outside 0 to 1."""
    if not 0 <= steady <= 1:
        raise ConfigError(f"steady must lie in 0 to 1. Received: {steady=}. 0 paints each frame by itself.")


def change_between(before: Image.Image, now: Image.Image, steady: float) -> Change | None:
    """Compare two frames.

    Args:
        before: The earlier frame, RGB.
        now: The later one, of the same size.
        steady: How steady the painting is to be, in [0, 1].

    Returns:
        The change, or None where a new shot begins.
    """
    flow = optical_flow(grey(before), grey(now))
    length = np.abs(flow).max(0)
    flow *= np.clip(length / _STILLNESS - 1, 0, 1)
    small = _small(now)
    difference = ImageChops.subtract(small, moved_by(_small(before), flow), 1, 128)
    difference = np.asarray(difference.filter(ImageFilter.BoxBlur(_RADIUS)), np.float32) - 128
    unchanged = np.exp(-np.square(np.abs(difference).max(-1) / _CHANGE))
    if unchanged.mean() < _CUT_UNCHANGED and _colours_in_common(before, now) < _CUT_COLOURS:
        return None
    moving = np.asarray(Image.fromarray(np.clip(length, 0, 1)).resize(small.size, Image.Resampling.BILINEAR))
    share = unchanged * steady * (_STILL + (_MOVING - _STILL) * moving)
    return Change(flow, Image.fromarray(np.rint(share * 255).astype(np.uint8)))


def steadied(painting: Image.Image, before: Image.Image, change: Change) -> Image.Image:
    """Return a painting in which the painting before shows where the film has not changed.

    Args:
        painting: Of a frame, RGB.
        before: The steady painting of the frame before.
        change: Between the two frames.
    """
    share = change.share.resize(painting.size, Image.Resampling.BILINEAR)
    return Image.composite(moved_by(before, change.flow), painting, share)


def _small(picture):
    scale = min(1.0, _LONGEST / max(picture.size))
    size = tuple(max(1, round(side * scale)) for side in picture.size)
    return picture if scale == 1 else picture.resize(size, Image.Resampling.BOX)


def _colours_in_common(before, now):
    """Return the share of two frames' colours that both have, in [0, 1]."""
    counts = [np.reshape(_small(each).histogram(), (3, 16, 16)).sum(-1) for each in (before, now)]
    return np.minimum(*counts).sum() / counts[0].sum()
