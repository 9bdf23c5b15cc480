"""Styles: open, save, pack, inspect and mix them. Includes the bundled styles and hub handles."""

from copyart.lazy_names import lazy_names

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
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
