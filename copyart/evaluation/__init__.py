"""Evaluation of a style: distance to the artist, attribution, content preservation and faults."""

from copyart.lazy_names import lazy_names

_HOMES = {
    "Estimate": "bootstrap",
    "Evaluation": "figures",
    "Fault": "figures",
    "Figure": "figures",
    "evaluate": "evaluator",
    "feature_networks": "features",
    "ValidationMetrics": "validation",
}

__all__ = sorted(_HOMES)
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
