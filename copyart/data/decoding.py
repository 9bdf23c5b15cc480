"""Decode a picture from any source (path, bytes, stream, PIL image or array) to a PIL image, within limits.

`PIL.Image.open` compares the size with a limit that is set for the whole process. A picture of up to twice that size
only causes a warning. A library cannot rely on this limit, or change it while other threads run. So this module
identifies the file with Pillow's plugins, and compares its size with the caller's limit before any pixel is decoded.
"""

import contextlib
import importlib
import io
import math
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from copyart.data.png_metadata import PNG_MAGIC, without_large_metadata
from copyart.data.upright_rgb import lies_on_its_side, to_upright_rgb
from copyart.errors import ImageError, one_line

# 100 × 2²⁰ pixels are enough for the largest common cameras (11,648 × 8,736). Pillow needs 400 MiB for them.
MAX_PIXELS = 100 * 1024 * 1024
# More than the 400 MiB that MAX_PIXELS pixels take in uncompressed 32-bit colour.
MAX_BYTES = 512 * 1024 * 1024
SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".apng", ".webp", ".gif", ".bmp"}
    | {".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".pnm", ".pfm", ".avif"}
)

HEIF_SUFFIXES = frozenset({".heic", ".heif", ".hif"})
_RAW_SUFFIXES = frozenset(
    {".dng", ".nef", ".nrw", ".cr2", ".cr3", ".crw", ".arw", ".srf", ".sr2", ".raf", ".orf", ".rw2", ".pef"}
    | {".srw", ".erf", ".kdc", ".dcr", ".mrw", ".3fr", ".iiq", ".x3f", ".rwl", ".mef"}
)
#: Suffixes of picture formats that are unsupported, or supported only if the extra `copyart[heif]` is installed.
UNREAD_SUFFIXES = HEIF_SUFFIXES | _RAW_SUFFIXES | {".jxl", ".jp2", ".j2k", ".psd", ".xcf", ".svg", ".tga", ".exr"}

_FORMATS = {  # tried in this order; no other parser of Pillow ever runs
    "JPEG": "Jpeg",
    "PNG": "Png",
    "WEBP": "WebP",
    "GIF": "Gif",
    "BMP": "Bmp",
    "TIFF": "Tiff",
    "PPM": "Ppm",
    "AVIF": "Avif",
}
_KINDS = "a JPEG, PNG, WebP, GIF, BMP, TIFF, PPM or AVIF picture"
_CHUNK = 1024 * 1024
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
#: The first bytes of Fujifilm's, Olympus', Panasonic's and Sigma's raw files.
_RAW_MAGICS = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FOVb")
#: Tags of TIFF 6.0, TIFF/EP and DNG 1.6.
_NEW_SUBFILE_TYPE, _SUB_IFDS, _CFA_PATTERN, _DNG_VERSION = 254, 330, 33422, 50706


def read_image(
    source: "str | os.PathLike | bytes | BinaryIO | Image.Image | np.ndarray",
    *,
    max_bytes: int = MAX_BYTES,
    max_pixels: int = MAX_PIXELS,
) -> Image.Image:
    """Read the first frame of a picture: upright, sRGB, eight bits a channel, without metadata except `info["dpi"]`.

    Args:
        source: a path; encoded bytes; a binary file object (read from its start if it can seek); a PIL image of any
            mode, which is not changed; or a NumPy array or a tensor of TensorFlow, JAX or PyTorch. Arrays are grey,
            RGB or RGBA, shape (H, W), (H, W, 1), (H, W, 3) or (H, W, 4), and hold uint8 in 0…255, uint16 in 0…65535 or
            floats in [0, 1]. A PyTorch tensor may also be (C, H, W). (Use `to_image` for arrays in [-1, 1].)
        max_bytes: maximum size of the encoded picture, in bytes. Defaults to 512 MiB.
        max_pixels: maximum of width × height, checked before decoding. Defaults to `MAX_PIXELS`.

    Returns:
        A PIL image: RGBA if any pixel is not fully opaque, else RGB. Values of modes with more than eight bits are
        scaled to 0…255. Integers are scaled from [0, 65535]. Floats (mode F) are scaled from [0, 1], [0, 255] or
        [0, 65535], whichever is the first that holds them all; if none does, their minimum and maximum become 0 and
        255.

    Raises:
        ImageError: if the source is missing, is not a picture, is damaged, or exceeds a limit.

    Example:
        >>> import numpy as np
        >>> read_image(np.zeros((48, 64, 3), np.uint8)).size
        (64, 48)
    """
    return read_reduced(source, None, max_bytes=max_bytes, max_pixels=max_pixels)[0]


