"""Run a module of the tests in a process of its own, in which Keras computes with JAX."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
#: XLA takes far longer to make tiny networks fast than they take when they are slow.
_HASTE = (
    "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true --xla_cpu_use_fusion_emitters=false"
)
#: What one process has compiled, the next one need not.
_COMPILED = tempfile.TemporaryDirectory(prefix="compiled-")


def environment(devices=1, **changes):
    """Return the environment of such a process, with so many CPU devices."""
    return {
        **os.environ,
        "KERAS_BACKEND": "jax",
        "XLA_FLAGS": f"{_HASTE} --xla_force_host_platform_device_count={devices}",
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
    command = [sys.executable, "-m", module, *map(str, arguments)]
    result = subprocess.run(command, cwd=ROOT, env=environment(**kwargs), capture_output=True, text=True)
    assert result.returncode == 0, f"{module} failed\n{result.stdout[-2000:]}\n{result.stderr[-6000:]}"
    return result.stdout
