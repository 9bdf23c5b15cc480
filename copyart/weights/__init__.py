"""Turn the weights of other projects into Copyart's networks and styles."""

import importlib

_HOMES = {
    "ConversionReport": "conversion",
    "convert_weights": "conversion",
    "download_style": "published",
    "import_keras": "keras_import",
    "import_network": "network_files",
    "import_torch": "torch_import",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    """Load a public name when it is first used: Keras is slow to import (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
