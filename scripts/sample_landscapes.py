"""Draws a landscape: sky, mountains, ground, water, and what stands on it, from the far to the near."""

import numpy as np
from sample_motifs import boat, flowers, house, treeline, trees, tufts
from sample_noise import blur, fractal, mix, profile, sample, smoothstep, tint
from sample_scene import plan, rgb


def landscape(rng, index, width, height):
    """Landscape number `index`, as float32 RGB in [0, 1] of shape (height, width, 3)."""
    scene = plan(rng, index, width, height)
    picture = sky(rng, scene)
    picture = background(rng, scene, picture)
    picture = ground(rng, scene, picture)
    picture = middle(rng, scene, picture)
    if scene.foreground in ("lake", "sea"):
        picture = water(rng, scene, picture)
    return np.clip(near(rng, scene, picture), 0, 1).astype(np.float32)


def sky(rng, scene):
    """The air: a gradient, the sun or moon and its glow, clouds in perspective, stars at night."""
    y, x = scene.grid
    rise = np.clip(y / scene.horizon, 0, 1) + 0 * x
    picture = tint(scene.light.zenith, scene.light.horizon, rise**1.7)
    away = np.hypot(x - scene.sun[0], y - scene.sun[1]) / scene.height
    glow = scene.light.glow
    picture = tint(picture, scene.light.sun, glow * (0.7 * np.exp(-away / 0.13) + 0.5 * np.exp(-away / 0.5)))
    if scene.night:
        picture = stars(rng, scene, picture)
    if glow > 0.12:
        edge = (0.033, 0.028) if scene.night else (0.075, 0.012)
        picture = tint(picture, mix(scene.light.sun, 1.0, 0.6), smoothstep(*edge, away))
    return clouds(rng, scene, picture, rise, away)


def stars(rng, scene, picture):
    """A few points of light, brighter high up."""
    count = 140
    rows, columns = rng.integers(0, int(scene.horizon * 0.9), count), rng.integers(0, scene.width, count)
    points = np.zeros(picture.shape[:2], np.float32)
    points[rows, columns] = rng.uniform(0.5, 2.4, count) ** 2
    return picture + blur(points, 0.9)[..., None]


def clouds(rng, scene, picture, rise, away):
    """Clouds on a flat ceiling, lit from the sun's side, thinning toward the horizon."""
    texture, stretch = fractal(rng, rng.uniform(1.6, 1.9)), rng.uniform(0.5, 1.1)
    x = (scene.grid[1] - scene.sun[0]) / scene.width
    distance = 1 / (1.16 - rise)
    u, v = 0.22 * stretch * x * distance, 0.2 * distance + rng.uniform()
    thick = sample(texture, u, v)
    lit = np.clip(0.62 + 2.4 * (thick - sample(texture, u - 0.03 * np.tanh(6 * x), v + 0.025)), 0, 1)
    cover = rng.uniform(0.38, 0.62) - 0.12 * (scene.light.glow < 0.2)
    mask = smoothstep(cover, cover + 0.24, thick) * np.exp(-0.1 * distance) * 0.95
    bright = mix(scene.light.sun, 1.0, 0.35) * (0.4 if scene.night else 1.0)
    dark = mix(scene.light.zenith, scene.light.haze, 0.65) * 0.88
    near_sun = np.exp(-away / 0.35) * scene.light.glow
    return tint(picture, tint(dark, bright, np.clip(lit + 0.4 * near_sun, 0, 1)), mask)


def background(rng, scene, picture):
    """Ridges behind ridges, each clearer and darker than the one before."""
    layers = {"plain": 1, "hills": 3, "mountains": 4}[scene.background]
    for layer in range(layers):
        nearness = (layer + 1) / (layers + 1)
        rocky = scene.background == "mountains" and layer < 2
        tall = (0.34 - 0.09 * layer) if rocky else 0.16 * (1 - 0.55 * nearness) + 0.02
        tall *= 0.35 if scene.background == "plain" else 1
        outline = profile(rng, scene.width, rng.uniform(0.6, 1.4), 7, 0.47 if rocky else 0.4)
        if rocky:
            outline = 1 - np.abs(1 - 2 * np.clip(outline, 0, 1)) ** 0.8
        top = scene.horizon - scene.height * tall * (0.25 + 0.75 * outline)
        paint = rock if rocky else slope
        picture = paint(rng, scene, picture, top.astype(np.float32), nearness)
    return picture


