"""Compare runtimes for the light generator on a laptop: cold, from process start, and warm."""

import os
import tempfile
from pathlib import Path

from benchmarks import paint
from benchmarks.duel import Worker
from benchmarks.pictures import picture
from benchmarks.report import Comparison
from copyart.backend import is_installed

OURS = "benchmarks.copyart_painting:Painting"
#: Runtime → the task, and the package that it needs.
RIVALS = {
    "OpenVINO": ("benchmarks.rival_runtimes:OpenVino", "openvino"),
    "LiteRT": ("benchmarks.rival_runtimes:LiteRt", "ai_edge_litert"),
    "Keras on TensorFlow": ("benchmarks.rival_runtimes:Keras", "tensorflow"),
}


def run(rounds=5, steps=3, starts=3, image_size=512, **network):
    """Compare Copyart, which uses ONNX Runtime, with the other installed runtimes, and return the rows."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"folder": folder, "threads": os.cpu_count()}
        picture(image_size, image_size, seed=0).save(Path(folder, "photo.png"))
        with Worker("benchmarks.copyart_side:Writing", **settings) as worker:
            worker.ask("write_light", **network)
        with Worker("benchmarks.rival_runtimes:Writing", **settings) as worker:
            worker.ask("write")
        rows = []
        for name, (task, package) in RIVALS.items():
            if is_installed(package):
                rows += _against(name, task, settings, rounds, steps, starts, image_size)
        return rows


def _against(name, task, settings, rounds, steps, starts, size):
    sides = ((OURS, {**settings, "style": "light"}), (task, settings))
    seconds = paint.alternate_loaded(sides, rounds, steps)
    cold = [[paint.first_painting(side, own) for side, own in sides] for _ in range(starts)]
    cold = [list(side) for side in zip(*cold, strict=True)]
    return [
        Comparison(f"light, {size} px, warm", "s", *seconds, rival=name, target=None),
        Comparison(f"light, {size} px, from process start to file written", "s", *cold, rival=name, target=None),
    ]
