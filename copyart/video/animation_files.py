"""Write animations frame by frame: GIF, APNG and animated WebP.

Pillow holds all frames of an animation in memory until it writes them. These writers let Pillow encode each frame as a
separate file, and copy that file's data into the animation at once, so memory does not grow with the number of frames.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

from PIL import Image

from copyart.data.painting_mark import mark_options
from copyart.errors import ConfigError, VideoError

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Three flags of a WebP's VP8X chunk, and one of a frame's ANMF chunk: the frame replaces the previous one.
_ANIMATED, _HAS_EXIF, _HAS_ALPHA, _REPLACES = 0x02, 0x08, 0x10, 0x02


class AnimationWriter:
    """Base class of the writers.

    Args:
        file: A seekable file that is open for writing.
        plays: How many times the animation is played; 0 means forever.
        transparent: Whether a frame may have transparent pixels.
    """

    format = ""  #: Pillow's name for the format.
    options: ClassVar[dict[str, object]] = {}  #: Options for Pillow's encoder.
    unit = 1  #: Milliseconds in the format's unit of time.
    longest = 0xFFFFFF  #: Longest duration of a frame, in these units.
    side = 2**31 - 1  #: Longest side, in pixels.

    def __init__(self, file: BinaryIO, plays: int, transparent: bool):
        self._file, self._plays, self._transparent = file, plays, transparent
        #: Number of written frames, and the first one's width and height.
        self.count, self.size = 0, (0, 0)
        self._end, self._units = 0.0, 0

    def add(self, picture: Image.Image, milliseconds: float) -> None:
        """Write a frame.

        Args:
            picture: RGB or RGBA, of the same size each time.
            milliseconds: How long the frame is shown. Rounding errors do not add up over the frames.

        Raises:
            ConfigError: if the format does not allow such long sides.
        """
        if max(picture.size) > self.side:
            raise ConfigError(
                f"a {self.format} must have sides of at most {self.side:,} pixels. Received: {picture.width:,} × "
                f"{picture.height:,}. Use a smaller max_pixels, or write a PNG."
            )
        self._end += milliseconds / self.unit
        units, self._units = round(self._end) - self._units, round(self._end)
        self.size = self.size if self.count else picture.size
        self._write_frame(picture.convert("RGBA" if self._transparent else "RGB"), min(units, self.longest))
        self.count += 1

    def _write_frame(self, picture: Image.Image, units: int) -> None:
        raise NotImplementedError

    def finish(self) -> None:
        """Write the end of the file, and the numbers near its start that depend on all frames."""
        raise NotImplementedError

    def _encode_frame(self, picture: Image.Image, **options: Any) -> bytes:
        """Encode one frame as a separate file. The first frame gets the mark "Painted by Copyart"."""
        buffer = io.BytesIO()
        mark = {} if self.count else mark_options(self.format)
        picture.save(buffer, self.format, **self.options, **options, **mark)
        return buffer.getvalue()


class GifWriter(AnimationWriter):
    """Writes a GIF (GIF89a). Each frame has its own table of up to 256 colours, and replaces the previous frame."""

    format, options = "GIF", {"disposal": 2, "optimize": False, "interlace": 0}
    unit, longest, side = 10, 0xFFFF, 0xFFFF

    def _write_frame(self, picture: Image.Image, units: int) -> None:
        data = self._encode_frame(picture, duration=units * self.unit)
        depth = data[10] & 7  # the size of the file's colour table, which is copied into the frame
        start = 13 + (3 << depth + 1)
        if not self.count:
            self._file.write(data[:10] + b"\x70\0\0")
            if self._plays != 1:
                repeats = max(self._plays - 1, 0)
                self._file.write(b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<HB", min(repeats, 0xFFFF), 0))
        at = start
        while data[at] != 0x2C:  # blocks before the picture: the comment, the frame's time
            at = _end_of_gif_blocks(data, at + 2)
        self._file.write(data[start : at + 9] + bytes([0x80 | depth]) + data[13:start] + data[at + 10 : -1])

    def finish(self) -> None:
        """Write the trailer."""
        self._file.write(b";")


class ApngWriter(AnimationWriter):
    """Writes an APNG. Each frame replaces the previous one."""

    format, longest = "PNG", 6_553_500
    _numbers, _control = 0, 0

    def _write_frame(self, picture: Image.Image, units: int) -> None:
        chunks = list(_iterate_png_chunks(self._encode_frame(picture)))
        if not self.count:
            self._file.write(_PNG_SIGNATURE)
            for kind, data in chunks[: [kind for kind, _ in chunks].index(b"IDAT")]:
                self._write_chunk(kind, data)
            self._control = self._file.tell()
            self._write_chunk(b"acTL", bytes(8))
        delay = (units, 1000) if units <= 0xFFFF else (units // 100, 10)
        self._write_chunk(
            b"fcTL", struct.pack(">5I2H2B", self._next_sequence_number(), *picture.size, 0, 0, *delay, 0, 0)
        )
        for data in (data for kind, data in chunks if kind == b"IDAT"):
            if self.count:
                self._write_chunk(b"fdAT", struct.pack(">I", self._next_sequence_number()) + data)
            else:
                self._write_chunk(b"IDAT", data)

    def finish(self) -> None:
        """Write the last chunk, and the number of frames into `acTL`."""
        self._write_chunk(b"IEND", b"")
        self._file.seek(self._control)
        self._write_chunk(b"acTL", struct.pack(">2I", self.count, self._plays))

    def _next_sequence_number(self) -> int:
        self._numbers += 1
        return self._numbers - 1

    def _write_chunk(self, kind: bytes, data: bytes) -> None:
        self._file.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))


class WebpWriter(AnimationWriter):
    """Writes an animated WebP. Each frame replaces the previous one."""

    format, options, side = "WEBP", {"quality": 90, "method": 4}, 16_383
    _exif, _alpha = b"", 0

    def _write_frame(self, picture: Image.Image, units: int) -> None:
        chunks = dict(_iterate_webp_chunks(self._encode_frame(picture)))
        corner = b"".join((side - 1).to_bytes(3, "little") for side in picture.size)
        if not self.count:
            self._exif = chunks.get(b"EXIF", b"")
            self._file.write(b"RIFF\0\0\0\0WEBP" + _webp_chunk(b"VP8X", bytes(4) + corner))
            self._file.write(_webp_chunk(b"ANIM", struct.pack("<4BH", 0, 0, 0, 0, min(self._plays, 0xFFFF))))
        self._alpha |= _HAS_ALPHA if b"ALPH" in chunks else 0
        pictures = [_webp_chunk(kind, chunks[kind]) for kind in (b"ALPH", b"VP8 ") if kind in chunks]
        frame = bytes(6) + corner + units.to_bytes(3, "little") + bytes([_REPLACES]) + b"".join(pictures)
        if self._file.tell() + len(frame) > 0xFFFFFF00:
            raise VideoError("a WebP must have at most 4 GB. Received: more. Use a shorter part, or write an MP4.")
        self._file.write(_webp_chunk(b"ANMF", frame))

    def finish(self) -> None:
        """Write the mark "Painted by Copyart", and the length and the flags in the header."""
        self._file.write(_webp_chunk(b"EXIF", self._exif))
        size = self._file.tell()
        self._file.seek(4)
        self._file.write(struct.pack("<I", size - 8))
        self._file.seek(20)
        self._file.write(bytes([_ANIMATED | _HAS_EXIF | self._alpha]))


_WRITERS = {".gif": GifWriter, ".png": ApngWriter, ".apng": ApngWriter, ".webp": WebpWriter}


def animation_writer(target: Path, file: BinaryIO, plays: int, transparent: bool) -> AnimationWriter:
    """Return the writer for a file's suffix. Args as for `AnimationWriter`.

    Raises:
        ConfigError: if the file does not have the suffix of an animation.
    """
    if target.suffix.lower() not in _WRITERS:
        raise ConfigError(
            f"an animation must be written to {', '.join(sorted(_WRITERS))}. Received: {target.name!r}. "
            "Choose another file name."
        )
    return _WRITERS[target.suffix.lower()](file, plays, transparent)


def _end_of_gif_blocks(data: bytes, at: int) -> int:
    """Return the position after a GIF's chain of blocks, each of which starts with its length."""
    while data[at]:
        at += data[at] + 1
    return at + 1


def _iterate_png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG_SIGNATURE)
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += length + 12


def _iterate_webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at < len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _webp_chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
