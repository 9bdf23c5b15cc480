"""Remove the metadata of a PNG that are too large for Pillow, so that it can be read in spite of them."""

import struct
import zlib
from collections.abc import Iterator

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
#: Maximum size of a colour profile in bytes; larger ones are ignored. Printers' profiles take 2 MB.
MAX_PROFILE = 16 << 20
#: Pillow refuses a PNG in which a text or profile takes more bytes than this after decompression.
_PILLOW_LIMIT = 1 << 20
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")


def without_large_metadata(data: bytes) -> tuple[bytes, bytes | None]:
    """Return a PNG without its texts, and without a colour profile that is too large for Pillow.

    Texts do not affect the picture. An orientation in them does not count; as in browsers, only `eXIf` counts.

    Args:
        data: The whole file.

    Returns:
        The file, and the removed profile. The profile is None if none was removed or it is larger than `MAX_PROFILE`.
    """
    parts, profile, start = [], None, 0
    view = memoryview(data)
    for kind, place, end in _iterate_chunks(data):
        if kind == b"iCCP" and (found := _unpack_large_profile(data[place + 8 : end - 4])) is not None:
            profile = profile or found or None
        elif kind not in _TEXTS:
            continue
        parts.append(view[start:place])
        start = end
    return (b"".join([*parts, view[start:]]) if parts else data), profile


def _iterate_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the type, the start and the end of each complete chunk before `IEND`."""
    place = len(PNG_MAGIC)
    while place + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        end = place + 12 + length
        if end > len(data) or kind == b"IEND":
            return
        yield kind, place, end
        place = end


def _unpack_large_profile(content: bytes) -> bytes | None:
    """Return an unpacked profile that is too large for Pillow, b"" for one above `MAX_PROFILE`, and None for others."""
    compressed = content.partition(b"\0")[2][1:]
    unpacker = zlib.decompressobj()
    try:
        profile = unpacker.decompress(compressed, MAX_PROFILE + 1)
    except zlib.error:
        return None
    if len(profile) <= _PILLOW_LIMIT:
        return None
    return profile if len(profile) <= MAX_PROFILE else b""
