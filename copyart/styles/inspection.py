"""What a style says about itself, and whether it is sound: before it is trusted, or shared."""

import hashlib

import numpy as np
from PIL import Image

from copyart.data.decoding import read_image
from copyart.engine.engine import fast_engine
from copyart.errors import ImageError
from copyart.styles.files import PREVIEW, style_error
from copyart.styles.model_card import facts_about, model_card
from copyart.styles.packed import is_packed, open_style, require_own_kind, style_bytes

#: Side of the picture that a style paints to show that it can, in pixels.
_SIDE = 48
#: Most pixels of a preview.
_PREVIEW_PIXELS = 1 << 24


def inspect_style(place):
    """Return what there is to know about a style, without painting.

    Args:
        place: A style folder or packed style.

    Returns:
        A dictionary that JSON can hold: `name`, `generator`, `parameters`, `licence`, `author`, `source`, `date`,
        `experimental`, `packed`, and `files` with their sizes and SHA-256. What the style does not say is None.

    Raises:
        StyleError: It is damaged.
    """
    config, metadata, weights = open_style(place)
    return {
        "name": metadata.get("name"),
        "generator": config.get("generator"),
        "parameters": sum(array.size for array in weights.values()),
        "image_size": config.get("image_size"),
        **facts_about(metadata),
        "source": metadata.get("source"),
        "date": metadata.get("date"),
        "experimental": bool(metadata.get("experimental")),
        "packed": is_packed(place),
        "files": {name: _facts(content) for name, content in style_bytes(place).items()},
    }


def card_of(place):
    """Return the model card of a style folder or packed style, in Markdown."""
    return model_card(*open_style(place), PREVIEW in style_bytes(place))


def verify_style(place):
    """Check all of a style: its files, its weights, its preview, and that it paints.

    Args:
        place: A style folder or packed style.

    Returns:
        A list of what was found to be right, in words.

    Raises:
        StyleError: Something is wrong.
    """
    config, _, weights = open_style(place)
    require_own_kind(place, config, weights)
    files = style_bytes(place)
    found = [f"{len(files)} files" + (", each as the manifest says" if is_packed(place) else "")]
    found.append(f"{len(weights)} arrays that fit the generator, all of finite numbers")
    if PREVIEW in files:
        found.append(_checked_preview(place, files[PREVIEW]))
    _paint(place, config, weights)
    return [*found, f"it paints a picture of {_SIDE} × {_SIDE} pixels"]


def _facts(content):
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _checked_preview(place, content):
    try:
        image = read_image(content, max_pixels=_PREVIEW_PIXELS)
    except ImageError as error:
        raise style_error(place, "have a preview that can be shown", str(error)[:200], "Save it again.") from error
    return f"a preview of {image.width} × {image.height} pixels"


def _paint(place, config, weights):
    engine = fast_engine(config["generator"], weights)
    if engine is None:
        raise style_error(place, "paint", "no engine: onnxruntime cannot be loaded", "Install onnxruntime.")
    gradient = np.linspace(0, 255, _SIDE * _SIDE * 3).astype(np.uint8).reshape(_SIDE, _SIDE, 3)
    if np.asarray(engine.paint(Image.fromarray(gradient))).std() == 0:
        raise style_error(place, "paint", "a painting of one colour", "Train it again.")
