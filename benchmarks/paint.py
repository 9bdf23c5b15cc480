"""Compare painting with the paper's 9-block generator: seconds, cold start, and peak memory."""

import contextlib
import os
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.duel import Worker, alternate_rounds
from benchmarks.pictures import random_picture
from benchmarks.report import Comparison, memory_rows

SIDES = ("benchmarks.copyart_painting:Painting", "benchmarks.pytorch_side:Painting")
#: Tasks that write the weights for Copyart and for PyTorch. The second converts what the first has written.
WRITERS = ("benchmarks.copyart_side:NetworkWriter", "benchmarks.pytorch_side:Painting")
EXPORTED = "benchmarks.copyart_painting:Exported"

#: Largest difference that rounding may cause between Copyart's and PyTorch's paintings, in grey levels (0 to 255).
TOLERANCE = 1


class DifferentPaintingsError(AssertionError):
    """The two sides paint different pictures, so comparing their speed would be meaningless."""


def run(rounds=5, steps=3, image_size=512, starts=3, **network):
    """Compare painting a square photo and return the rows. `network` may override `blocks` and `filters`."""
    what = f"painting, {image_size} px"
    with tempfile.TemporaryDirectory() as folder:
        settings = {"folder": folder, "threads": os.cpu_count()}
        random_picture(image_size, image_size, seed=0).save(Path(folder, "photo.png"))
        write_weights(settings, {"blocks": 9, **network})
        seconds, memory = paint_in_turn(settings, rounds, steps)
        first = time_first_paintings(starts, settings)
        beside_export = compare_with_export(settings, rounds, steps)
    return [
        Comparison(what, "s", *seconds),
        *memory_rows(what, *memory),
        Comparison(f"{what}, from process start to first painting", "s", *first),
        Comparison(what, "s", *beside_export, rival="ONNX Runtime, exported by PyTorch"),
    ]


def write_weights(settings, network):
    """Save the same weights in Copyart's format and in PyTorch's."""
    for side in WRITERS:
        with Worker(side, **settings) as worker:
            worker.ask("write_weights", **network)


def paint_in_turn(settings, rounds, steps):
    """Return the seconds of each round and the memory, both as (ours, theirs)."""
    with contextlib.ExitStack() as stack:
        workers = [stack.enter_context(Worker(side, **settings)) for side in SIDES]
        for worker in workers:
            worker.ask("load")
            worker.ask("save_painting")
        require_same_paintings(settings["folder"])
        seconds = alternate_rounds(*workers, rounds, steps)
        return seconds, [worker.ask("memory") for worker in workers]


def compare_with_export(settings, rounds, steps):
    """Return the seconds of each round of Copyart and of ONNX Runtime on PyTorch's own export."""
    with contextlib.ExitStack() as stack:
        exporter = stack.enter_context(Worker(SIDES[1], **settings))
        exporter.ask("load")
        exporter.ask("export")
        return load_and_alternate([(side, settings) for side in (SIDES[0], EXPORTED)], rounds, steps)


def load_and_alternate(sides, rounds, steps):
    """Load both sides, (task, settings) each, and return the seconds of each round."""
    with contextlib.ExitStack() as stack:
        workers = [stack.enter_context(Worker(side, **settings)) for side, settings in sides]
        for worker in workers:
            worker.ask("load")
        return alternate_rounds(*workers, rounds, steps)


def time_first_paintings(starts, settings):
    """Start each side several times, in turn, and return the seconds to its first painting."""
    seconds = [[time_first_painting(side, settings) for side in SIDES] for _ in range(starts)]
    return tuple(list(side) for side in zip(*seconds, strict=True))


def time_first_painting(side, settings):
    """Start a side, let it paint, and return the seconds from the start to the painting."""
    start = time.perf_counter()
    with Worker(side, **settings) as worker:
        worker.ask("load_and_paint")
        return time.perf_counter() - start


def require_same_paintings(folder):
    """Raise an error if the paintings differ by more than the tolerance."""
    ours, theirs = (np.asarray(Image.open(Path(folder, f"{side}.png")), int) for side in ("copyart", "pytorch"))
    difference = np.abs(ours - theirs).max()
    if difference > TOLERANCE:
        raise DifferentPaintingsError(
            f"paintings may differ by at most {TOLERANCE} of 255 grey levels. Received: {difference}"
        )
