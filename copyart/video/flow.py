"""Optical flow between neighbouring frames: the position of each pixel in the previous frame.

A pyramid of iterated Lucas-Kanade steps on small grey frames, in NumPy. It is fast rather than exact. Where the flow
is wrong, the warped frame differs from the actual one, so the previous painting is not blended in there.

Reference:
    Bouguet 2001, "Pyramidal implementation of the affine Lucas Kanade feature tracker".
"""

import itertools

import numpy as np
from PIL import Image

#: Longest side at which motion is estimated, in pixels.
LONGEST = 320
#: Side of the window whose pixels are taken to move alike, and number of steps at each level of the pyramid.
_WINDOW, _STEPS = 9, 4
#: Smallest side of a level of the pyramid.
_SMALLEST = 12
#: Added to the mean squared gradients (of grey values in [0, 255]) of a window. Where the gradients are much smaller,
#: there is no texture to follow, so the motion found on the next smaller frame of the pyramid is kept.
_FLAT = 4.0
#: Longest step at one level, in pixels.
_LONGEST_STEP = 2.0
#: Number of blocks along the longer side of the warping mesh, and the shortest side that a block may have, in pixels.
_BLOCKS, _FINEST_BLOCK = 80, 8


def small_grey_frame(picture: Image.Image) -> np.ndarray:
    """Return a small grey version of a frame for motion estimation: float32 (height, width) in [0, 255]."""
    scale = min(1.0, LONGEST / max(picture.size))
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    small = picture if size == picture.size else picture.resize(size, Image.Resampling.BOX)
    return np.asarray(small.convert("L"), np.float32)


def optical_flow(before: np.ndarray, now: np.ndarray) -> np.ndarray:
    """Estimate the motion between two frames.

    Args:
        before: The earlier frame, float32 (height, width) in [0, 255].
        now: The later frame, of the same shape.

    Returns:
        float32 (2, height, width): for each pixel of `now`, the offset down and to the right of its position in
        `before`.
    """
    pyramid = [(before, now)]
    while min(pyramid[-1][0].shape) >= 2 * _SMALLEST:
        earlier, later = pyramid[-1]
        pyramid.append((_halve_frame(earlier), _halve_frame(later)))
    flow = np.zeros((2, *pyramid[-1][0].shape), np.float32)
    for level in reversed(pyramid):
        flow = _refine_flow(_resize_flow(flow, level[0].shape), *level)
    return flow


def _refine_flow(flow: np.ndarray, before: np.ndarray, now: np.ndarray) -> np.ndarray:
    down, right = np.gradient(now) if min(now.shape) > 1 else (np.zeros_like(now),) * 2
    yy, xx, xy = _box_filter(down * down) + _FLAT, _box_filter(right * right) + _FLAT, _box_filter(down * right)
    determinant = yy * xx - xy * xy
    for _ in range(_STEPS):
        difference = now - _warp_array(before, flow)
        y, x = _box_filter(down * difference), _box_filter(right * difference)
        step = np.stack([xx * y - xy * x, yy * x - xy * y]) / determinant
        flow = flow + np.clip(step, -_LONGEST_STEP, _LONGEST_STEP)
    return np.stack([_box_filter(part, 5) for part in flow])


def _warp_array(picture: np.ndarray, flow: np.ndarray) -> np.ndarray:
    """Sample a picture, float32 (height, width), at the positions of a flow. Outside, border pixels are repeated."""
    height, width = picture.shape
    y = np.clip(flow[0] + np.arange(height, dtype=np.float32)[:, None], 0, height - 1)
    x = np.clip(flow[1] + np.arange(width, dtype=np.float32), 0, width - 1)
    top, left = y.astype(np.int32), x.astype(np.int32)
    y, x = y - top, x - left
    place = top * width + left
    beside = (left < width - 1).astype(np.int32)
    below = (top < height - 1) * np.int32(width)
    flat = picture.ravel()
    upper = _interpolate(flat, place, place + beside, x)
    lower = _interpolate(flat, place + below, place + below + beside, x)
    return upper + (lower - upper) * y


def _interpolate(flat: np.ndarray, one: np.ndarray, other: np.ndarray, share: np.ndarray) -> np.ndarray:
    first = flat.take(one)
    return first + (flat.take(other) - first) * share


def warp_picture(picture: Image.Image, flow: np.ndarray) -> Image.Image:
    """Return a frame, or its painting, warped along the motion to the next frame.

    Motion is interpolated between the nodes of a mesh. The filter must be bicubic: after 20 warps with a bilinear
    filter, a painting has lost a fifth of its detail.

    Args:
        picture: A picture of any size and mode.
        flow: Result of `optical_flow`.
    """
    block = max(_FINEST_BLOCK, round(max(picture.size) / _BLOCKS))
    columns, rows = (max(1, round(side / block)) for side in picture.size)
    x, y = (np.round(np.linspace(0, s, n + 1)).astype(int) for s, n in zip(picture.size, (columns, rows), strict=True))
    down = y[:, None] + _resize_array(flow[0], (rows + 1, columns + 1)) * (picture.height / flow.shape[1])
    right = x + _resize_array(flow[1], (rows + 1, columns + 1)) * (picture.width / flow.shape[2])
    # Clipped, because Pillow fills areas outside the picture with black.
    corners = np.stack([right.clip(0, picture.width), down.clip(0, picture.height)], -1)
    quads = np.concatenate([corners[:-1, :-1], corners[1:, :-1], corners[1:, 1:], corners[:-1, 1:]], -1)
    boxes = [
        (left, top, end, low)
        for top, low in itertools.pairwise(y.tolist())
        for left, end in itertools.pairwise(x.tolist())
    ]
    mesh = list(zip(boxes, quads.reshape(-1, 8).tolist(), strict=True))
    return picture.transform(picture.size, Image.Transform.MESH, mesh, Image.Resampling.BICUBIC)


def _resize_flow(flow: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Resize a flow for pictures of another shape (height, width), and scale its offsets."""
    if flow.shape[1:] == shape:
        return flow
    sides = zip(flow, flow.shape[1:], shape, strict=True)
    return np.stack([_resize_array(part, shape) * np.float32(wanted / side) for part, side, wanted in sides])


def _resize_array(part: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    return np.asarray(Image.fromarray(part).resize((shape[1], shape[0]), Image.Resampling.BILINEAR))


def _halve_frame(frame: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(frame).reduce(2))


def _box_filter(values: np.ndarray, side: int = _WINDOW) -> np.ndarray:
    """Return the mean over a window around each pixel. Border pixels are repeated."""
    for axis in (0, 1):
        pad = [(0, 0)] * 2
        pad[axis] = (side // 2 + 1, side // 2)
        sums = np.cumsum(np.pad(values, pad, "edge"), axis, np.float64)
        high = sums[side:] if axis == 0 else sums[:, side:]
        low = sums[:-side] if axis == 0 else sums[:, :-side]
        values = ((high - low) / side).astype(np.float32)
    return values
