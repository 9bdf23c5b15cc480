"""Compare all export formats: `python -m benchmarks.formats [--style monet] [--json FILE]`.

It measures how the paintings of each format differ from the Keras network's, its size, and its time, cold (from the
start of a process) and warm, at 512 pixels a side and at one megapixel. All formats take turns.
"""

import argparse
import contextlib
import dataclasses
import json
import os
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.duel import Worker
from benchmarks.pictures import random_picture
from benchmarks.report import machine_facts
from copyart.backend import is_installed
from copyart.data.atomic_files import write_atomically

_STYLE = "style"
#: Name in the table → file, kind of export and its options, the task that runs it, and the package that it needs.
FORMS = {
    "Keras network": (_STYLE, None, {}, "Keras", "keras"),
    "Copyart, style folder": (_STYLE, None, {}, "Style", "onnxruntime"),
    "SavedModel": ("saved/1", "saved-model", {}, "SavedModel", "tensorflow"),
    "ONNX": ("float32.onnx", "onnx", {}, "Onnx", "onnxruntime"),
    "ONNX, float16": ("float16.onnx", "onnx", {"precision": "float16"}, "Onnx", "onnxruntime"),
    "ONNX, int8": ("int8.onnx", "onnx", {"precision": "int8"}, "Onnx", "onnxruntime"),
    "web folder": ("web", "web", {}, "Onnx", "onnxruntime"),
    "LiteRT": ("float32.tflite", "litert", {}, "LiteRt", "ai_edge_litert"),
    "LiteRT, float16": ("float16.tflite", "litert", {"precision": "float16"}, "LiteRt", "ai_edge_litert"),
    "LiteRT, int8": ("int8.tflite", "litert", {"precision": "int8"}, "LiteRt", "ai_edge_litert"),
}
#: Export that is a folder → the file in it to run.
_INSIDE = {"web": "web/model.onnx"}
#: Width and height of a small photo and of a photo of one megapixel.
SIZES = {"512": (512, 512), "1 MP": (1152, 868)}
HEADER = ("", "max of 255", "mean of 255", "MB", *(f"{what}, {size}" for size in SIZES for what in ("cold", "warm")))


@dataclass
class Row:
    """A format and its measurements.

    Args:
        name: Name of the format.
        report: Its differences from the Keras network, in levels of 255, its size in bytes, and its runtime.
        cold: Size → seconds from the start of a process to the painting's file, for each start.
        warm: Size → median seconds of each round.
    """

    name: str
    report: dict
    cold: dict = field(default_factory=lambda: {size: [] for size in SIZES})
    warm: dict = field(default_factory=lambda: {size: [] for size in SIZES})

    def cells(self):
        """Return the row of the table, as text."""
        times = [kind[size] for size in SIZES for kind in (self.cold, self.warm)]
        differences = [_format_levels(self.report[name]) for name in ("max", "mean")]
        return (
            self.name,
            *differences,
            f"{self.report['bytes'] / 1e6:.2f}",
            *(_format_median_seconds(found) for found in times),
        )


def run(style="monet", rounds=5, steps=2, starts=3, sizes=SIZES, forms=FORMS):
    """Export, compare and time; return the rows.

    Args:
        style: Source for `copyart.load`, with the light generator or the paper's.
        rounds: Rounds of each format.
        steps: Paintings per round.
        starts: Starts of a process.
        sizes: Name → (width, height) of a photo. The names must be those of `SIZES`.
        forms: Keys of `FORMS`.
    """
    with tempfile.TemporaryDirectory() as folder:
        for name, (width, height) in sizes.items():
            random_picture(width, height, seed=0).save(Path(folder, f"{name}.png"))
        rows = [Row(name, report) for name, report in _export_all_formats(folder, style, forms).items()]
        _time_starts(folder, rows, forms, starts)
        _time_rounds(folder, rows, forms, rounds, steps)
    return rows


def installed_formats(forms):
    """Return the formats whose runtime is installed."""
    return {name: form for name, form in forms.items() if is_installed(form[4])}


def _export_all_formats(folder, style, forms):
    with Worker("benchmarks.format_sides:Exporter", folder=folder, style=str(style)) as worker:
        own = worker.ask("save_as_folder", file=_STYLE)
        wanted = [(file, kind, options) for file, kind, options, *_ in forms.values() if kind]
        reports = worker.ask("export", forms=wanted)
    reports[_STYLE] = own
    same = {"max": 0.0, "mean": 0.0}  # the others are compared with the Keras network
    return {name: {**reports[form[0]], **(same if form[3] == "Keras" else {})} for name, form in forms.items()}


def _start_worker(folder, form):
    file, _, _, side, _ = form
    settings = {"folder": folder, "file": _INSIDE.get(file, file), "threads": os.cpu_count()}
    return Worker(f"benchmarks.format_sides:{side}", **settings)


def _time_starts(folder, rows, forms, starts):
    for _ in range(starts):
        for row in rows:
            for size in SIZES:
                start = time.perf_counter()
                with _start_worker(folder, forms[row.name]) as worker:
                    worker.ask("load_and_paint", photo=f"{size}.png")
                    row.cold[size].append(time.perf_counter() - start)


def _time_rounds(folder, rows, forms, rounds, steps):
    with contextlib.ExitStack() as stack:
        workers = [stack.enter_context(_start_worker(folder, forms[row.name])) for row in rows]
        for worker in workers:
            worker.ask("load")
        for size in SIZES:
            for worker in workers:
                worker.ask("time_round", count=1, photo=f"{size}.png")
            for _ in range(rounds):
                for row, worker in zip(rows, workers, strict=True):
                    seconds = worker.ask("time_round", count=steps, photo=f"{size}.png")
                    row.warm[size].append(statistics.median(seconds))


def _format_levels(value):
    return "0" if value == 0 else f"{value:.3f}" if value < 0.9995 else f"{value:.2g}"


def _format_median_seconds(found):
    return f"{statistics.median(found):.2f} s"


def table(rows):
    """Return Markdown: one row a form."""
    lines = [HEADER, ("---",) * len(HEADER), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m benchmarks.formats", description=__doc__)
    parser.add_argument("--style", default="monet", help="what copyart.load takes")
    parser.add_argument("--quick", action="store_true", help="one round, to check that everything works")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save the raw figures")
    options = parser.parse_args(arguments)
    facts = machine_facts(("tensorflow", "keras", "onnxruntime"))
    print(f"{facts}", flush=True)
    rows = run(
        options.style,
        forms=installed_formats(FORMS),
        **({"rounds": 1, "steps": 1, "starts": 1} if options.quick else {}),
    )
    facts["load after"] = os.getloadavg()[0]
    print(table(rows), f"Load average {facts['load']:.1f} before, {facts['load after']:.1f} after.", sep="\n\n")
    if options.json:
        content = {"machine": facts, "rows": [dataclasses.asdict(row) for row in rows]}
        write_atomically(options.json, (json.dumps(content, indent=2) + "\n").encode())


if __name__ == "__main__":
    main()
