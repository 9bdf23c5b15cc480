"""Paints a landscape: layers of curved, bristled strokes, a bold palette, dark contours, relief."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw
from sample_camera import resized, to_bytes, toned
from sample_noise import blur, fractal, mix, sample
from sample_scene import ink, rgb

LUMA = np.array([0.299, 0.587, 0.114], np.float32)

# Pigments of the 1880s, from dark to light; a mixed stroke leans toward the nearest.
PIGMENTS = np.array(
    [
        rgb(24, 30, 66),  # Prussian blue
        rgb(32, 52, 138),  # ultramarine
        rgb(44, 96, 182),  # cobalt blue
        rgb(70, 148, 204),  # cerulean
        rgb(158, 204, 226),  # cerulean and white
        rgb(22, 78, 62),  # viridian
        rgb(62, 124, 60),  # emerald and ochre
        rgb(136, 168, 62),  # yellow green
        rgb(198, 202, 98),  # yellow green and white
        rgb(240, 202, 48),  # chrome yellow
        rgb(250, 228, 128),  # chrome yellow and white
        rgb(226, 152, 36),  # orange chrome
        rgb(214, 84, 38),  # vermilion
        rgb(140, 48, 42),  # red lake
        rgb(172, 118, 56),  # ochre
        rgb(92, 58, 48),  # umber
        rgb(104, 84, 150),  # violet
        rgb(196, 160, 190),  # violet and white
        rgb(244, 238, 218),  # lead white
    ]
)


@dataclass(frozen=True)
class Layer:
    """One pass over the canvas; lengths in parts of the picture's height."""

    width: float
    length: float
    spacing: float  # between strokes, in stroke widths
    jitter: float  # of colour
    only_detail: float  # the part of the canvas, the calmest, that this pass leaves alone
    tolerance: float = 0.4  # how far the subject's colour may change under one stroke


LAYERS = (
    Layer(width=0.066, length=0.27, spacing=0.62, jitter=0.05, only_detail=0.0),
    Layer(width=0.036, length=0.17, spacing=0.72, jitter=0.07, only_detail=0.1),
    Layer(width=0.021, length=0.10, spacing=0.80, jitter=0.06, only_detail=0.5, tolerance=0.32),
    Layer(width=0.013, length=0.05, spacing=0.90, jitter=0.04, only_detail=0.82, tolerance=0.25),
)
CONTOUR = Layer(width=0.0085, length=0.1, spacing=1, jitter=0.03, only_detail=0)
CONTOUR_SHARE = 0.014  # of the pixels on a strong edge, those that start a dark stroke


class Canvas:
    """Colour and thickness of the paint, drawn on together."""

    def __init__(self, height, width, ground):
        self.colour = Image.new("RGB", (width, height), ink(ground))
        self.thickness = Image.new("L", (width, height), 96)
        self.brush, self.knife = ImageDraw.Draw(self.colour), ImageDraw.Draw(self.thickness)

    def hair(self, points, colour, thickness, width):
        """The mark of one hair of the brush."""
        path = [tuple(p) for p in points.tolist()]
        self.brush.line(path, fill=ink(colour), width=width, joint="curve")
        self.knife.line(path, fill=int(np.clip(thickness, 0, 255)), width=width, joint="curve")


def painting(rng, picture, width, height):
    """An 8-bit painting of `picture`, a float RGB array in [0, 1], at the size given."""
    subject = bold(picture)
    angles, contrast = flow(rng, subject)
    canvas = Canvas(*subject.shape[:2], ground=mix(rgb(150, 108, 60), rgb(70, 90, 130), rng.uniform()))
    for layer in LAYERS:
        lay(rng, canvas, subject, angles, contrast, layer)
    outline(rng, canvas, subject, angles)
    return to_bytes(resized(relief(canvas), width, height))


def bold(picture):
    """The subject as this painter sees it: saturated, of strong contrast, its shadows blue."""
    grey = picture @ LUMA
    level = grey.mean()
    vivid = np.clip(mix(grey[..., None], picture, 1.55), 0, 1)
    vivid = np.clip(level + (vivid - level) * 1.15 + (0.5 - level) * 0.35, 0, 1)
    shade = np.clip(0.45 - grey, 0, 0.45)[..., None]
    return np.clip(vivid + shade * np.array([-0.05, 0.0, 0.4], np.float32), 0, 1).astype(np.float32)


def flow(rng, subject):
    """The direction of the brush at each pixel, along the forms, and the local contrast.

    The structure tensor's minor axis runs along an edge; where there is no edge the brush follows
    slow whirls instead. Both are averaged as doubled angles, since a stroke has no sense of forward.
    """
    height = len(subject)
    grey = blur(subject @ LUMA, 0.006 * height)
    down, across = np.gradient(grey)
    xx, yy, xy = (blur(product, 0.014 * height) for product in (across**2, down**2, across * down))
    strength = np.hypot(xx - yy, 2 * xy)
    along = 0.5 * np.arctan2(2 * xy, xx - yy) + np.pi / 2
    y, x = np.mgrid[0:height, 0 : subject.shape[1]] / height
    whirl = np.pi * 2.2 * (sample(fractal(rng, 2.6), 0.4 * x, 0.55 * y) - 0.5)
    weight = strength / (strength + np.percentile(strength, 55) + 1e-9)
    doubled = [mix(f(2 * whirl), f(2 * along), weight) for f in (np.cos, np.sin)]
    return 0.5 * np.arctan2(doubled[1], doubled[0]), np.sqrt(xx + yy)


