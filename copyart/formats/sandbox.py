"""Run a reader of foreign files in a child process, bounded in time and memory.

A damaged file can crash HDF5 and TensorFlow, which are C libraries, or send them into a loop that Python cannot
interrupt. A child process can be killed. It writes its answer to standard output: a line of JSON, then the bytes of the
arrays.
"""

import contextlib
import importlib
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from copyart.formats.weights_file import RefusedError, Weight, WeightsFile, printable

#: Default time limit in seconds. HDF5 reads half a gigabyte in 5 seconds.
SECONDS = 30
#: CPU time in seconds after which the system ends a looping reader, in case the parent process was killed.
_CPU_SECONDS = 120
#: Limit on a reader's memory beyond its libraries: a constant number of bytes, plus a multiple of the file's size.
_MEMORY, _MEMORY_PER_BYTE = 2 << 30, 4
#: Code that the child process runs. The child searches the same folders for modules as this process.
_CODE = f"""
import json, sys
sys.path += json.loads(sys.argv[1])
from {__name__} import main
main(*sys.argv[2:])
"""
#: One thread is enough to read a file, and starts sooner than several. No GPU is needed.
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}


def read_in_sandbox(module: str, source: str | os.PathLike | bytes, seconds: float = SECONDS) -> WeightsFile:
    """Read a file in a child process.

    Args:
        module: Full name of the reading module. Its function `read(source)` turns the path (str) or bytes of a file
            into a `WeightsFile`.
        source: Path of the file, or its bytes.
        seconds: Time limit for the child process, including its start. Defaults to 30.

    Raises:
        RefusedError: if the reader refuses the file, or its process crashes or takes too long.
    """
    return _unpack_answer(_run_child(module, source, seconds))


def _run_child(module: str, source: str | os.PathLike | bytes, seconds: float) -> bytes:
    stdin: dict[str, Any] = {"input": source} if isinstance(source, bytes) else {"stdin": subprocess.DEVNULL}
    folders = json.dumps([*filter(None, sys.path), str(Path(__file__).parents[2])])
    # Isolated (-I): no module is imported from the current folder, which may contain untrusted files.
    command = [sys.executable, "-I", "-B", "-c", _CODE, folders, module]
    try:
        command.append("" if isinstance(source, bytes) else os.path.abspath(source))
        pipes = {**stdin, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        run = subprocess.run(command, **pipes, timeout=seconds, env=os.environ | _ENVIRONMENT)
    except subprocess.TimeoutExpired:
        raise RefusedError(f"which is damaged (its reader did not end within {seconds} seconds)") from None
    except (OSError, ValueError, TypeError) as error:  # ValueError, TypeError: the source is not a valid path
        raise RefusedError(f"for which no reading process could be started ({printable(error)})") from None
    if run.returncode:
        raise RefusedError(f"which is damaged (its reader ended with {run.returncode})")
    return run.stdout


def main(module: str, path: str) -> None:
    """Entry point of the child process: read a file, and write the answer.

    Args:
        module: As for `read_in_sandbox`.
        path: Path of the file, or `""` to read its bytes from standard input.
    """
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)  # a library's output must not get into the answer
        out.writelines(read_and_encode(module, path or sys.stdin.buffer.read(), _limit_process))


def read_and_encode(
    module: str, source: str | bytes, prepare: Callable[[str | bytes], None] | None = None
) -> Iterator[bytes]:
    """Yield the child's answer, piece by piece.

    Args:
        module: As for `read_in_sandbox`.
        source: Path or bytes of the file.
        prepare: Called with the source once the reader's libraries are loaded. Defaults to None.
    """
    try:
        reader = importlib.import_module(module)
        if prepare:
            prepare(source)
        found = reader.read(source)
    except RefusedError as error:
        refusal = error
    except ImportError as error:
        remedy = f"Install it: pip install {error.name}" if error.name else ""
        refusal = RefusedError(f"whose reader cannot be loaded ({printable(error)})", remedy)
    except OSError as error:
        refusal = RefusedError(f"which cannot be read ({printable(error.strerror or error)})")
    except Exception as error:  # a hostile file can raise anything, MemoryError and RecursionError included
        refusal = RefusedError(f"which is damaged ({type(error).__name__}: {printable(error)})")
    else:
        outlines = {
            name: [(key, array.dtype.str, array.shape) for key, array in weights]
            for name, weights in found.networks.items()
        }
        yield json.dumps({"networks": outlines, "config": found.config}).encode() + b"\n"
        yield from (array.tobytes() for weights in found.networks.values() for _, array in weights)
        return
    yield json.dumps({"refused": str(refusal), "remedy": refusal.remedy}).encode() + b"\n"


def _unpack_answer(data: bytes) -> WeightsFile:
    start = data.index(b"\n") + 1
    found = json.loads(data[:start])
    if "refused" in found:
        raise RefusedError(found["refused"], found["remedy"])
    networks: dict[str, list[Weight]] = {name: [] for name in found["networks"]}
    for name, outline in found["networks"].items():
        for key, dtype, shape in outline:
            array = np.frombuffer(data, dtype, math.prod(shape), start).reshape(shape).copy()
            networks[name].append(Weight(key, array))
            start += array.nbytes
    return WeightsFile(networks, found["config"])


def _limit_process(source: str | bytes) -> None:
    """Limit this process's memory and time, and forbid it to write files. Windows has no such limits."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        limits = {resource.RLIMIT_CORE: 0, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_CPU: _CPU_SECONDS}
        for limit, most in limits.items():
            resource.setrlimit(limit, (most, most))
        length = len(source) if isinstance(source, bytes) else os.stat(source).st_size
        taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + _MEMORY + _MEMORY_PER_BYTE * length,) * 2)
