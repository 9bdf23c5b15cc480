"""Evaluation of a style: distance to the artist, attribution, content preservation and faults."""

import importlib

_HOMES = {
    "Estimate": "bootstrap",
    "Evaluation": "figures",
    "Fault": "figures",
    "Figure": "figures",
    "evaluate": "comparison",
    "feature_network": "features",
    "feature_networks": "features",
    "ValidationMetrics": "validation",
}

__all__ = sorted(_HOMES)


def __getattr__(name):
    """Load a public name on first use, because Keras is slow to import (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__():
    return sorted({*globals(), *__all__})
