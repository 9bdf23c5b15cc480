"""Fractal noise and the few array operations that the sample's pictures are made of."""

import numpy as np

TILE = 512


def fractal(rng, slope=1.7):
    """A tileable 512×512 texture whose amplitude falls as frequency^-slope, spread evenly over [0, 1]."""
    spectrum = np.fft.rfft2(rng.standard_normal((TILE, TILE)))
    frequency = np.hypot(np.fft.fftfreq(TILE)[:, None], np.fft.rfftfreq(TILE)[None, :])
    frequency[0, 0] = np.inf
    noise = np.fft.irfft2(spectrum * frequency**-slope, s=(TILE, TILE))
    noise = (noise - noise.mean()) / noise.std()
    return (0.5 + 0.5 * np.tanh(0.8 * noise)).astype(np.float32)


def sample(texture, x, y):
    """The texture read bilinearly at any coordinates, where 1.0 is one full tile."""
    x, y = np.broadcast_arrays(np.asarray(x) * TILE, np.asarray(y) * TILE)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    across, down = x - left, y - top
    rows, columns = (top % TILE, (top + 1) % TILE), (left % TILE, (left + 1) % TILE)
    upper = mix(texture[rows[0], columns[0]], texture[rows[0], columns[1]], across)
    lower = mix(texture[rows[1], columns[0]], texture[rows[1], columns[1]], across)
    return mix(upper, lower, down)


def profile(rng, width, cycles, octaves=6, persistence=0.5):
    """A smooth random line of `width` values in about [0, 1]: the outline of a hill."""
    x = np.linspace(0, 1, width)
    line, weight = np.zeros(width), 1.0
    for octave in range(octaves):
        turns, phase = cycles * 2**octave * rng.uniform(0.8, 1.2), rng.uniform(0, 2 * np.pi)
        bend = rng.uniform(0, 2 * np.pi)
        line += weight * np.sin(2 * np.pi * turns * x + phase + 0.8 * np.sin(2 * np.pi * x + bend))
        weight *= persistence
    return 0.5 + 0.5 * line / 2


def mix(first, second, amount):
    """The way from `first` to `second`, `amount` of it gone."""
    return first + (second - first) * amount


def tint(first, second, amount):
    """`mix` of two colours or pictures by a mask of one value a pixel."""
    return mix(np.asarray(first, np.float32), np.asarray(second, np.float32), np.asarray(amount)[..., None])


def smoothstep(low, high, values):
    """0 below `low`, 1 above `high`, smooth between."""
    t = np.clip((values - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def blur(picture, sigma):
    """A Gaussian blur of the first two axes, with the border repeated."""
    radius = max(1, int(3 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    for axis in (0, 1):
        length = picture.shape[axis]
        padded = np.pad(picture, [(radius, radius) if a == axis else (0, 0) for a in range(picture.ndim)], "edge")
        parts = (padded.take(range(i, i + length), axis) * weight for i, weight in enumerate(kernel))
        picture = sum(parts)
    return picture.astype(np.float32)
