"""One side of a comparison: a process that waits for commands.

Started as `python -m benchmarks.worker MODULE:CLASS SETTINGS`. Each line on stdin is a command, each line on stdout
its answer, both JSON.
"""

import importlib
import json
import os
import resource
import sys
import time
import traceback


def peak_memory():
    """Return the peak memory of this process in bytes."""
    try:
        with open("/proc/self/status") as status:
            peak = next(line for line in status if line.startswith("VmHWM:"))
        return int(peak.split()[1]) * 1024
    except OSError:
        # On Linux this figure would be inherited from the parent process.
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def time_repeats(action, count):
    """Do an action several times and return the seconds that each took."""
    seconds = []
    for _ in range(count):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return seconds


def serve_commands(task, commands, answers):
    """Answer commands `{"do": method, **arguments}` until there are no more."""
    for line in commands:
        command = json.loads(line)
        print(json.dumps(_answer_command(task, command)), file=answers, flush=True)


def _answer_command(task, command):
    try:
        return {"answer": getattr(task, command.pop("do"))(**command)}
    except Exception:
        return {"error": traceback.format_exc()}


def main(target, settings):
    # What libraries print goes to stderr: stdout carries answers only.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    module, name = target.split(":")
    task = getattr(importlib.import_module(module), name)(**json.loads(settings))
    serve_commands(task, sys.stdin, answers)


if __name__ == "__main__":
    main(*sys.argv[1:])