def lay(rng, canvas, subject, angles, contrast, layer):
    """One pass: strokes from a jittered grid, in random order."""
    height, width = angles.shape
    step = layer.width * layer.spacing * height
    rows, columns = np.mgrid[0 : height : step * 1.5, 0 : width : step * 1.5]
    spots = np.stack([columns.ravel(), rows.ravel()], axis=1)
    spots = rng.permutation(spots + rng.uniform(-step, step, spots.shape))
    calm = at(contrast, spots) < np.quantile(contrast, layer.only_detail)
    spots = spots[~calm | (rng.uniform(size=len(spots)) < 0.2)]
    smooth = blur(subject, layer.width * height * 0.3)
    lines = follow(rng, angles, smooth, spots, layer)
    for line, colour in zip(lines, at(smooth, spots), strict=True):
        mark(rng, canvas, line, pigment(rng, colour, layer.jitter), layer.width * height)


def at(values, spots):
    """The pixels of `values` nearest to each (x, y)."""
    limit = np.array(values.shape[1::-1]) - 1
    column, row = np.clip(spots, 0, limit).astype(int).T
    return values[row, column]


def follow(rng, angles, smooth, spots, layer):
    """From each spot a curve along the flow, as far as the subject keeps the colour it starts with."""
    height = len(angles)
    pace = 0.22 * layer.width * height + 2
    steps = layer.length * height * rng.uniform(0.6, 1.15, len(spots)) / pace
    heading = at(angles, spots) + rng.choice((0, np.pi), len(spots))
    places, own, length = [spots], at(smooth, spots), np.full(len(spots), 1)
    going = np.full(len(spots), True)
    for step in range(1, int(steps.max()) + 1):
        turn = at(angles, places[-1])
        heading = turn + np.pi * np.round((heading - turn) / np.pi)
        places.append(places[-1] + pace * np.stack([np.cos(heading), np.sin(heading)], axis=1))
        left_form = np.abs(at(smooth, places[-1]) - own).sum(axis=1) > layer.tolerance
        going &= (step < steps) & ~(left_form & (step > 3))
        length += going
    return [curve[:count] for curve, count in zip(np.stack(places, axis=1), length, strict=True)]


def pigment(rng, colour, jitter):
    """The subject's colour, leaned toward a tube of paint, and never mixed twice the same."""
    seen = colour + rng.normal(0, jitter, 3) + rng.normal(0, jitter)
    distance = ((PIGMENTS - seen) ** 2 * (1.2, 2.0, 1.0)).sum(axis=1)
    nearest = PIGMENTS[np.argsort(distance)[int(rng.uniform() < 0.18)]]
    return mix(seen, nearest, rng.uniform(0.35, 0.7))


def mark(rng, canvas, line, colour, width):
    """One stroke: parallel hairs, each a little lighter or darker, ragged at both ends, thick at the rims."""
    if len(line) < 3:
        return
    tangent = np.gradient(line, axis=0)
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-6
    taper = np.minimum(1, 0.45 + 1.6 * np.sin(np.pi * np.linspace(0.04, 0.96, len(line))))[:, None]
    hairs = max(4, round(width / 2.4))
    load = rng.uniform(0.75, 1.15)
    for place in rng.permutation(np.linspace(-0.5, 0.5, hairs)):
        first, last = rng.integers(0, max(1, len(line) // 5), 2)
        path = (line + normal * taper * place * width)[first : len(line) - last]
        if len(path) < 2:
            continue
        light = rng.normal(0, 0.05)
        rim = 40 * (abs(place) > 0.36) + rng.normal(0, 34)
        canvas.hair(path, colour + light, 128 * load + rim, max(2, round(width / hairs * 1.35)))


def outline(rng, canvas, subject, angles):
    """Dark strokes of Prussian blue or umber along the strongest edges of dark forms, as contours."""
    height = len(angles)
    grey = blur(subject @ LUMA, 0.01 * height)
    edge = np.hypot(*np.gradient(grey))
    strong = max(np.quantile(edge, 0.95), 0.012)
    rows, columns = np.nonzero((edge > strong) & (grey < 0.62))
    chosen = rng.permutation(len(rows))[: int(len(rows) * CONTOUR_SHARE)]
    spots = np.stack([columns, rows], axis=1)[chosen].astype(float)
    beside = (edge < 0.6 * strong).astype(np.float32)[..., None]
    for line in follow(rng, angles, beside, spots, CONTOUR):
        dark = rgb(22, 28, 64) if rng.uniform() < 0.7 else rgb(70, 36, 40)
        mark(rng, canvas, line, dark + rng.normal(0, 0.03, 3), CONTOUR.width * height)


def relief(canvas):
    """The canvas lit from the upper left, so that the ridges of the paint stand out."""
    colour = np.asarray(canvas.colour, np.float32) / 255
    thickness = blur(np.asarray(canvas.thickness, np.float32) / 255, 1.0)
    down, across = np.gradient(thickness)
    light = np.clip(-1.6 * (across + down), -0.2, 0.24)[..., None]
    return np.clip(toned(colour, 1.08) + light * (0.35 + colour), 0, 1)
