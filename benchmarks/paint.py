"""Painting with the paper's 9-block generator: seconds, first painting of a new process, peak memory."""

import contextlib
import os
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.duel import Worker, alternate
from benchmarks.pictures import picture
from benchmarks.report import Comparison, memory_rows

SIDES = ("benchmarks.copyart_side:Painting", "benchmarks.pytorch_side:Painting")

#: Both sides' paintings may differ by rounding only, in levels of 255.
TOLERANCE = 1


class DifferentPaintings(AssertionError):
    """The two sides do not paint the same picture, so comparing their speed says nothing."""


def run(rounds=5, steps=3, image_size=512, blocks=9, starts=3):
    """Compare painting a square photo and return the rows."""
    what = f"painting, {image_size} px"
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        picture(image_size, image_size, seed=0).save(Path(folder, "photo.png"))
        settings = {"folder": folder, "threads": os.cpu_count(), "blocks": blocks}
        ours, theirs = (stack.enter_context(Worker(side, **settings)) for side in SIDES)
        ours.ask("write_weights")
        theirs.ask("convert_weights")
        ours.ask("show"), theirs.ask("show")
        require_same_paintings(folder)
        seconds = alternate(ours, theirs, rounds, steps)
        memory = ours.ask("memory"), theirs.ask("memory")
        return [
            Comparison(what, "s", *seconds),
            *memory_rows(what, *memory),
            Comparison(f"{what}, from process start to first painting", "s", *first_paintings(starts, settings)),
        ]


def first_paintings(starts, settings):
    """Start each side several times, in turn, and return the seconds until it has painted."""
    seconds = [[_first_painting(side, settings) for side in SIDES] for _ in range(starts)]
    return tuple(list(side) for side in zip(*seconds, strict=True))


def _first_painting(side, settings):
    start = time.perf_counter()
    with Worker(side, **settings) as worker:
        worker.ask("first")
        return time.perf_counter() - start


def require_same_paintings(folder):
    """Refuse to go on if the paintings differ by more than the tolerance."""
    ours, theirs = (np.asarray(Image.open(Path(folder, f"{side}.png")), int) for side in ("copyart", "pytorch"))
    difference = np.abs(ours - theirs).max()
    if difference > TOLERANCE:
        raise DifferentPaintings(f"both paintings must agree within {TOLERANCE} of 255. Received: {difference}")