def read_reduced(
    source: Any, enough: int | None, *, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS
) -> tuple[Image.Image, tuple[int, int]]:
    """Read one picture like `read_image`, but reduce an encoded picture that has many more pixels than needed.

    Args:
        source: As for `read_image`.
        enough: Number of pixels needed; None for all. The result has 1 to about 4 times as many, or more if the picture
            is very narrow.
        max_bytes: As for `read_image`.
        max_pixels: As for `read_image`.

    Returns:
        The picture, and the size (width, height) that it has without the reduction.

    Raises:
        ImageError: As for `read_image`.
    """
    source = _tensor_to_array(source)
    if isinstance(source, np.ndarray):
        _check_pixel_count("the picture", source.shape[1::-1], max_pixels)
        image = _image_from_array(source)
        return image, image.size
    if isinstance(source, Image.Image):
        _check_pixel_count("the picture", source.size, max_pixels)
        return _decode_image(source, "the picture", None)
    source = os.path.expanduser(source) if isinstance(source, str | os.PathLike) else source
    name = repr(Path(source).name) if isinstance(source, str | os.PathLike) else "the picture"
    data, profile = _read_encoded(source, name, max_bytes), None
    if data.startswith(PNG_MAGIC):
        data, profile = without_large_metadata(data)
    with _open_image(data, name) as image:
        _check_pixel_count(name, image.size, max_pixels)
        if profile is not None:
            image.info["icc_profile"] = profile
        return _decode_image(image, name, enough)


def _tensor_to_array(source: Any) -> Any:
    """Convert a tensor of TensorFlow, JAX or PyTorch to an array. Return anything else unchanged."""
    if isinstance(source, np.ndarray | Image.Image | str | bytes | os.PathLike) or not hasattr(source, "__array__"):
        return source
    channels_first = False
    if type(source).__module__.partition(".")[0] == "torch":
        source = source.detach().cpu()
        source = source if source.dtype.itemsize != 2 or not source.is_floating_point() else source.float()
        channels_first = source.ndim == 3 and source.shape[0] in (1, 3, 4) and source.shape[2] not in (1, 3, 4)
    array = np.asarray(source)
    if array.dtype.name in ("bfloat16", "float16"):
        array = array.astype(np.float32)
    return np.moveaxis(array, 0, 2) if channels_first else array


@dataclass(frozen=True)
class Header:
    """The header of an encoded picture.

    Args:
        format: "JPEG", "PNG", …
        size: Width and height, as stored.
        still: Whether the file has a single frame; False for animations and multi-page files.
    """

    format: str
    size: tuple[int, int]
    still: bool


def read_header(data: bytes) -> Header | None:
    """Read the header of an encoded picture without decoding it. Return None for unsupported formats.

    Raises:
        ImageError: if the data starts like a picture but is damaged.
    """
    if not any(_readers_accepting(data)):
        return None
    if data.startswith(PNG_MAGIC):
        data, _ = without_large_metadata(data)
    with _open_image(data, "the picture") as image:
        try:
            still = not getattr(image, "is_animated", False)  # not `n_frames`, which may take long
        except Exception as error:  # Pillow may raise almost any exception for malicious bytes
            raise _damaged_image_error("the picture", image.format or "picture", error) from error
        return Header(image.format or "picture", image.size, still)


def _read_encoded(source: Any, name: str, max_bytes: int) -> bytes:
    """Return the encoded picture. Raise an `ImageError` instead of reading much more than `max_bytes`."""
    try:
        if isinstance(source, str | os.PathLike):
            return _read_file(Path(source), name, max_bytes)
        if isinstance(source, bytes | bytearray | memoryview):
            source = io.BytesIO(source)
        if not hasattr(source, "read"):
            must, kind = "be a path, bytes, a binary file, a PIL image or an array", type(source).__name__
            raise _image_error(name, must, kind, "Give the path of a picture.")
        return _read_stream(source, name, max_bytes)
    except ImageError:
        raise
    except FileNotFoundError as error:
        raise _image_error(name, "exist", f"{str(source)!r}, which does not exist", "Check the path.") from error
    except (OSError, ValueError) as error:  # ValueError: a closed file, a NUL in the path
        remedy = "Check the file and its permissions."
        raise _image_error(name, "be readable", one_line(error, 120), remedy) from error


