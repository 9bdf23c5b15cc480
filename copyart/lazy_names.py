"""Load the public names of a package when they are first used (PEP 562), because Keras and NumPy are slow to import."""

import importlib
import sys
from collections.abc import Callable, Collection, Mapping
from typing import Any


def lazy_names(
    package: str, homes: Mapping[str, str], modules: Collection[str] = ()
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return a `__getattr__` and a `__dir__` for a package that loads its public names when they are first used.

    Args:
        package: The package's `__name__`. `dir()` lists its `__all__`.
        homes: Public name → the module inside the package that defines it, such as `"training.train"`.
        modules: The public names that are themselves modules. Defaults to none.

    Returns:
        The two functions. The package must assign them, as in the example.

    Example:
        >>> __all__ = ["Style"]
        >>> __getattr__, __dir__ = lazy_names(__name__, {"Style": "style"})
    """

    def load(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = importlib.import_module(f"{package}.{homes[name]}")
        return module if name in modules else getattr(module, name)

    def names() -> list[str]:
        return sorted(sys.modules[package].__all__)

    return load, names
