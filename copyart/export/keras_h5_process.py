"""Weights in HDF5 files, read in a process of its own: whatever a damaged file does to HDF5, ours goes on.

What the process found comes back through its standard output: a line of JSON, then the numbers, float32.
"""

import contextlib
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from copyart.errors import StyleError
from copyart.export.keras_h5 import MAX_BYTES, KerasFile, Weight, read_h5
from copyart.export.torch_objects import RefusedError, shown

#: Half a gigabyte takes 5 seconds; a process that takes longer than this goes round in circles.
SECONDS = 30
#: Memory of the process besides what it needs for the file: Python, NumPy and HDF5 map about 1 GiB.
_MEMORY, _COPIES = 2 << 30, 4
#: What the process runs: it looks for modules where this one does.
_CODE = f"""
import json, sys
sys.path += json.loads(sys.argv[1])
from {__name__} import main
main(sys.argv[2])
"""


def read_keras_h5(path):
    """Read the weights of a `.h5` file that Keras 2 saved: a whole model, or `save_weights`.

    Args:
        path: Path of the file, of at most 512 MiB.

    Returns:
        A `KerasFile`.

    Raises:
        StyleError: The file is missing, damaged, or of another kind.
    """
    try:
        return _received(_ask(path))
    except RefusedError as error:
        raise StyleError(
            "A Keras weights file must be whole, and one that Keras 2 saved. "
            f"Received: {''.join(str(path).splitlines())}, {error}. "
            "Copy it again, or save it again with network.save_weights('generator.h5')."
        ) from None


def _ask(path):
    # Isolated, so that nothing is imported from the folder in which the user, and a stranger's files, may be.
    places = json.dumps([*filter(None, sys.path), str(Path(__file__).parents[2])])
    command = [sys.executable, "-I", "-c", _CODE, places, os.path.abspath(path)]
    try:
        run = subprocess.run(command, capture_output=True, timeout=SECONDS, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        raise RefusedError(f"which is damaged (HDF5 did not end within {SECONDS} seconds)") from None
    except (OSError, ValueError) as error:
        raise RefusedError(f"which no process could be started to read ({shown(error)})") from None
    if run.returncode:
        raise RefusedError(f"which is damaged (HDF5 ended with {run.returncode})")
    return run.stdout


def _received(answer):
    line, _, numbers = answer.partition(b"\n")
    found = json.loads(line)
    if "refused" in found:
        raise RefusedError(found["refused"])
    networks, place = {}, 0
    for name, weights in found["networks"]:
        networks[name] = []
        for role, shape in weights:
            array = np.frombuffer(numbers, np.float32, math.prod(shape), place).reshape(shape)
            networks[name].append(Weight(role, array))
            place += array.nbytes
    return KerasFile(networks, found["config"])


def main(path):
    """Read a file and write what was found; the other side of `read_keras_h5`."""
    out = sys.stdout.buffer
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
        _bound_memory(len(data))
        found = read_h5(data)
    except RefusedError as error:
        _write_line(out, {"refused": str(error)})
    except OSError as error:
        _write_line(out, {"refused": f"which cannot be read ({shown(error.strerror or error)})"})
    except Exception as error:  # a hostile file can make HDF5 raise anything
        _write_line(out, {"refused": f"which is damaged ({type(error).__name__}: {shown(error)})"})
    else:
        shapes = [[name, [(role, array.shape) for role, array in weights]] for name, weights in found.networks.items()]
        _write_line(out, {"networks": shapes, "config": found.config})
        for weights in found.networks.values():
            for _, array in weights:
                out.write(np.ascontiguousarray(array).tobytes())


def _write_line(out, value):
    out.write(json.dumps(value).encode() + b"\n")


def _bound_memory(length):
    with contextlib.suppress(ImportError, OSError, ValueError):  # Windows has no such bounds
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY + _COPIES * length, resource.RLIM_INFINITY))
