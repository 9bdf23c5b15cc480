"""Measure the peak memory of painting with the light generator at several picture sizes, each in its own process."""

import os
import tempfile
from pathlib import Path

from benchmarks.duel import Worker
from benchmarks.light import GIGABYTE, OURS
from benchmarks.pictures import random_picture
from benchmarks.report import Comparison

#: Megapixels → width and height. The memory beyond the pictures is compared with that of the first size.
SIZES = {4: (2308, 1732), 2: (1632, 1224), 12: (4000, 3000), 25: (5772, 4328), 50: (8164, 6124), 100: (11548, 8660)}
#: Bytes that Pillow uses for one pixel of the photo and one of the painting.
_BOTH_PICTURES = 8


def run(sizes=SIZES, light=None):
    """Measure, and return the rows.

    Args:
        sizes: Megapixels → (width, height).
        light: Arguments of the light generator. Defaults to its own.
    """
    with tempfile.TemporaryDirectory() as folder:
        settings = {"folder": folder, "threads": os.cpu_count()}
        with Worker("benchmarks.copyart_side:NetworkWriter", **settings) as worker:
            worker.ask("write_light", **(light or {}))
        peaks = {name: _peak_memory_of_painting(settings, size) for name, size in sizes.items()}
    beyond = {name: peaks[name] - width * height * _BOTH_PICTURES / 2**20 for name, (width, height) in sizes.items()}
    least = next(iter(sizes))
    return [
        row
        for name in sizes
        for row in (
            Comparison(
                f"painting {name} megapixels, peak memory", "MiB", [peaks[name]], [GIGABYTE], "a gigabyte:", None
            ),
            Comparison(
                f"painting {name} megapixels, beyond photo and painting",
                "MiB",
                [beyond[name]],
                [beyond[least]],
                f"{least} megapixels:",
                None,
            ),
        )
    ]


def _peak_memory_of_painting(settings, size):
    random_picture(*size, seed=0).save(Path(settings["folder"], "photo.png"), compress_level=1)
    with Worker(OURS, style="light", **settings) as worker:
        worker.ask("load")
        worker.ask("time_round", count=1)
        return worker.ask("memory")["peak"] / 2**20
