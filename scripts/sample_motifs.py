"""What stands in a landscape: trees, houses, grasses, flowers, a boat."""

import numpy as np
from PIL import Image, ImageDraw
from sample_noise import blur, mix, tint
from sample_scene import ink, rgb


class Drawing:
    """A picture opened for drawing with Pillow; leaving the `with` block writes it back to `picture`."""

    def __init__(self, picture):
        self.picture = picture

    def __enter__(self):
        self.image = Image.fromarray((np.clip(self.picture, 0, 1) * 255 + 0.5).astype(np.uint8))
        self.draw = ImageDraw.Draw(self.image)
        return self

    def __exit__(self, *_):
        self.picture = np.asarray(self.image, np.float32) / 255

    def dot(self, x, y, radius, colour, flat=1.0):
        self.draw.ellipse((x - radius, y - radius * flat, x + radius, y + radius * flat), fill=ink(colour))

    def line(self, points, colour, width):
        self.draw.line(
            [tuple(map(float, p)) for p in points],
            fill=ink(colour),
            width=max(1, round(width)),
            joint="curve",
        )

    def shape(self, points, colour):
        self.draw.polygon([tuple(map(float, p)) for p in points], fill=ink(colour))


def treeline(rng, scene, picture):
    """A wood far off: many small crowns along the horizon, with gaps."""
    gap = rng.uniform(0, 1, 3) * scene.width
    with Drawing(picture) as on:
        for _ in range(int(scene.width * 1.3)):
            x, size = rng.uniform(0, scene.width), scene.height * rng.uniform(0.006, 0.016)
            if np.abs(gap - x).min() < 0.07 * scene.width:
                continue
            y = scene.horizon + size * rng.uniform(-0.9, 0.7)
            on.dot(x, y, size, scene.airy(scene.season.foliage * rng.uniform(0.4, 0.85), 0.42))
    return on.picture


def trees(rng, scene, picture, number, low, high, side=False):
    """Trees of one kind with their shadows; `low` and `high` bound their feet below the horizon."""
    kinds = (bare, conifer, conifer) if scene.season.bare else (round_tree, round_tree, poplar, conifer)
    kind = kinds[rng.integers(len(kinds))]
    feet = np.sort(rng.uniform(low, high, number)) * scene.height
    for foot in feet:
        x = rng.choice((rng.uniform(0.04, 0.2), rng.uniform(0.8, 0.96))) if side else rng.uniform(0.03, 0.97)
        tall = (foot * rng.uniform(1.1, 1.7) + 0.05 * scene.height) * (1.1 if kind is poplar else 0.9)
        base = (x * scene.width, scene.horizon + foot)
        picture = shadow(scene, picture, base, tall)
        air = float(np.clip(0.4 - 1.6 * foot / scene.height, 0, 0.4))
        with Drawing(picture) as on:
            kind(rng, scene, on, base, min(tall, 0.66 * scene.height), air)
        picture = on.picture
    return picture


def shadow(scene, picture, base, tall):
    """The soft dark patch at a tree's foot, thrown away from the sun."""
    y, x = scene.grid
    throw = np.clip((base[0] - scene.sun[0]) / scene.width, -0.6, 0.6) * tall
    patch = ((x - base[0] - 0.6 * throw) / (0.3 * tall + abs(throw) * 0.5)) ** 2 + ((y - base[1]) / (0.07 * tall)) ** 2
    dark = 0.5 * np.exp(-(patch**1.5)) * (y > scene.horizon)
    return tint(picture, scene.lit(rgb(26, 34, 38)), dark)


def crown(rng, scene, on, clusters, air, dab):
    """Leaves in clusters, the dark inner ones first, the lit outer ones last."""
    toward = np.array([scene.sun[0] - scene.width / 2, scene.sun[1] - scene.horizon * 1.1])
    toward = toward / (np.linalg.norm(toward) + 1e-6)
    own = scene.season.foliage * rng.uniform(0.9, 1.1, 3)
    leaves = []
    for x, y, radius in clusters:
        count = int(np.clip(6 * (radius / dab) ** 1.5, 16, 420))
        way, out = rng.uniform(0, 2 * np.pi, count), np.sqrt(rng.uniform(0, 1, count))
        dx, dy = out * np.cos(way), out * np.sin(way) * 0.85
        light = 0.42 + 0.4 * (dx * toward[0] + dy * toward[1]) + rng.normal(0, 0.13, count)
        leaves += [(v, x + radius * i, y + radius * j) for v, i, j in zip(light, dx, dy, strict=True)]
    for light, x, y in sorted(leaves, key=lambda leaf: leaf[0] + rng.uniform(0, 0.35)):
        colour = mix(own * 0.34, mix(own * 1.28, scene.light.sun, 0.08), np.clip(light, 0, 1))
        on.dot(x, y, dab * rng.uniform(0.6, 1.25), scene.airy(colour, air), 0.75)


