"""A packed style, `monet.copyart`: one zip file that is safe to open from untrusted sources.

manifest.json         the list of files, with their sizes and SHA-256
README.md             the model card, made from the metadata
…                     and the files of the style folder

Nothing is unpacked to disk or run, and every byte is checked (docs/decisions/0019).
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from copyart.errors import StyleError, one_line
from copyart.styles.folder import CONFIG, METADATA, PREVIEW, WEIGHTS, parse_json, style_error
from copyart.styles.stored_zip import read_zip

SUFFIX, MANIFEST, CARD = ".copyart", "manifest.json", "README.md"
FORMAT = 1
#: Maximum size of each file in bytes. The paper's largest generator takes 46 MB; the text files take less than 1 MB.
LIMITS = {
    MANIFEST: 1 << 16,
    CARD: 1 << 20,
    CONFIG: 1 << 16,
    METADATA: 1 << 20,
    PREVIEW: 1 << 23,
    WEIGHTS: 1 << 27,
}
_REQUIRED = LIMITS.keys() - {PREVIEW}
#: Maximum size of a packed style in bytes. Its zip headers take about 100 bytes for each file.
_LARGEST = sum(LIMITS.values()) + (1 << 12)
_REMEDY = "Do not trust it. Ask for another copy, made with copyart style pack."


def is_packed(place: str | os.PathLike) -> bool:
    """Tell whether a path is a file with the suffix of packed styles, valid or not."""
    return Path(place).suffix.lower() == SUFFIX and os.path.isfile(place)


def read_packed_file(path: Path) -> dict[str, bytes]:
    """Read the files of a packed style, and check each against the manifest.

    Returns:
        Bytes by file name.

    Raises:
        StyleError: if it is not a packed style, or any byte differs from what was packed.
    """
    try:
        files = read_zip(_read_up_to_limit(path), len(LIMITS))
    except ValueError as error:
        raise _not_packed_error(path, str(error)) from error
    if odd := (_REQUIRED - files.keys()) | (files.keys() - LIMITS.keys()):
        name = min(odd)
        raise _not_packed_error(path, f"one {'with' if name in files else 'without'} {name[:80]!r}")
    for name, content in files.items():
        require_size_within_limit(path, name, len(content))
    manifest = parse_json(path, MANIFEST, files[MANIFEST])
    if manifest.get("format") != FORMAT:
        raise style_error(path, f"be of format {FORMAT}", f"format {manifest.get('format')!r}", "Update copyart.")
    listed = manifest.get("files")
    own = describe_files({name: content for name, content in files.items() if name != MANIFEST})
    if listed != own:
        listed = listed if isinstance(listed, dict) else {}
        name = min(name for name in {*own, *map(str, listed)} or {MANIFEST} if own.get(name) != listed.get(name))
        raise _not_packed_error(path, f"one whose {name[:80]!r} differs from the manifest")
    return files


def require_size_within_limit(place: str | os.PathLike, name: str, size: int) -> None:
    """Check that a file of a style is not larger than its limit.

    Raises:
        StyleError: if it is larger.
    """
    if size > LIMITS[name]:
        raise _not_packed_error(place, f"one whose {name!r} has more than {LIMITS[name]:,} bytes")


def _read_up_to_limit(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise style_error(path, "be a readable file", one_line(error), "Check the path.") from error
    if len(data) > _LARGEST:
        raise _not_packed_error(path, f"more than {_LARGEST:,} bytes")
    return data


def describe_files(files: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """Return the size and the SHA-256 of each file."""
    return {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()} for name, content in files.items()
    }


def _not_packed_error(path: str | os.PathLike, received: str) -> StyleError:
    return StyleError(f"{str(path)!r} must be a style packed by copyart. Received: {received}. {_REMEDY}")
