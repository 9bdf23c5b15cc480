"""Tell whether a picture file is an animation: GIF, APNG or WebP with several frames."""

import os
from pathlib import Path

from copyart.data.decoding import read_header
from copyart.errors import ImageError

#: Suffixes of the formats that can be animated.
ANIMATION_SUFFIXES = frozenset({".gif", ".png", ".apng", ".webp"})
#: Number of bytes to search for the marker of an animated PNG, from the start. A colour profile may precede the marker.
_HEAD = 1 << 20


def is_animation(path: str | os.PathLike) -> bool:
    """Tell whether a file is an animation. Return False for unreadable files.

    Args:
        path: Path of the file. Only files with a suffix in `ANIMATION_SUFFIXES` can be animations.
    """
    path = Path(path)
    if path.suffix.lower() not in ANIMATION_SUFFIXES:
        return False
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        if head.startswith(b"\x89PNG"):
            return b"acTL" in head
        if head[8:16] == b"WEBPVP8X":
            return bool(head[20] & 2)
        header = read_header(path.read_bytes()) if head.startswith(b"GIF8") else None
    except (OSError, ImageError, IndexError):
        return False
    return header is not None and not header.still