def trunk(scene, on, base, top, width, air):
    """A tapering stem from the ground to `top`."""
    (x, y), (tx, ty) = base, top
    bark = scene.airy(rgb(70, 56, 46), air)
    on.shape([(x - width, y), (x + width, y), (tx + width * 0.4, ty), (tx - width * 0.4, ty)], bark)
    on.shape([(x - width, y), (x - width * 0.2, y), (tx, ty), (tx - width * 0.4, ty)], bark * 0.7)


def round_tree(rng, scene, on, base, tall, air):
    """A broad tree: an oak, an olive, an apple."""
    x, y = base
    trunk(scene, on, base, (x + rng.uniform(-0.05, 0.05) * tall, y - 0.55 * tall), 0.035 * tall, air)
    clusters = []
    for _ in range(12):
        way, out = rng.uniform(0, 2 * np.pi), rng.uniform(0.1, 0.3)
        clusters.append(
            (
                x + out * tall * np.cos(way),
                y - tall * (0.64 - 0.75 * out * np.sin(way)),
                tall * rng.uniform(0.1, 0.2),
            )
        )
    crown(rng, scene, on, clusters, air, max(1.6, 0.011 * tall))


def poplar(rng, scene, on, base, tall, air):
    """A slender tree, drawn to a point."""
    x, y = base
    tall *= 1.15
    trunk(scene, on, base, (x, y - 0.5 * tall), 0.018 * tall, air)
    steps = np.linspace(0.12, 0.97, 13)
    widths = 0.1 * np.sin(np.pi * steps**0.8) ** 0.7 + 0.012
    sway = rng.normal(0, 0.012, steps.size)
    clusters = [(x + s * tall, y - t * tall, w * tall) for t, w, s in zip(steps, widths, sway, strict=True)]
    crown(rng, scene, on, clusters, air, max(1.5, 0.009 * tall))


def conifer(rng, scene, on, base, tall, air):
    """A spruce: whorls of drooping branches, shorter toward the top."""
    x, y = base
    trunk(scene, on, base, (x, y - 0.9 * tall), 0.018 * tall, air)
    green = mix(rgb(40, 62, 44), scene.season.foliage, 0.2)
    side = np.sign(scene.sun[0] - x)
    for level in np.linspace(0.12, 1, 26):
        reach = 0.25 * tall * (1.04 - level) + 1
        for _ in range(14):
            way = rng.uniform(-1, 1)
            tip = (x + way * reach, y - tall * level + abs(way) * reach * 0.55)
            colour = green * np.clip(0.72 + 0.4 * way * side + rng.normal(0, 0.16), 0.3, 1.5)
            if scene.season.bare and rng.uniform() < 0.4:
                colour = rgb(226, 232, 240)
            on.line([(x + way * reach * 0.3, y - tall * level), tip], scene.airy(colour, air), 0.014 * tall + 0.5)


def bare(rng, scene, on, base, tall, air):
    """A leafless tree, branching in two and three."""
    bark = scene.airy(rgb(62, 52, 48), air)

    def branch(x, y, way, length, width, depth):
        tx, ty = x + length * np.sin(way), y - length * np.cos(way)
        on.line([(x, y), (tx, ty)], bark * rng.uniform(0.75, 1.3), width)
        for turn in (-0.45, 0.4, 0.05)[: 0 if depth == 0 else 2 + (depth % 2)]:
            branch(
                tx,
                ty,
                way + turn + rng.normal(0, 0.14),
                length * rng.uniform(0.62, 0.8),
                width * 0.66,
                depth - 1,
            )

    branch(*base, rng.normal(0, 0.05), 0.27 * tall, 0.05 * tall, 6)


