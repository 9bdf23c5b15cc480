"""Load 500 damaged and hostile weight files as a user would, and count the outcomes.

python scripts/fuzz_weights.py [COUNT]

Every file must be refused with one line or, if only its numbers were changed, be read as a network. No file may run
code, write files, crash this process, or exceed `MEMORY` or `SECONDS`. When a user loads a checkpoint, a new process
loads TensorFlow and reads it. Here, to save time, forks of one process that has loaded TensorFlow read all checkpoints.
"""

import argparse
import collections
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
ORACLES = ROOT / "tests" / "oracles"
SEEDS = (
    "generator_6blocks_filters8.pth",
    "generator_9blocks_filters8_legacy.pth",
    "cut_both_filters3.pth",
    "keras_example_weights.h5",
    "keras_example_model.h5",
    "keras_example_cyclegan.h5",
    "keras_example_checkpoint.index",
    "keras_example_checkpoint.data-00000-of-00001",
)
#: Maximum bytes of memory and seconds for reading one file; the largest file here has 730 kB.
MEMORY, SECONDS = 300 << 20, 40


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", nargs="?", type=int, default=500)
    parser.add_argument("--from", type=int, dest="start", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.start is not None:
        return read_damaged_files(arguments.count, arguments.start)
    outcomes, start = collections.Counter(), 0
    while start is not None:
        command = [sys.executable, __file__, str(arguments.count), "--from", str(start)]
        run = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        lines = [json.loads(line) for line in run.stdout.splitlines()]
        outcomes.update(line["outcome"] for line in lines if "outcome" in line)
        for line in lines:
            if "wrong" in line:
                print(line, flush=True)
                outcomes["WRONG"] += 1
        last = lines[-1] if lines else {}
        if run.returncode:
            print(f"PROCESS ENDED with {run.returncode} at {last.get('next', start)}", flush=True)
            outcomes["process ended"] += 1
        start = last.get("next", start) + 1 if run.returncode else None
    print(dict(outcomes))
    return 1 if outcomes["WRONG"] or outcomes["process ended"] else 0


def read_damaged_files(count, start):
    from copyart.errors import StyleError
    from copyart.formats import sandbox
    from copyart.painting.loading import load
    from tests.formats import quick_sandbox
    from tests.formats.checkpoint_files import DATA, DATA_END, INDEX_END, hostile_indices
    from tests.formats.mutations import hostile_h5, hostile_pth, mutants, watched

    start_process = subprocess.run

    def run(command, **options):
        return (quick_sandbox.quick_run if quick_sandbox.CHECKPOINT in command else start_process)(command, **options)

    sandbox.subprocess.run = run
    quick_sandbox.server()
    load(ORACLES / SEEDS[0])  # loads the libraries, whose memory must not count
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        target = folder / "executed"
        hostile = [(name, {".pth": data}) for name, data in hostile_pth(target).items()]
        hostile += [(name, {".h5": data}) for name, data in hostile_h5(folder).items()]
        hostile += [(name, {INDEX_END: data, DATA_END: DATA}) for name, data in hostile_indices().items()]
        each = -(-(count - len(hostile)) // len(SEEDS))
        files = hostile + [
            (f"{seed} {number}", {**checkpoint_files(seed), Path(seed).suffix: data})
            for seed in SEEDS
            for number, data in enumerate(mutants((ORACLES / seed).read_bytes(), each))
        ]
        for number, (name, parts) in enumerate(files[:count]):
            if number < start:
                continue
            print(json.dumps({"next": number}), flush=True)
            for suffix, data in parts.items():
                (folder / f"file{suffix}").write_bytes(data)
            path = folder / f"file{next(iter(parts))}"
            before, began = sorted(folder.iterdir()), time.monotonic()
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
            with watched() as seen:
                try:
                    load(path)
                    outcome = "read"
                except StyleError as error:
                    outcome = "refused"
                    problem = "more than a line" if "\n" in str(error) else None
                except Exception as error:
                    outcome, problem = "raised", f"{type(error).__name__}: {error}"[:200]
                else:
                    problem = "hostile and read" if number < len(hostile) else None
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10) - memory
            problems = [problem] if problem else []
            problems += [f"did {seen}"] if seen else []
            problems += ["wrote"] if sorted(folder.iterdir()) != before else []
            problems += [f"took {grown >> 20} MB"] if grown > MEMORY else []
            problems += [f"took {time.monotonic() - began:.0f} s"] if time.monotonic() - began > SECONDS else []
            print(json.dumps({"next": number, "outcome": outcome}), flush=True)
            if problems:
                print(json.dumps({"next": number, "wrong": problems, "file": name}), flush=True)
    quick_sandbox.stop_server()
    return 0


def checkpoint_files(seed):
    """Return the files of a checkpoint, suffix → content, its index first; an empty dictionary for other seeds."""
    if "checkpoint" not in seed:
        return {}
    paths = sorted(ORACLES.glob(f"{Path(seed).stem}.*"), reverse=True)
    return {path.suffix: path.read_bytes() for path in paths}


if __name__ == "__main__":
    sys.exit(main())
