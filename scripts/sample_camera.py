"""Makes a photograph of a landscape: lens, exposure and sensor."""

import numpy as np
from PIL import Image
from sample_noise import blur, mix


def photograph(rng, picture, width, height):
    """An 8-bit photo of `picture` at the size given: bloom, vignette, tone curve, blur and sensor noise."""
    picture = mix(picture, blur(picture, 0.02 * len(picture)), 0.12)
    picture = 1 - (1 - picture) * (1 - 0.1 * blur(np.clip(picture - 0.75, 0, 1), 0.03 * len(picture)))
    y, x = np.linspace(-1, 1, len(picture))[:, None], np.linspace(-1, 1, picture.shape[1])[None, :]
    picture = picture * (1 - rng.uniform(0.1, 0.2) * (x**2 + y**2) ** 1.3 / 2)[..., None]
    picture = toned(picture * rng.uniform(0.94, 1.06), 0.92)
    small = resized(blur(picture, 1.2), width, height)
    grain = rng.normal(0, 0.011, small.shape[:2])[..., None] + rng.normal(0, 0.004, small.shape)
    return to_bytes(small + grain * (1.25 - small))


def toned(picture, saturation):
    """The picture with its saturation scaled, and the soft shoulder and toe of a camera's curve."""
    grey = picture @ np.array([0.299, 0.587, 0.114], np.float32)
    picture = np.clip(mix(grey[..., None], picture, saturation), 0, 1)
    return mix(picture, picture * picture * (3 - 2 * picture), 0.25) * 0.96 + 0.015


def resized(picture, width, height):
    """The picture at another size, antialiased, still float."""
    channels = [Image.fromarray(np.ascontiguousarray(picture[..., c], np.float32)) for c in range(3)]
    return np.stack([np.asarray(c.resize((width, height), Image.Resampling.BOX)) for c in channels], axis=-1)


def to_bytes(picture):
    """[0, 1] floats as 8-bit."""
    return (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)
