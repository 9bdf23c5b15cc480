"""Choose Keras' backend, TensorFlow or JAX, before Keras is imported."""

import importlib.util
import os
import sys
from typing import Any, TypeAlias

from copyart.errors import ConfigError

BACKENDS = ("tensorflow", "jax")
#: A tensor of the chosen backend. The backends' tensors have no common class.
Tensor: TypeAlias = Any


def choose_backend(name: str | None = None) -> None:
    """Choose the backend, unless Keras has been imported already.

    Args:
        name: `"tensorflow"` or `"jax"`. Defaults to the environment variable KERAS_BACKEND. If that is not set, JAX is
            chosen if it is installed and TensorFlow is not; otherwise Keras' configuration decides.

    Raises:
        ConfigError: if there is no such backend, if it is not installed, or if Keras already uses another.
    """
    if name is None and _backend_in_use():
        return
    name = name or os.environ.get("KERAS_BACKEND") or None
    if name is None:
        prefer_installed_backend()
        return
    if name not in BACKENDS:
        raise ConfigError(f"the backend must be one of {', '.join(BACKENDS)}. Received: {name}")
    running = _backend_in_use()
    if running not in (None, name):
        raise ConfigError(
            f"the backend must be chosen before Keras is imported. Received: {name}, while Keras uses {running}. Set "
            f"KERAS_BACKEND={name} and start again."
        )
    if not is_installed(name):
        raise ConfigError(
            f"the backend must be installed. Received: {name}, which is not. Run pip install {name}, or choose "
            f"--backend {next(other for other in BACKENDS if other != name)}."
        )
    os.environ["KERAS_BACKEND"] = name


def prefer_installed_backend() -> None:
    """Choose JAX if it is installed and TensorFlow is not, unless KERAS_BACKEND is set or Keras has been imported."""
    if "keras" in sys.modules or os.environ.get("KERAS_BACKEND"):
        return
    if not is_installed("tensorflow") and is_installed("jax"):
        os.environ["KERAS_BACKEND"] = "jax"


def is_installed(package: str) -> bool:
    """Tell whether a package can be imported, without importing it."""
    try:
        return importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):
        return False


def _backend_in_use() -> str | None:
    keras = sys.modules.get("keras")
    return keras.backend.backend() if keras else None