def _read_file(path: Path, name: str, max_bytes: int) -> bytes:
    if path.is_dir():
        raise _image_error(name, "be a file", "a folder", "Give the files in it.")
    with path.open("rb") as stream:
        _check_file_size(name, os.fstat(stream.fileno()).st_size, max_bytes)
        return _read_stream(stream, name, max_bytes)


def _read_stream(stream: BinaryIO, name: str, max_bytes: int) -> bytes:
    if hasattr(stream, "seekable") and stream.seekable():
        stream.seek(0)
    chunks, length = [], 0
    while length <= max_bytes and (chunk := stream.read(_CHUNK)):
        if not isinstance(chunk, bytes):
            raise _image_error(name, "be opened in binary mode", type(chunk).__name__, 'Open it with mode "rb".')
        chunks.append(chunk)
        length += len(chunk)
    _check_file_size(name, length, max_bytes)
    if not length:
        raise _image_error(name, f"be {_KINDS}", "an empty file", "Download or save it again.")
    return b"".join(chunks)


def _supported_readers() -> dict:
    """Return a dict from format to (accept, factory), for those of `_FORMATS` that the installed Pillow supports."""
    readers = {}
    for name, module in _FORMATS.items():
        try:
            plugin = importlib.import_module(f"PIL.{module}ImagePlugin")
        except ImportError:  # AVIF came with Pillow 11.3
            continue
        factory, accept = Image.OPEN[name]
        # Pillow's own JPEG factory would also search for embedded pictures (MPO), and warn about damaged ones.
        readers[name] = (accept, plugin.JpegImageFile if name == "JPEG" else factory)
    return readers


_READERS = _supported_readers()


def _readers_accepting(data: bytes) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the format and the factory of each reader that accepts these bytes."""
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        with contextlib.suppress(ImportError):
            from pillow_heif import HeifImageFile

            yield "HEIF", HeifImageFile
    for name, (accept, factory) in _READERS.items():
        if accept(data[:16].ljust(16)) is True:  # `accept` may also return a text that says why Pillow lacks the format
            yield name, factory


def _open_image(data: bytes, name: str) -> Image.Image:
    """Open the picture: read its header, but decode nothing."""
    _refuse_raw_file(data, name)
    problem = None
    for format_name, factory in _readers_accepting(data):
        try:
            image = factory(io.BytesIO(data))
            if format_name == "TIFF" and _is_raw_file(image.tag_v2):
                raise _raw_file_error(name)
            return image
        except ImageError:
            raise
        except Image.DecompressionBombError as error:
            must, remedy = "have a size that Pillow supports", "Make it smaller."
            raise _image_error(name, must, one_line(error, 120), remedy) from error
        except Exception as error:  # Pillow may raise almost any exception for malicious bytes
            problem = problem or (format_name, error)
    if problem is not None:
        raise _damaged_image_error(name, *problem) from problem[1]
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        remedy = "Install pillow-heif to read it (pip install 'copyart[heif]'), or convert it to JPEG."
        raise _image_error(name, f"be {_KINDS}", "a HEIC picture", remedy)
    received = f"{len(data):,} bytes of another kind"
    raise _image_error(name, f"be {_KINDS}", received, "Convert it to PNG or JPEG.")


def _refuse_raw_file(data: bytes, name: str) -> None:
    is_cr2 = data[:4] == b"II*\0" and data[8:10] == b"CR"
    if is_cr2 or data.startswith(_RAW_MAGICS) or data[4:12] == b"ftypcrx ":
        raise _raw_file_error(name)
    if Path(name.strip("'\"")).suffix.lower() in _RAW_SUFFIXES and data[:4] in (b"II*\0", b"MM\0*"):
        raise _raw_file_error(name)


def _is_raw_file(tags: Mapping[int, Any]) -> bool:
    """Tell from the tags of a TIFF's first picture whether the file is a raw file. That picture may be a preview."""
    is_preview = bool(tags.get(_NEW_SUBFILE_TYPE, 0) & 1) and _SUB_IFDS in tags
    return _DNG_VERSION in tags or _CFA_PATTERN in tags or is_preview


