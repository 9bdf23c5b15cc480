"""Mark the files of paintings, so that training recognises that they are not photos."""

import os
import struct
from pathlib import Path

from PIL import Image

#: The mark. It is stored as the name of the software in EXIF, as a comment (GIF, PPM), or after the pixels (BMP).
MARK = "Painted by Copyart"
_SOFTWARE = 0x0131  # TIFF 6.0 and EXIF 2.32
#: Number of bytes to search at the start of a file, and at its end. In every format, EXIF is near one of the two.
_SEARCHED = 1 << 16


def mark_options(format: str) -> dict:
    """Return the options of `PIL.Image.Image.save` that write the mark. BMP and PPM have none (see `add_mark`).

    Args:
        format: Pillow's name of the format.
    """
    if format == "GIF":
        return {"comment": MARK}
    if format not in ("JPEG", "PNG", "WEBP", "TIFF", "AVIF"):
        return {}
    exif = Image.Exif()
    exif[_SOFTWARE] = MARK
    return {"exif": exif}


def add_mark(encoded: bytes) -> bytes:
    """Add the mark to an encoded BMP or PPM, for which Pillow has no option. Return other files unchanged.

    Args:
        encoded: The whole file.
    """
    if encoded.startswith(b"BM"):  # decoders read as many rows as the header says, and ignore what follows
        marked = encoded + MARK.encode()
        return marked[:2] + struct.pack("<I", len(marked)) + marked[6:]
    if encoded.startswith(b"P6\n"):
        return b"P6\n# " + MARK.encode() + encoded[2:]
    return encoded


def is_marked(path: str | os.PathLike) -> bool:
    """Tell whether a file has the mark. Return False for a file that cannot be read."""
    try:
        with Path(path).open("rb") as file:
            start = file.read(_SEARCHED)
            file.seek(max(file.seek(0, os.SEEK_END) - _SEARCHED, 0))
            return MARK.encode() in start or MARK.encode() in file.read()
    except (OSError, ValueError):
        return False
