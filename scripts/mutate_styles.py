"""Open damaged and malicious packed styles: `python scripts/mutate_styles.py [500] [--style monet]`.

Each must be refused with one line. No code may be run, and no file written.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from copyart.errors import CopyartError
from copyart.painting.loading import load
from copyart.styles.packing import pack_style
from tests.styles.mutations import guarded, mutants


def main():
    """Create mutants, open each, and count the outcomes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int, nargs="?", default=500)
    parser.add_argument("--style", default="monet")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    kinds, faults, start = Counter(), [], time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        good, path = Path(folder, "good.copyart"), Path(folder, "mutant.copyart")
        pack_style(arguments.style, good)
        load(good)
        for name, mutant in mutants(good.read_bytes(), arguments.count, arguments.seed):
            path.write_bytes(mutant)
            fault = open_damaged_style(path)
            kinds[name.rpartition(" ")[0]] += 1
            faults += [f"{name}: {fault}"] if fault else []
        left = sorted(file.name for file in Path(folder).iterdir())
        faults += [f"left behind: {left}"] if left != ["good.copyart", "mutant.copyart"] else []
    print(", ".join(f"{kind} {count}" for kind, count in kinds.items()))
    print("\n".join(faults) or "Each was refused with one line. Nothing was run or written.")
    print(f"{arguments.count} mutants, {len(faults)} faults, {time.perf_counter() - start:.0f} s")
    return 1 if faults else 0


def open_damaged_style(path):
    """Open a damaged style. Return None if it is refused as it should be, else what happened instead."""
    with guarded() as seen:
        try:
            load(path)
        except CopyartError as error:
            lines = str(error).splitlines()
            return f"{len(lines)} lines" if len(lines) != 1 else f"did {seen[:2]}" if seen else None
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    return "accepted"


if __name__ == "__main__":
    sys.exit(main())
