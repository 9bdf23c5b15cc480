"""The card of an export: what it is, what it came from, and how far from it its paintings are."""

import hashlib
import json
import platform
from pathlib import Path

from copyart._version import __version__

#: Of the style's metadata: whose it is, and what may be done with it.
_KEPT = ("name", "author", "licence", "source", "date", "steps", "experimental")


def card_of(model, form, compared, **facts):
    """Return a card, a dictionary that JSON can hold.

    Args:
        model: What was exported; a `Painter` brings its metadata.
        form: The name of the form: `"onnx"`, …
        compared: How the export was compared, and what came out: a dictionary.
        **facts: What is to be said of this form besides.
    """
    metadata = getattr(model, "metadata", None) or {}
    return {
        "form": form,
        **facts,
        "style": {name: metadata[name] for name in _KEPT if name in metadata},
        "compared": compared,
        "made_with": f"copyart {__version__}",
    }


def compared_by(runtime, differences, limits):
    """Return what a card says of a comparison.

    Args:
        runtime: What ran the export, and its version.
        differences: What `compare` returned.
        limits: The `Limits` that it was held to.
    """
    return {
        "with": "the Keras network, in float32",
        "runtime": runtime,
        "processor": platform.machine(),
        "pictures": differences["pictures"],
        "max_levels_of_255": round(255 * differences["max_painting_difference"], 4),
        "mean_levels_of_255": round(255 * differences["mean_painting_difference"], 4),
        "max_difference": differences["max_difference"],
        "mean_difference": differences["mean_difference"],
        "limits_in_levels_of_255": {"largest": limits.largest, "mean_of_a_picture": limits.mean},
    }


def card_beside(path):
    """Return the path of the card of an export that is a file: `monet.onnx` → `monet.onnx.card.json`."""
    return Path(f"{path}.card.json")


def checksum(path):
    """Return the SHA-256 of a file, in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_card(path, card):
    """Write a card."""
    path.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
