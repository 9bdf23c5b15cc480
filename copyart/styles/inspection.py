"""Inspect a style (`copyart style inspect`) and verify that its files are sound (`copyart style verify`)."""

import os
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from copyart.data.decoding import read_image
from copyart.errors import ImageError
from copyart.styles.folder import style_error
from copyart.styles.model_card import licences_and_author
from copyart.styles.opening import open_style
from copyart.styles.packed_file import describe_files, is_packed
from copyart.styles.style import Style

#: Side of the test picture that a style must be able to paint, in pixels.
_SIDE = 48
#: Maximum number of pixels of a preview.
_PREVIEW_PIXELS = 1 << 24


def inspect_style(source: Style | str | os.PathLike) -> dict[str, Any]:
    """Return the facts about a style from its files, without painting.

    Args:
        source: A `Style`, or what `open_style` takes.

    Returns:
        A dictionary for JSON: `name`, `generator`, `parameters`, `image_size`, `licence`, `licence of the pictures`,
        `author`, `source`, `date`, `experimental`, `packed`, and `files` (sizes, SHA-256). Unknown facts are None.

    Raises:
        StyleError: if it is damaged.
    """
    style = open_style(source)
    return {
        "name": style.metadata.get("name"),
        "generator": style.generator,
        "parameters": sum(array.size for array in style.weights.values()),
        "image_size": style.config.get("image_size"),
        **licences_and_author(style.metadata),
        "source": style.metadata.get("source"),
        "date": style.metadata.get("date"),
        "experimental": bool(style.metadata.get("experimental")),
        "packed": is_packed(style.place),
        "files": describe_files(style.files),
    }


def verify_style(source: Style | str | os.PathLike) -> list[str]:
    """Check the files, weights and preview of a style, and paint a test picture.

    Args:
        source: A `Style`, or what `open_style` takes.

    Returns:
        One line for each check that passed.

    Raises:
        StyleError: if a check fails.
    """
    style = open_style(source)
    style.require_copyart_generator()
    found = [f"{len(style.files)} files" + (", each as the manifest says" if is_packed(style.place) else "")]
    found.append(f"{len(style.weights)} arrays that fit the generator, all of finite numbers")
    if style.preview is not None:
        found.append(_check_preview(style.place, style.preview))
    _paint_test_picture(style)
    return [*found, f"it paints a picture of {_SIDE} × {_SIDE} pixels"]


def _check_preview(place: Path, preview: bytes) -> str:
    try:
        image = read_image(preview, max_pixels=_PREVIEW_PIXELS)
    except ImageError as error:
        must, remedy = "have a readable preview", "Save it again."
        raise style_error(place, must, str(error)[:200], remedy) from error
    return f"a preview of {image.width} × {image.height} pixels"


def _paint_test_picture(style: Style) -> None:
    engine = style.engine
    if engine is None:
        raise style_error(style.place, "paint", "no engine: onnxruntime cannot be loaded", "Install onnxruntime.")
    gradient = np.linspace(0, 255, _SIDE * _SIDE * 3).astype(np.uint8).reshape(_SIDE, _SIDE, 3)
    if np.asarray(engine.paint(Image.fromarray(gradient))).std() == 0:
        raise style_error(style.place, "paint", "a painting of one colour", "Train it again.")
