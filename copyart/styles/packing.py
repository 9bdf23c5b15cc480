"""Pack a style into one file, to share it."""

import dataclasses
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from copyart.artists import fold_name
from copyart.errors import StyleError
from copyart.styles.folder import CONFIG, METADATA, PREVIEW, WEIGHTS, encode_json, write_style_file
from copyart.styles.model_card import model_card
from copyart.styles.opening import open_style
from copyart.styles.packed_file import CARD, FORMAT, MANIFEST, SUFFIX, describe_files, require_size_within_limit
from copyart.styles.stored_zip import write_zip
from copyart.styles.style import Style


def pack_style(
    source: Style | str | os.PathLike,
    target: str | os.PathLike,
    licence: str | None = None,
    author: str | None = None,
) -> dict[str, Any]:
    """Pack a style into one file.

    Args:
        source: A `Style`, or what `open_style` takes.
        target: Path of the file, ending in `.copyart`. An existing file is replaced.
        licence: Licence of the weights. Defaults to None: taken from the metadata.
        author: Who made the style. Defaults to None: taken from the metadata.

    Returns:
        The manifest.

    Raises:
        StyleError: if the style is damaged or cannot be shared, or the file cannot be written.
    """
    target = os.path.expanduser(target)
    if Path(target).suffix.lower() != SUFFIX:
        raise StyleError(f"a packed style must end in {SUFFIX}. Received: {str(target)[:200]!r}. Add the suffix.")
    style = open_style(source)
    style.require_copyart_generator()
    style = dataclasses.replace(style, metadata=_add_licence_and_author(style.metadata, licence, author))
    files = {CARD: model_card(style).encode(), CONFIG: encode_json(style.config), METADATA: encode_json(style.metadata)}
    files |= {name: style.files[name] for name in (PREVIEW, WEIGHTS) if name in style.files}
    manifest = {"copyart": "style", "format": FORMAT, "files": describe_files(files)}
    files = {MANIFEST: encode_json(manifest), **files}
    for name, content in files.items():
        require_size_within_limit(target, name, len(content))
    write_style_file(Path(target), write_zip(files))
    return manifest


def packed_name(source: Style | str | os.PathLike) -> str:
    """Return the file name of a packed style: the style's name in ASCII letters."""
    style = open_style(source)
    words = re.split(r"\W+", str(style.metadata.get("name") or style.place.stem))
    return ("-".join(filter(None, map(fold_name, words)))[:60] or "style") + SUFFIX


def _add_licence_and_author(metadata: Mapping[str, Any], licence: str | None, author: str | None) -> Mapping[str, Any]:
    if licence:
        own = metadata.get("licence")
        metadata = {**metadata, "licence": {**(own if isinstance(own, dict) else {}), "weights": licence}}
    return {**metadata, "author": author} if author else metadata
