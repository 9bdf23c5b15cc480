"""Measure two worker processes in turns, so that a machine that slows down slows down both."""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from copyart.backend import is_installed

ROOT = Path(__file__).resolve().parents[1]


def default_backend():
    """Return the backend of Copyart's side: `KERAS_BACKEND` if set, else TensorFlow if installed, else JAX."""
    return os.environ.get("KERAS_BACKEND") or ("tensorflow" if is_installed("tensorflow") else "jax")


def worker_environment(backend=None):
    """Return the environment of a worker. Both sides share an accelerator, so JAX must not reserve all its memory."""
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
    return {**os.environ, **quiet, "KERAS_BACKEND": backend or default_backend()}


class WorkerError(RuntimeError):
    """Raised when a side of a comparison fails."""


class Worker:
    """One side of a comparison, in its own process.

    Args:
        target: `module:class` of the task, as `benchmarks.worker` takes it.
        backend: `"tensorflow"` or `"jax"`. Defaults to that of `default_backend`.
        **settings: Arguments of the task.
    """

    def __init__(self, target, backend=None, **settings):
        self.target = target
        self._stderr = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed by close()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", target, json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            text=True,
            cwd=ROOT,
            env=worker_environment(backend),
        )

    def ask(self, do, **arguments):
        """Call a method of the task, and return its answer."""
        try:
            print(json.dumps({"do": do, **arguments}), file=self._process.stdin, flush=True)
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        reply = json.loads(line) if line else {"error": self._end_of_stderr()}
        if "error" in reply:
            raise WorkerError(f"{self.target}: {reply['error']}")
        return reply["answer"]

    def _end_of_stderr(self):
        self._process.wait()
        self._stderr.seek(0)
        return self._stderr.read()[-2000:]

    def close(self):
        """End the process."""
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()
        self._stderr.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def alternate_rounds(ours, theirs, rounds, steps, warm_up=1):
    """Run rounds of two workers in turn: A B A B.

    Args:
        ours: `Worker` with a method `time_round(count)` that returns the seconds of each step.
        theirs: `Worker` of the same kind.
        rounds: Rounds of each side.
        steps: Steps of a round.
        warm_up: Steps of each side before the first round, not counted.

    Returns:
        Median seconds of a step in each round: ours, theirs.
    """
    for side in (ours, theirs):
        side.ask("time_round", count=warm_up)
    seconds = [
        [statistics.median(side.ask("time_round", count=steps)) for side in (ours, theirs)] for _ in range(rounds)
    ]
    return tuple(list(side) for side in zip(*seconds, strict=True))