def _raw_file_error(name: str) -> ImageError:
    return _image_error(
        name, f"be {_KINDS}", "a camera's raw file", "Export it as JPEG, PNG or TIFF from a raw converter."
    )


def _decode_image(image: Image.Image, name: str, enough: int | None) -> tuple[Image.Image, tuple[int, int]]:
    try:
        stored, pixels = None, image.width * image.height
        reduction = max(1, min(math.isqrt(pixels // (enough or pixels)), *image.size))
        if reduction > 1 and image.format == "JPEG":  # the JPEG decoder can reduce by 2, 4 or 8, and is then faster
            stored = image.size
            image.draft(None, (image.width // reduction, image.height // reduction))
            reduction //= round(max(stored) / max(image.size))
        result = to_upright_rgb(image, reduction)
        width, height = stored or image.size  # Pillow turns a TIFF upright when it loads it
        return result, (height, width) if lies_on_its_side(image) else (width, height)
    except MemoryError as error:
        size = f"{image.width:,} × {image.height:,} pixels"
        raise _image_error(name, "fit in memory", size, "Make it smaller.") from error
    except Exception as error:  # Pillow may raise almost any exception for malicious bytes
        raise _damaged_image_error(name, image.format or f"picture of mode {image.mode}", error) from error


def _image_from_array(array: np.ndarray) -> Image.Image:
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    channels = array.shape[2] if array.ndim == 3 else 1
    if array.ndim not in (2, 3) or channels not in (1, 3, 4):
        must = "be an array (H, W), (H, W, 1), (H, W, 3) or (H, W, 4)"
        raise _image_error("the picture", must, f"shape {array.shape}", "Give one picture at a time.")
    return to_upright_rgb(Image.fromarray(_to_uint8(array)))


def _to_uint8(array: np.ndarray) -> np.ndarray:
    if array.dtype == np.uint8:
        return np.ascontiguousarray(array)
    if array.dtype == np.uint16:
        return np.rint(array / np.float32(257)).astype(np.uint8)
    if not np.issubdtype(array.dtype, np.floating):
        must, received = "hold uint8, uint16 or floats", f"an array of {array.dtype}"
        raise _image_error("the picture", must, received, "Cast it to uint8 in 0…255.")
    low, high = float(array.min()), float(array.max())
    if not (low >= -1e-3 and high <= 1 + 1e-3):  # a margin for rounding; NaN is refused too
        must, received = "have floats in [0, 1]", f"values from {low:g} to {high:g}"
        raise _image_error("the picture", must, received, "Scale it, or use to_image for [-1, 1].")
    return np.rint(np.clip(array, 0, 1) * np.float32(255)).astype(np.uint8)


def _check_file_size(name: str, length: int, max_bytes: int) -> None:
    if length > max_bytes:
        must, received = f"have at most {max_bytes:,} bytes", f"{length:,} or more"
        raise _image_error(name, must, received, "Make it smaller, or raise max_bytes.")


def _check_pixel_count(name: str, size: tuple[int, ...], max_pixels: int) -> None:
    if 0 in size:
        raise _image_error(name, "have at least one pixel", f"size {size}", "Check the program that made it.")
    if len(size) == 2 and size[0] * size[1] > max_pixels:
        received = f"{size[0]:,} × {size[1]:,} = {size[0] * size[1] / 1e6:,.1f} megapixels"
        must = f"have at most {max_pixels / 1e6:,.1f} megapixels"
        raise _image_error(name, must, received, "Make it smaller, or raise max_pixels.")


def _damaged_image_error(name: str, kind: str, error: Exception) -> ImageError:
    received = f"a {kind} that cannot be decoded ({one_line(error, 120)})"
    return _image_error(name, "be a complete picture", received, "Download or save it again.")


def _image_error(name: str, must: str, received: str, remedy: str) -> ImageError:
    return ImageError(f"{name} must {must}. Received: {received}. {remedy}")
