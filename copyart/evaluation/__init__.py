"""How close paintings are to an artist, how well they preserve the photo, and what is wrong with them."""

import importlib

_HOMES = {
    "Estimate": "bootstrap",
    "Evaluation": "figures",
    "Fault": "figures",
    "Figure": "figures",
    "evaluate": "comparison",
    "feature_network": "features",
    "feature_networks": "features",
}

__all__ = sorted([*_HOMES, "quick"])


def __getattr__(name):
    """Load a public name when it is first asked for: Keras is slow to import (PEP 562)."""
    if name == "quick":
        return importlib.import_module(f"{__name__}.quick")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__():
    return sorted({*globals(), *__all__})
