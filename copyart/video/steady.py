"""Steady painting: still areas of a film keep their strokes, and moving areas take their strokes along.

If each frame is painted by itself, its strokes differ from the previous frame's, and the film flickers. So the previous
painting is warped along the motion and blended in wherever the film itself has not changed.
"""

from typing import NamedTuple

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from copyart.errors import ConfigError
from copyart.video.flow import optical_flow, small_grey_frame, warp_picture

#: Default steadiness. docs/video.md has the measurements.
STEADY = 0.8
#: Share of the previous painting at steadiness 1: where the film is still, and where it moves by a pixel or more. The
#: second share is lower, because warping costs some sharpness in every frame.
_STILL, _MOVING = 1.0, 0.65
#: Change of colour, in grey levels, that lowers the previous painting's share of a pixel to 1/e. Camera noise is less.
_CHANGE = 10.0
#: Longest side of the frames that are compared, and radius of the blur that removes their noise.
_LONGEST, _RADIUS = 480, 2
#: Motion below this, in pixels of the small frames, counts as none, because warping costs sharpness.
_STILLNESS = 0.15
#: A new shot starts below both of these: the unchanged fraction of the area, and the fraction of colours in common.
_CUT_UNCHANGED, _CUT_COLOURS = 0.35, 0.75


class FrameChange(NamedTuple):
    """The change from the previous frame to this one.

    Args:
        flow: Result of `optical_flow`.
        share: Share of the previous painting in the blend at each pixel, a small picture of mode L.
    """

    flow: np.ndarray
    share: Image.Image


def check_steady(steady: float) -> None:
    """Raise a ConfigError if a steadiness lies outside 0 to 1."""
    if not 0 <= steady <= 1:
        raise ConfigError(f"steady must lie in 0 to 1. Received: {steady=}. 0 paints each frame by itself.")


def compare_frames(before: Image.Image, now: Image.Image, steady: float) -> FrameChange | None:
    """Compare two frames.

    Args:
        before: The earlier frame, RGB.
        now: The later frame, RGB, of the same size.
        steady: Steadiness, in [0, 1].

    Returns:
        The change, or None if a new shot begins.
    """
    flow = optical_flow(small_grey_frame(before), small_grey_frame(now))
    length = np.abs(flow).max(0)
    flow *= np.clip(length / _STILLNESS - 1, 0, 1)
    small = _reduce_picture(now)
    difference = ImageChops.subtract(small, warp_picture(_reduce_picture(before), flow), 1, 128)
    levels = np.asarray(difference.filter(ImageFilter.BoxBlur(_RADIUS)), np.float32) - 128
    unchanged = np.exp(-np.square(np.abs(levels).max(-1) / _CHANGE))
    if _is_new_shot(before, now, unchanged):
        return None
    moving = np.asarray(Image.fromarray(np.clip(length, 0, 1)).resize(small.size, Image.Resampling.BILINEAR))
    share = unchanged * steady * (_STILL + (_MOVING - _STILL) * moving)
    return FrameChange(flow, Image.fromarray(np.rint(share * 255).astype(np.uint8)))


def blend_previous(painting: Image.Image, before: Image.Image, change: FrameChange) -> Image.Image:
    """Blend the previous painting into a painting where the film has not changed.

    Args:
        painting: Painting of a frame, RGB.
        before: The steady painting of the previous frame.
        change: Change between the two frames.
    """
    share = change.share.resize(painting.size, Image.Resampling.BILINEAR)
    return Image.composite(warp_picture(before, change.flow), painting, share)


def blend_by_mask(painting: Image.Image, photo: Image.Image, mask: Image.Image | None) -> Image.Image:
    """Return a painting where a mask is white, and its photo elsewhere.

    A frame is masked last, or `blend_previous` would move parts of its photo into the next painting.

    Args:
        painting: Painting of the whole photo.
        photo: The photo.
        mask: Mask of mode L, of the same size, or None to return the painting.
    """
    return painting if mask is None else Image.composite(painting, photo, mask)


def _reduce_picture(picture: Image.Image) -> Image.Image:
    scale = min(1.0, _LONGEST / max(picture.size))
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture if scale == 1 else picture.resize(size, Image.Resampling.BOX)


def _is_new_shot(before: Image.Image, now: Image.Image, unchanged: np.ndarray) -> bool:
    """Tell whether two frames differ both pixel by pixel and in their overall colours."""
    return float(unchanged.mean()) < _CUT_UNCHANGED and _histogram_overlap(before, now) < _CUT_COLOURS


def _histogram_overlap(before: Image.Image, now: Image.Image) -> float:
    """Return the overlap of two frames' colour histograms, in [0, 1]."""
    counts = [np.reshape(_reduce_picture(each).histogram(), (3, 16, 16)).sum(-1) for each in (before, now)]
    return np.minimum(*counts).sum() / counts[0].sum()