def house(rng, scene, picture):
    """A cottage: a gable, a long wall, a roof, a chimney, windows."""
    deepest = 0.04 if scene.foreground == "lake" else 0.08
    foot, x = scene.height * rng.uniform(0.02, deepest), rng.uniform(0.1, 0.85) * scene.width
    y, size = scene.horizon + foot, scene.height * rng.uniform(0.03, 0.045) + 0.5 * foot
    air, wall = 0.16, mix(rgb(236, 226, 206), rgb(206, 176, 140), rng.uniform())
    roof = mix(rgb(168, 78, 52), rgb(96, 88, 92), rng.uniform()) if not scene.season.bare else rgb(236, 240, 246)
    left, right, eaves, ridge = x, x + 2.1 * size, y - 0.85 * size, y - 1.6 * size
    gable = x - 0.85 * size
    glass = rgb(250, 206, 110) if scene.light.tone.mean() < 0.6 else rgb(70, 76, 88)
    with Drawing(picture) as on:
        lit, dim = scene.airy(wall, air), scene.airy(wall * 0.66, air)
        on.shape([(gable, y), (left, y), (left, eaves), ((gable + left) / 2, ridge), (gable, eaves)], dim)
        on.shape([(left, y), (right, y), (right, eaves), (left, eaves)], lit)
        on.shape(
            [(left, eaves), (right, eaves), (right - 0.42 * size, ridge), ((gable + left) / 2, ridge)],
            scene.airy(roof, air),
        )
        on.shape(
            [
                (right - 0.9 * size + i, ridge + j)
                for i, j in ((0, 3), (0, -0.3 * size), (0.2 * size, -0.3 * size), (0.2 * size, 3))
            ],
            dim,
        )
        for place in (0.4, 1.1, 1.65):
            a, b = left + place * size, y - 0.6 * size
            on.shape([(a, b), (a + 0.2 * size, b), (a + 0.2 * size, b + 0.28 * size), (a, b + 0.28 * size)], glass)
    return on.picture


def tufts(rng, scene, picture, top):
    """Blades of grass close to the eye, larger and clearer toward the bottom."""
    with Drawing(picture) as on:
        rows = np.sort(rng.uniform(top, 1.04, 1300)) * scene.height
        for y in rows:
            x, close = rng.uniform(0, scene.width), (y / scene.height - top) / (1.04 - top)
            length, lean = scene.height * (0.012 + 0.055 * close) * rng.uniform(0.5, 1.2), rng.normal(0, 0.4)
            colour = mix(scene.season.grass * 0.55, scene.season.crop, rng.uniform() ** 1.6) * rng.uniform(0.65, 1.1)
            tip = (x + lean * length, y - length)
            on.line([(x, y), (x + 0.2 * lean * length, y - 0.6 * length), tip], scene.lit(colour), 1 + 1.4 * close)
    return on.picture


def flowers(rng, scene, picture):
    """Flowers in drifts on the grass, small and dense far off."""
    drifts = rng.uniform(0, 1, 5) * scene.width
    with Drawing(picture) as on:
        for y in np.sort(scene.horizon + (scene.height - scene.horizon) * rng.uniform(0.12, 1, 900) ** 1.1):
            close = (y - scene.horizon) / (scene.height - scene.horizon)
            x = (rng.choice(drifts) - scene.width / 2) * (0.5 + close) + scene.width / 2
            x += rng.normal(0, 0.09) * scene.width * (0.4 + close)
            own = scene.season.flowers[rng.integers(len(scene.season.flowers))]
            on.dot(
                x,
                y,
                0.7 + 3.2 * close**1.5 * rng.uniform(0.6, 1.2),
                scene.lit(own * rng.uniform(0.8, 1.05)),
                0.7,
            )
    return on.picture


def boat(rng, scene, picture):
    """A small boat under sail, and its broken image in the water."""
    x, y = rng.uniform(0.2, 0.8) * scene.width, scene.horizon + scene.height * rng.uniform(0.05, 0.13)
    size = 0.05 * scene.height + 0.5 * (y - scene.horizon)
    sail = scene.lit(mix(rgb(246, 240, 226), rgb(196, 104, 66), rng.choice((0, 0.8))))
    calm = picture.copy()
    with Drawing(picture) as on:
        on.shape([(x, y - 0.12 * size), (x, y - 1.35 * size), (x + 0.62 * size, y - 0.16 * size)], sail)
        on.shape(
            [
                (x - 0.05 * size, y - 0.14 * size),
                (x - 0.05 * size, y - 1.15 * size),
                (x - 0.42 * size, y - 0.18 * size),
            ],
            sail * 0.86,
        )
        on.shape(
            [
                (x - 0.5 * size, y - 0.14 * size),
                (x + 0.6 * size, y - 0.14 * size),
                (x + 0.42 * size, y + 0.05 * size),
                (x - 0.36 * size, y + 0.05 * size),
            ],
            scene.lit(rgb(70, 50, 42)),
        )
        for step in np.linspace(0.1, 0.9, 7):
            wide = 0.4 * size * (1 - step)
            on.line([(x - wide, y + step * size), (x + wide, y + step * size)], sail * 0.75, 0.04 * size)
    changed = np.abs(on.picture - calm).max(axis=2) > 0.03
    return tint(calm, on.picture, blur(changed.astype(np.float32), 0.6))
