"""Compare painting with Copyart's light generator and with the paper's generator in PyTorch, on the same photo."""

import contextlib
import os
import tempfile
from pathlib import Path

from benchmarks import paint
from benchmarks.duel import Worker, alternate_rounds
from benchmarks.pictures import random_picture
from benchmarks.report import Comparison

OURS, THEIRS = "benchmarks.copyart_painting:Painting", "benchmarks.pytorch_side:Painting"
#: Width and height of photos of one megapixel and of a phone's twelve megapixels.
SIZES = {"1 megapixel": (1152, 868), "12 megapixels": (4000, 3000)}
#: Targets: 20 times as fast, a cold start in a third of the time, and at most a gigabyte of memory (in MiB).
FASTER, SOONER, GIGABYTE = 20.0, 3.0, 1024.0


def run(rounds=3, starts=3, sizes=SIZES, cold_size=512, light=None, full=None):
    """Compare, and return the rows.

    Args:
        rounds: Rounds of the first size, for default strokes and again without the second painting for large strokes,
            which PyTorch's side does not make. Other sizes take one round, because PyTorch needs many minutes.
        starts: Number of cold starts of each side.
        sizes: Name → (width, height) of a photo.
        cold_size: Side of the photo for the cold start, in pixels.
        light: Arguments of the light generator. Defaults to its own.
        full: Arguments of the paper's generator. Defaults to 9 blocks of 64 filters.
    """
    with tempfile.TemporaryDirectory() as folder:
        settings = {"folder": folder, "threads": os.cpu_count()}
        for name, (width, height) in sizes.items():
            random_picture(width, height, seed=0).save(Path(folder, f"{name}.png"))
        random_picture(cold_size, cold_size, seed=0).save(Path(folder, "photo.png"))
        paint.write_weights(settings, {"blocks": 9, **(full or {})})
        with Worker("benchmarks.copyart_side:NetworkWriter", **settings) as worker:
            worker.ask("write_light", **(light or {}))
        return [*_compare_at_sizes(settings, sizes, rounds), *_compare_cold_starts(settings, starts, cold_size)]


def _compare_at_sizes(settings, sizes, rounds):
    rows = []
    with contextlib.ExitStack() as stack:
        ours = stack.enter_context(Worker(OURS, style="light", **settings))
        theirs = stack.enter_context(Worker(THEIRS, **settings))
        for worker in (ours, theirs):
            worker.ask("load")
        for number, name in enumerate(sizes):
            what = f"painting {name}, light against full"
            seconds = alternate_rounds(
                _PhotoWorker(ours, name),
                _PhotoWorker(theirs, name),
                1 if number else rounds,
                1,
                warm_up=0 if number else 1,
            )
            rows.append(Comparison(what, "s", *seconds, target=FASTER))
            if not number:
                seconds = alternate_rounds(
                    _PhotoWorker(ours, name, brush=1), _PhotoWorker(theirs, name), rounds, 1, warm_up=0
                )
                rows.append(Comparison(f"{what}, each painting once (brush=1)", "s", *seconds, target=FASTER))
        peaks = [worker.ask("memory")["peak"] / 2**20 for worker in (ours, theirs)]
    what = f"painting {name}, peak memory of the process"
    return [
        *rows,
        Comparison(what, "MiB", [peaks[0]], [peaks[1]], target=None),
        Comparison(what, "MiB", [peaks[0]], [GIGABYTE], rival="a gigabyte:"),
    ]


class _PhotoWorker:
    """A worker whose rounds paint one photo."""

    def __init__(self, worker, name, **arguments):
        self.worker, self.arguments = worker, {"photo": f"{name}.png", **arguments}

    def ask(self, do, **arguments):
        return self.worker.ask(do, **self.arguments, **arguments)


def _compare_cold_starts(settings, starts, size):
    sides = ((OURS, {**settings, "style": "light"}), (THEIRS, settings))
    seconds = [[paint.time_first_painting(side, own) for side, own in sides] for _ in range(starts)]
    what = f"painting, {size} px, from process start to file written, light against full"
    return [Comparison(what, "s", *map(list, zip(*seconds, strict=True)), target=SOONER)]
