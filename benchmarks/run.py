"""Run every benchmark and print one table: `python -m benchmarks.run [--quick] [--json FILE]`.

On a machine with a GPU, training is measured on it, against each of PyTorch's usual modes.
"""

import argparse
import importlib.util
import json
import statistics
from pathlib import Path

from benchmarks import input_pipeline, light, memory, paint, throughput, train_step
from benchmarks.duel import default_backend
from benchmarks.report import machine_facts, table
from copyart.data.atomic_files import write_atomically

PARTS = ("train_step", "paint", "light", "memory", "input_pipeline", "throughput")
#: Default parts on a CPU, and with an accelerator.
ON_CPU, ON_ACCELERATOR = ("train_step", "paint", "light", "input_pipeline"), ("throughput", "input_pipeline")

#: Rounds and steps on a CPU. All parts together take about a quarter of an hour on two cores.
FULL = {"rounds": 5, "steps": 3}
#: Rounds and steps of `throughput`.
THOROUGH = {"rounds": 5, "steps": 20}
#: Rounds and steps of `--quick` and `--tiny`, which only check that everything works.
QUICK = {"rounds": 2, "steps": 1}
#: Tiny sizes, at which every part runs in seconds.
TINY_CASES = ({"image_size": 32, "blocks": 1, "identity_weight": 0.0, "filters": 4},)
TINY_NETWORK = {"image_size": 32, "blocks": 1, "filters": 4, "precision": "float32"}


def require_pytorch(name="torch"):
    """Exit with one line if the rival is not installed."""
    if importlib.util.find_spec(name) is None:
        raise SystemExit(
            f'{name} must be installed to compare with it. Received: none. Run: pip install -e ".[benchmark]"'
        )


def default_parts():
    """Return the parts to run on this machine by default."""
    import torch

    return ON_ACCELERATOR if torch.cuda.is_available() else ON_CPU


def measure(parts, quick, tiny=False):
    """Run the chosen parts and return their rows."""
    effort = QUICK if quick or tiny else FULL
    rows = []
    if "throughput" in parts:
        rows += throughput.run(**(THOROUGH if effort is FULL else QUICK), **_tiny_throughput_options(tiny))
    if "train_step" in parts or ("input_pipeline" in parts and "throughput" not in parts):
        rows += train_step.run(**effort, cases=TINY_CASES if tiny else train_step.CASES)
    if "paint" in parts:
        sizes = {"image_size": 32, "blocks": 1, "filters": 4} if tiny else {}
        rows += paint.run(**effort, starts=1 if quick or tiny else 3, **sizes)
    if "light" in parts:
        rows += light.run(**_light_options(quick, tiny))
    if "memory" in parts:
        rows += memory.run(**({"sizes": {1: (48, 32)}, "light": {"filters": 4, "blocks": 1}} if tiny else {}))
    if "input_pipeline" in parts:
        rows += input_pipeline.run(fastest_training(rows), pairs=20 if tiny else 500 if quick else 2000)
    return rows


def _light_options(quick, tiny):
    if tiny:
        network = {"filters": 4, "blocks": 1}
        return {"rounds": 1, "starts": 1, "sizes": {"a": (48, 32)}, "cold_size": 32, "light": network, "full": network}
    return {"rounds": 1, "starts": 1} if quick else {}


def _tiny_throughput_options(tiny):
    return {"batches": (1, 2), "rivals": ("eager",), **TINY_NETWORK} if tiny else {}


def fastest_training(rows):
    """Return the pairs per second of the fastest training in the rows, for each size."""
    fastest = {}
    for row in rows:
        if row.what.startswith("training step") and row.unit == "s":
            size = int(row.what.split()[2])
            fastest[size] = max(fastest.get(size, 0), 1 / statistics.median(row.ours))
        if row.what.startswith("training, ") and row.unit == "pairs/s":
            size = int(row.what.split()[1])
            fastest[size] = max(fastest.get(size, 0), statistics.median(row.ours))
    return fastest


def describe_machine(facts):
    """Return one line about the machine and the versions."""
    names = [name for name in ("python", "tensorflow", "jax", "keras", "torch") if name in facts]
    versions = ", ".join(f"{name} {facts[name]}" for name in names)
    return f"{facts['cpu']}, {facts['threads']} processors; {versions}; Copyart trains on {default_backend()}."


def busy_machine_warning(facts):
    """Return a warning if other programs use the machine, which distorts the ratios."""
    if facts["load"] < facts["threads"] / 4:
        return ""
    return (
        f"WARNING: others use this machine (load average {facts['load']:.1f}). The ratios below are not to be trusted."
    )


def write_json(path, facts, rows):
    """Save the raw figures."""
    content = {"machine": facts, "comparisons": [row.to_dict() for row in rows]}
    write_atomically(path, (json.dumps(content, indent=2) + "\n").encode())


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="one or two rounds of each, to check that everything works"
    )
    parser.add_argument("--tiny", action="store_true", help="the same with tiny networks, in a minute")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save the raw figures")
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, help="the parts to run; default: those that fit the machine"
    )
    options = parser.parse_args(arguments)
    require_pytorch()
    facts = machine_facts()
    print(describe_machine(facts), busy_machine_warning(facts), sep="\n", flush=True)
    rows = measure(options.only or default_parts(), options.quick, options.tiny)
    print("\nRatios are PyTorch ÷ Copyart for seconds and memory: above 1, Copyart is faster or needs less.\n")
    print(table(rows))
    if options.json:
        write_json(options.json, facts, rows)


if __name__ == "__main__":
    main()
