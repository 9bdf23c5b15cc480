"""Tell whether a picture file is an animation: GIF, APNG or WebP with several frames."""

import os
from pathlib import Path

from copyart.data.decoding import read_header
from copyart.errors import ImageError

#: Suffixes that animations are read from and written to.
ANIMATION_SUFFIXES = frozenset({".gif", ".png", ".apng", ".webp"})
#: Bytes at a file's start within which an APNG says that it is one; a colour profile may stand before that.
_HEAD = 1 << 20


def is_animation(path: str | os.PathLike) -> bool:
    """Tell whether a file is an animation. What cannot be read is none.

    Args:
        path: Of the file; its suffix must be one of animations.
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