def slope(rng, scene, picture, top, nearness):
    """A wooded or grassy hill under the line `top`."""
    y, x = scene.grid
    texture = fractal(rng, 1.25)
    grain = sample(texture, x / scene.width * 0.9, (y - 0.6 * top) / scene.height * 2.2)
    woods = smoothstep(0.4, 0.6, sample(texture, 0.4 * x / scene.width + 0.5, (y - top) / scene.height + 0.2))
    colour = tint(scene.airy(scene.season.grass * 0.85, 0.0), scene.airy(scene.season.foliage * 0.62, 0.0), woods)
    colour = colour * (0.72 + 0.56 * grain)[..., None]
    foot = np.clip((y - top) / np.maximum(scene.horizon - top, 1), 0, 1)
    air = np.clip(0.82 - 0.68 * nearness + 0.22 * foot, 0, 1)
    return tint(picture, tint(colour, scene.light.haze, air), np.clip(y - top + 0.5, 0, 1))


def rock(rng, scene, picture, top, nearness):
    """A mountain: facets lit from the sun's side, snow on its heights."""
    y, x = scene.grid
    texture, size = fractal(rng, 1.55), scene.width
    ridges = np.abs(sample(texture, x / size * 0.6 + 0.1 * (y - top) / size, (y - 0.75 * top) / size * 0.7) - 0.5)
    side = np.sign(scene.sun[0] - scene.width / 2)
    facing = np.clip(0.5 + 9 * side * np.gradient(blur(ridges, 1.2), axis=1) * size / 100, 0, 1)
    height = np.clip((scene.horizon - y) / scene.height, 0, 1)
    line = 0.0 if scene.season.bare else 0.17
    snow = smoothstep(line, line + 0.05, height + 0.35 * (ridges - 0.12)) * 0.9
    stone = tint(scene.lit(rgb(66, 68, 78)), scene.lit(rgb(158, 146, 132)), facing)
    white = tint(scene.lit(rgb(150, 168, 200)), scene.lit(rgb(250, 250, 252)), facing)
    foot = np.clip((y - top) / np.maximum(scene.horizon - top, 1), 0, 1)
    air = np.clip(0.6 - 0.45 * nearness + 0.35 * foot, 0, 1)
    return tint(picture, tint(tint(stone, white, snow), scene.light.haze, air), np.clip(y - top + 0.5, 0, 1))


def plane(scene, top):
    """World coordinates (across, away) of the level ground below the row `top`."""
    y, x = scene.grid
    depth = scene.height * 0.22 / np.maximum(y - top + 3, 1)
    return (x - scene.width / 2) / scene.height * depth * 3, depth


def ground(rng, scene, picture):
    """The earth below the horizon: grass, with a crop in rows or a path where the motif has one."""
    y, x = scene.grid
    across, away = plane(scene, scene.horizon)
    texture, fine = fractal(rng, 1.3), fractal(rng, 0.9)
    patches = sample(texture, 0.12 * across, 0.09 * away)
    grain = sample(fine, 0.35 * across, 0.3 * away)
    colour = tint(scene.lit(scene.season.grass * 0.7), scene.lit(scene.season.grass * 1.12), patches)
    colour = tint(
        colour,
        scene.lit(scene.season.crop),
        0.45 * smoothstep(0.45, 0.75, sample(fine, 0.03 * across, 0.11 * away)),
    )
    if scene.foreground == "field":
        colour = rows(rng, scene, colour, across, away, grain)
    if scene.foreground == "path":
        colour = path(rng, scene, colour, across, away)
    colour = colour * (0.68 + 0.64 * mix(0.5, grain, np.clip(3 / (away + 2), 0, 1)))[..., None]
    far = np.clip((away - 1.0) / 14, 0, 0.55)
    return tint(picture, tint(colour, scene.light.haze, far), np.clip(y - scene.horizon + 0.5 + 0 * x, 0, 1))


def rows(rng, scene, colour, across, away, grain):
    """Crop and furrow by turns, running to a vanishing point that is rarely the middle."""
    lean, number = rng.uniform(-0.9, 0.9), rng.uniform(1.5, 2.6)
    wave = np.sin(2 * np.pi * number * (across + lean * (1 - 0.24 * away) + 0.08 * (grain - 0.5)))
    wave = 0.5 + 0.5 * np.tanh(1.8 * wave) * np.exp(-0.05 * away)
    crop = tint(scene.lit(scene.season.soil * 0.75), scene.lit(scene.season.crop * 1.04), wave)
    edge = rng.uniform(4, 7) + 0.8 * np.sin(across * 0.7)
    return tint(colour, crop, smoothstep(edge + 0.6, edge - 0.6, away))


