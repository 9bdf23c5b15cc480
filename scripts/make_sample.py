"""Makes the bundled sample: 32 photos and 32 paintings of other landscapes, from nothing but a seed.

    python scripts/make_sample.py [--out copyart/data/sample] [--seed 1703]

NumPy and Pillow are all it needs. It takes some three minutes.
"""

import argparse
import os
from pathlib import Path

import numpy as np
from PIL import Image
from sample_camera import photograph
from sample_landscapes import landscape
from sample_strokes import painting

SEED = 1703
COUNT = 32
DETAIL = 3  # pixels drawn for each pixel kept, along each side
DOMAINS = {"photo": ("photos", photograph), "painting": ("art", painting)}


def make_picture(domain, index, seed=SEED):
    """Picture number `index` (from 0) of a domain, "photo" or "painting", as uint8 (height, width, 3)."""
    first = list(DOMAINS).index(domain) * COUNT
    rng = np.random.default_rng([seed, first + index])
    width, height = size(rng, index)
    scene = landscape(rng, first + index, DETAIL * width, DETAIL * height)
    return DOMAINS[domain][1](rng, scene, width, height)


def size(rng, index):
    """A width and a height near 200×160; every fifth picture stands upright."""
    long, short = int(rng.integers(196, 213)), int(rng.integers(160, 169))
    return (short, long) if index % 5 == 2 else (long, short)


def save(picture, path):
    """Writes a JPEG whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    Image.fromarray(picture).save(part, "JPEG", quality=85, optimize=True)
    os.replace(part, path)


def main():
    """Makes every picture and says how large they are together."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "copyart/data/sample")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    total = 0
    for domain, (folder, _) in DOMAINS.items():
        for index in range(COUNT):
            path = options.out / folder / f"{domain}-{index + 1:02d}.jpg"
            save(make_picture(domain, index, options.seed), path)
            total += path.stat().st_size
            print(f"{path.name}  {path.stat().st_size / 1000:.0f} kB", flush=True)
    print(f"{2 * COUNT} pictures, {total / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
