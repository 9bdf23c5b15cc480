"""A style in a single file, to be shared: `monet.copyart`, a zip file that can be opened from a stranger.

manifest.json         which files there are, their sizes and SHA-256
README.md             the model card, made from the metadata
…                     and the files of the style folder

Nothing is unpacked to disk, nothing in it is run, and every byte is accounted for (docs/decisions/0019).
"""

import hashlib
import os
import re
from pathlib import Path

import numpy as np

from copyart.artists import fold
from copyart.engine.plan import layer_plan
from copyart.errors import StyleError
from copyart.styles.files import (
    CONFIG,
    METADATA,
    PREVIEW,
    WEIGHTS,
    as_json,
    parse_json,
    parse_style,
    read_style,
    style_error,
    write_style_file,
)
from copyart.styles.model_card import model_card
from copyart.styles.stored_zip import unzipped, zipped

SUFFIX, MANIFEST, CARD = ".copyart", "manifest.json", "README.md"
FORMAT = 1
#: Most bytes of each file. The paper's largest generator takes 46 MB, and no style's words a megabyte.
LIMITS = {
    MANIFEST: 1 << 16,
    CARD: 1 << 20,
    CONFIG: 1 << 16,
    METADATA: 1 << 20,
    PREVIEW: 1 << 23,
    WEIGHTS: 1 << 27,
}
_MUST = LIMITS.keys() - {PREVIEW}
#: Zip's own headers: some 100 bytes a file.
_LARGEST = sum(LIMITS.values()) + (1 << 12)
_REMEDY = "Do not trust it; ask for another copy, made with copyart style pack."


def pack_style(place, target, licence=None, author=None):
    """Pack a style into one file.

    Args:
        place: A style folder, or a packed style to pack anew.
        target: Path of the file, which ends in `.copyart`; an older one is replaced.
        licence: Of the weights. Defaults to None: what the metadata say.
        author: Who made it. Defaults to None: what the metadata say.

    Returns:
        The manifest.

    Raises:
        StyleError: The style is damaged, is of a kind that cannot be shared, or the file cannot be written.
    """
    if Path(target).suffix.lower() != SUFFIX:
        raise StyleError(
            f"a packed style must be a file that ends in {SUFFIX}, by which it is known. Received: "
            f"{str(target)[:200]!r}. Name it so."
        )
    config, metadata, weights = open_style(place)
    require_own_kind(place, config, weights)
    metadata, found = _with(metadata, licence, author), style_bytes(place)
    card = model_card(config, metadata, weights, PREVIEW in found)
    files = {CARD: card.encode(), CONFIG: as_json(config), METADATA: as_json(metadata)}
    files |= {name: found[name] for name in (PREVIEW, WEIGHTS) if name in found}
    manifest = {"copyart": "style", "format": FORMAT, "files": _described(files)}
    files = {MANIFEST: as_json(manifest), **files}
    for name, content in files.items():
        require_room(target, name, len(content))
    write_style_file(Path(target), zipped(files))
    return manifest


def packed_name(place):
    """Return the name of the file that a style is packed into: of its own name, in plain letters."""
    _, metadata, _ = open_style(place)
    words = re.split(r"\W+", str(metadata.get("name") or Path(place).stem))
    return ("-".join(filter(None, map(fold, words)))[:60] or "style") + SUFFIX


def style_bytes(place):
    """Return the files of a style folder or packed style: a dictionary from names to bytes."""
    place = Path(place)
    if is_packed(place):
        return pack_files(place)
    return {path.name: path.read_bytes() for path in sorted(place.iterdir()) if path.name in LIMITS and path.is_file()}


def is_packed(place):
    """Tell whether a path is that of a packed style, sound or not."""
    return Path(place).suffix.lower() == SUFFIX and os.path.isfile(place)


def open_style(place):
    """Read a style folder or a packed style, as `read_style` and `read_pack` do."""
    return read_pack(place) if is_packed(place) else read_style(place)


def read_pack(path):
    """Read a packed style.

    Args:
        path: Path of the file.

    Returns:
        What `config.json` and `metadata.json` hold, and the weights, a dictionary of arrays.

    Raises:
        StyleError: It is no packed style, or differs by a byte from what was packed.
    """
    files = pack_files(path)
    config, metadata, weights = parse_style(path, files.__getitem__)
    require_own_kind(path, config, weights)
    return config, metadata, weights


def pack_files(path):
    """Read the files of a packed style, each checked against the manifest.

    Returns:
        A dictionary from names to bytes.

    Raises:
        StyleError: as for `read_pack`.
    """
    try:
        files = unzipped(_read_bounded(path), len(LIMITS))
    except ValueError as error:
        raise _refusal(path, str(error)) from error
    if odd := (_MUST - files.keys()) | (files.keys() - LIMITS.keys()):
        name = min(odd)
        raise _refusal(path, f"one {'with' if name in files else 'without'} {name[:80]!r}")
    for name, content in files.items():
        require_room(path, name, len(content))
    manifest = parse_json(path, MANIFEST, files[MANIFEST])
    if manifest.get("format") != FORMAT:
        raise style_error(path, f"be of format {FORMAT}", f"format {manifest.get('format')!r}", "Update copyart.")
    listed = manifest.get("files")
    own = _described({name: content for name, content in files.items() if name != MANIFEST})
    if listed != own:
        listed = listed if isinstance(listed, dict) else {}
        name = min(name for name in {*own, *map(str, listed)} or {MANIFEST} if own.get(name) != listed.get(name))
        raise _refusal(path, f"one whose {name[:80]!r} differs from the manifest")
    return files


def require_room(place, name, size):
    """Refuse a file of a style that has more bytes than such a file may have.

    Raises:
        StyleError: It has more.
    """
    if size > LIMITS[name]:
        raise _refusal(place, f"one whose {name!r} has more than {LIMITS[name]:,} bytes")


def require_own_kind(place, config, weights):
    """Refuse a style that names layers to build, instead of one of our generators, or whose weights do not fit.

    A description of layers could name any that Keras can import.

    Raises:
        StyleError: It is one.
    """
    try:
        plan = layer_plan(config.get("generator"), weights)
    except ValueError as error:
        raise style_error(place, "hold the weights of its network", str(error)[:160], _REMEDY) from error
    if plan is None:
        received = "a network of another kind"
        raise style_error(place, "have a generator of Copyart's to be shared", received, "Share the .keras file.")
    broken = next((name for name, array in weights.items() if not np.isfinite(array).all()), None)
    if broken is not None:
        raise style_error(place, "hold finite numbers", f"others in {broken[:80]!r}", _REMEDY)


def _with(metadata, licence, author):
    if licence:
        own = metadata.get("licence")
        metadata = {**metadata, "licence": {**(own if isinstance(own, dict) else {}), "weights": licence}}
    return {**metadata, "author": author} if author else metadata


def _read_bounded(path):
    try:
        with open(path, "rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise style_error(path, "be a file that can be read", error.strerror, "Check the path.") from error
    if len(data) > _LARGEST:
        raise _refusal(path, f"more than {_LARGEST:,} bytes")
    return data


def _described(files):
    return {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()} for name, content in files.items()
    }


def _refusal(path, received):
    return StyleError(f"{str(path)!r} must be a style packed by copyart. Received: {received}. {_REMEDY}")