def path(rng, scene, colour, across, away):
    """A sandy track that winds away."""
    turn, phase = rng.uniform(0.25, 0.5), rng.uniform(0, 6)
    middle_line = 0.8 * np.sin(turn * away + phase) + rng.uniform(-0.5, 0.5)
    off = np.abs(across - middle_line)
    sand = mix(scene.lit(rgb(206, 186, 148)), scene.lit(scene.season.soil), 0.35)
    ruts = 0.82 + 0.18 * np.cos(off * 15)
    return tint(colour, sand * ruts[..., None], smoothstep(0.48, 0.36, off))


def middle(rng, scene, picture):
    """What stands far off: a line of trees, houses, single trees."""
    if scene.foreground != "sea" or rng.uniform() < 0.5:
        picture = treeline(rng, scene, picture)
    if rng.uniform() < 0.55 and scene.foreground != "sea":
        for _ in range(rng.integers(1, 4)):
            picture = house(rng, scene, picture)
    if scene.foreground == "sea":
        return picture
    low, high = (0.02, 0.055) if scene.foreground == "lake" else (0.03, 0.16)
    return trees(rng, scene, picture, rng.integers(2, 6), low, high)


def water(rng, scene, picture):
    """A mirror below the shore, broken by ripples, with the sun's road on it."""
    shore = scene.horizon + (0 if scene.foreground == "sea" else int(scene.height * rng.uniform(0.05, 0.09)))
    y, x = scene.grid
    across, away = plane(scene, shore)
    texture = fractal(rng, 1.05)
    ripple = sample(texture, 0.07 * across, 0.5 * away + 0.03 * across) - 0.5
    below = np.maximum(y - shore, 0)
    rough = 1.5 if scene.foreground == "sea" else 0.55
    rows_at = np.clip(2 * shore - y + ripple * rough * (4 + 0.55 * below), 0, shore - 1).astype(int)
    columns = np.clip(x + ripple * (2 + 0.06 * below), 0, scene.width - 1).astype(int)
    deep = scene.lit(rgb(30, 78, 98) if scene.foreground == "sea" else rgb(52, 72, 70))
    mirror = tint(
        picture[rows_at, columns] * 0.94,
        deep,
        np.clip(0.12 + 0.5 * below / scene.height + 0.7 * ripple * rough, 0, 0.85),
    )
    road = np.exp(-(((x - scene.sun[0]) / (0.03 * scene.width + 0.22 * below)) ** 2)) * scene.light.glow
    mirror = tint(mirror, mix(scene.light.sun, 1.0, 0.4), road * smoothstep(0.05, 0.22, ripple))
    return tint(picture, mirror, np.clip(y - shore + 0.5 + 0 * x, 0, 1))


def near(rng, scene, picture):
    """What stands close: a bank or beach, grasses, flowers, a tree at the side."""
    if scene.foreground in ("lake", "sea"):
        picture = bank(rng, scene, picture)
    if scene.foreground == "sea":
        return boat(rng, scene, picture) if rng.uniform() < 0.7 else picture
    if scene.foreground in ("meadow", "path", "lake"):
        picture = tufts(rng, scene, picture, 0.9 if scene.foreground == "lake" else 0.74)
    if scene.foreground == "meadow":
        picture = flowers(rng, scene, picture)
    if rng.uniform() < 0.5:
        foot = 0.95 - scene.horizon / scene.height if scene.foreground == "lake" else 0.34
        picture = trees(rng, scene, picture, 1, foot - 0.03, foot + 0.03, side=True)
    return picture


def bank(rng, scene, picture):
    """The near edge of the water: grass at a lake, wet and dry sand at the sea."""
    y, x = scene.grid
    level = scene.height * (0.97 - 0.13 * profile(rng, scene.width, 0.6, 5, 0.45))
    grain = sample(fractal(rng, 1.0), x / scene.width, y / scene.height * 1.6)
    own = rgb(206, 184, 146) if scene.foreground == "sea" else scene.season.grass * 0.8
    colour = scene.lit(own) * (0.62 + 0.6 * grain)[..., None]
    if scene.foreground == "sea":
        foam = np.exp(-(((y - level + 3) / (0.014 * scene.height)) ** 2)) * smoothstep(0.25, 0.6, grain)
        picture = tint(picture, scene.lit(rgb(244, 246, 246)), np.clip(1.4 * foam, 0, 1))
        colour = colour * (1 - 0.35 * np.exp(-(y - level) / (0.04 * scene.height)))[..., None]
    return tint(picture, colour, smoothstep(-2, 3, y - level))
