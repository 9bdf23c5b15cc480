"""Run a module of the tests in a separate process with Keras on JAX."""

import os
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parent.parent
#: XLA takes far longer to make tiny networks fast than they take when they are slow.
_HASTE = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
if tuple(map(int, version("jaxlib").split(".")[:2])) < (0, 11):  # newer ones end at a flag that they no longer know
    _HASTE += " --xla_cpu_use_fusion_emitters=false"
#: Convolutions in float64 are plain loops: left as they are written, those of a whole network take too long.
SOME_HASTE = _HASTE.replace("level=0", "level=1") + " --xla_cpu_prefer_vector_width=64"
#: What one process has compiled, the next one need not.
_COMPILED = tempfile.TemporaryDirectory(prefix="compiled-")


def environment(devices=1, haste=_HASTE, **changes):
    """Return the environment of such a process, with so many CPU devices, and what XLA is to leave out."""
    return {
        **os.environ,
        "KERAS_BACKEND": "jax",
        "XLA_FLAGS": f"{haste} --xla_force_host_platform_device_count={devices}",
        "JAX_PLATFORMS": "cpu",
        "JAX_COMPILATION_CACHE_DIR": _COMPILED.name,
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "PYTHONPATH": str(ROOT),
        **changes,
    }


def run(module, *arguments, **kwargs):
    """Run `python -m module arguments`; return what it wrote to standard output.

    Args:
        module: Its dotted name.
        *arguments: What it is given.
        **kwargs: As for `environment`.
    """
    return start(module, *arguments, **kwargs)()


def start(module, *arguments, **kwargs):
    """Do as `run` does, but return at once, with a function that waits for the output: compiling keeps a core busy."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, cwd=ROOT, env=environment(**kwargs), **pipes)

    def wait():
        out, errors = process.communicate()
        assert process.returncode == 0, f"{module} failed\n{out[-2000:]}\n{errors[-6000:]}"
        return out

    return wait
