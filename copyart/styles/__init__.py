"""What a style is: its files, the packed style, hub handles, and the styles that come with Copyart."""

import importlib

_HOMES = {
    "Style": "style",
    "bundled_styles": "bundled",
    "inspect_style": "inspection",
    "is_mixture": "mixing",
    "open_style": "opening",
    "pack_style": "packing",
    "packed_name": "packing",
    "save_style": "networks",
    "verify_style": "inspection",
    "write_style": "mixing",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    """Load a public name when it is first used: NumPy and Keras are slow to import (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
