"""Generate pictures for measuring from noise, with large soft patches so that they decode like photos."""

import numpy as np
from PIL import Image


def random_picture(width, height, seed):
    """Return a picture that is unique to its seed."""
    patches = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    return Image.fromarray(patches).resize((width, height), Image.Resampling.BICUBIC)


def fill_folder(folder, count, seed):
    """Write JPEG files of 400×300 pixels into a new folder and return it."""
    folder.mkdir(parents=True)
    for number in range(count):
        random_picture(400, 300, seed=1000 * seed + number).save(folder / f"{number:04}.jpg", quality=90)
    return folder
