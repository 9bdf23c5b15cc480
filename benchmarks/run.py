"""Run every benchmark and print one table: `python -m benchmarks.run [--quick] [--json FILE]`."""

import argparse
import importlib.util
import json
import os
import statistics
from pathlib import Path

from benchmarks import input_pipeline, paint, train_step
from benchmarks.report import machine, table

PARTS = ("train_step", "paint", "input_pipeline")

#: The whole takes about a quarter of an hour on two cores; `--quick` says only whether all is in order.
FULL = {"rounds": 5, "steps": 3}
QUICK = {"rounds": 2, "steps": 1}


def require_pytorch(name="torch"):
    """End with one line if there is nothing to compare with."""
    if importlib.util.find_spec(name) is None:
        raise SystemExit(
            f'{name} must be installed to compare with it. Received: none. Run: pip install -e ".[benchmark]"'
        )


def measure(parts, quick, cases=train_step.CASES):
    """Run the chosen parts and return their rows."""
    effort = QUICK if quick else FULL
    rows = []
    if "train_step" in parts or "input_pipeline" in parts:
        rows += train_step.run(**effort, cases=cases)
    if "paint" in parts:
        rows += paint.run(**effort, starts=1 if quick else 3)
    if "input_pipeline" in parts:
        rows += input_pipeline.run(appetite(rows), pairs=500 if quick else 2000)
    return rows


def appetite(rows):
    """Return, for each size, the steps a second of the fastest training step among the rows."""
    fastest = {}
    for row in rows:
        if row.what.startswith("training step") and row.unit == "s":
            size = int(row.what.split()[2])
            fastest[size] = max(fastest.get(size, 0), 1 / statistics.median(row.ours))
    return fastest


def describe(facts):
    """Return one line on the machine and the versions."""
    versions = ", ".join(f"{name} {facts[name]}" for name in ("python", "tensorflow", "keras", "torch"))
    return f"{facts['cpu']}, {facts['threads']} threads on both sides; {versions}; batch 1, float32."


def warning(facts):
    """Say so if others are at work: threads that wait for each other then lose many times their share."""
    if facts["load"] < facts["threads"] / 4:
        return ""
    return (
        f"WARNING: others use this machine (load average {facts['load']:.1f}). The ratios below are not to be trusted."
    )


def write_json(path, facts, rows):
    """Keep the raw figures."""
    temporary = path.with_name(f".{path.name}.tmp")
    content = {"machine": facts, "comparisons": [row.to_dict() for row in rows]}
    temporary.write_text(json.dumps(content, indent=2) + "\n")
    os.replace(temporary, path)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one or two rounds of each: is all in order?")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the raw figures")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="the parts to run")
    options = parser.parse_args(arguments)
    require_pytorch()
    facts = machine()
    print(describe(facts), warning(facts), sep="\n", flush=True)
    rows = measure(options.only, options.quick)
    print("\nRatios are PyTorch ÷ Copyart for seconds and memory: above 1, Copyart is faster or needs less.\n")
    print(table(rows))
    if options.json:
        write_json(options.json, facts, rows)


if __name__ == "__main__":
    main()
