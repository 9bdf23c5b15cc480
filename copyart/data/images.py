"""Read, scale to [-1, 1], resize and save one image, and list the images of a folder."""

import functools
import io
import json
import os
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from copyart.data.atomic_files import write_atomically
from copyart.data.decoding import MAX_BYTES, MAX_PIXELS, SUFFIXES, UNREAD_SUFFIXES, read_header, read_image
from copyart.data.painting_mark import add_mark, mark_options
from copyart.data.upright_rgb import strip_boxes
from copyart.errors import DataError, ImageError, one_line

__all__ = [
    "MAX_BYTES",
    "MAX_PIXELS",
    "SUFFIX_FORMATS",
    "encode_image",
    "flatten",
    "list_images",
    "read_header",
    "read_image",
    "resize",
    "save_image",
    "split_alpha",
    "to_array",
    "to_image",
]

#: Suffix → format for saving.
SUFFIX_FORMATS = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".jpe": "JPEG",
    ".jfif": "JPEG",
    ".png": "PNG",
    ".webp": "WEBP",
    ".gif": "GIF",
    ".bmp": "BMP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".ppm": "PPM",
    ".avif": "AVIF",
}
#: Suffixes of the files that count as pictures. Reading one in an unsupported format raises an `ImageError`.
PICTURE_SUFFIXES = SUFFIXES | UNREAD_SUFFIXES
_CONFIG = "config.json"
_OPAQUE_FORMATS = ("JPEG", "BMP", "PPM")
_WITH_DPI = ("JPEG", "PNG", "TIFF", "BMP")


def split_alpha(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Split a picture into its colours and its alpha channel.

    Returns:
        The RGB picture, and the alpha channel (mode L, 255 = opaque), or None if the picture is opaque.
    """
    image = _convert_like_read_image(image)
    if image.mode == "RGB":
        return image, None
    return image.convert("RGB"), image.getchannel("A")


def _convert_like_read_image(image: Image.Image) -> Image.Image:
    """Convert a picture to the form that `read_image` returns. Return it without a copy if it has that form."""
    if type(image) is Image.Image and image.mode in ("RGB", "RGBA") and image.info.keys() <= {"dpi"}:
        return image
    return read_image(image, max_pixels=image.width * image.height)


def flatten(image: Image.Image) -> Image.Image:
    """Return a picture as RGB, blended with a white background where it is transparent."""
    colours, alpha = split_alpha(image)
    if alpha is None:
        return colours
    for box in strip_boxes(colours.size):  # blend in place, and copy only a strip at a time
        canvas = Image.new("RGB", (box[2], box[3] - box[1]), "white")
        canvas.paste(colours.crop(box), mask=alpha.crop(box))
        colours.paste(canvas, box)
    return colours


def to_array(image: Image.Image) -> np.ndarray:
    """Return a picture's colours as float32 (H, W, 3) in [-1, 1]; transparency is dropped (see `split_alpha`).

    Example:
        >>> to_array(Image.new("RGB", (2, 1), "white")).tolist()
        [[[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]]
    """
    array = np.asarray(split_alpha(image)[0]).astype(np.float32)
    array /= 127.5
    array -= 1
    return array


def to_image(array: np.ndarray) -> Image.Image:
    """Convert an array (H, W, 3) in [-1, 1] to an RGB picture. Values are clipped and rounded.

    Raises:
        ImageError: if the array has another shape, or values that are not finite.
    """
    array = np.asarray(array, np.float32)
    if array.ndim != 3 or array.shape[2] != 3 or not array.size:
        raise ImageError(
            f"the picture must be an array (H, W, 3). Received: shape {array.shape}. "
            "Give one picture at a time, in RGB."
        )
    if not np.isfinite([array.min(), array.max()]).all():
        raise ImageError(
            "the picture must have finite values in [-1, 1]. Received: NaN or infinity. Check the model that painted "
            "it."
        )
    array = (np.clip(array, -1, 1) + 1) * np.float32(127.5)
    return Image.fromarray(np.rint(array, out=array).astype(np.uint8))


def resize(image: Image.Image, size: int) -> Image.Image:
    """Resize the picture to (size, size) pixels, bicubic and antialiased, ignoring its aspect ratio.

    Reference:
        Zhu et al. 2017, arXiv:1703.10593: the authors' `resize_and_crop`, with PIL's bicubic filter.
    """
    return image.resize((size, size), Image.Resampling.BICUBIC)


def save_image(
    image: Image.Image,
    target: str | os.PathLike | BinaryIO,
    format: str | None = None,
    quality: int = 95,
    mark: bool = False,
) -> None:
    """Save a picture to a path, atomically, or to a binary file object.

    Args:
        image: a PIL image. Transparency becomes white in formats without it (JPEG, BMP, PPM).
        target: a path, or a binary file object.
        format: "jpeg", "png", "webp", "gif", "bmp", "tiff", "ppm" or "avif".
            Defaults to the format of the path's suffix.
        quality: from 1 to 100, for JPEG (without chroma subsampling), WebP and AVIF. Defaults to 95. Higher values
            make JPEG files much larger without visible gain.
        mark: Whether to record in the file that Copyart painted it, so that training does not take it for a photo.
            Defaults to False.

    Raises:
        ImageError: if the format is unknown, the folder is missing or not writable, or the disk is full.
    """
    write: Callable[[bytes], object]
    if isinstance(target, str | os.PathLike):
        path = Path(os.path.expanduser(target))
        name, suffix, write = repr(path.name), path.suffix, functools.partial(_write_image_file, path)
    else:
        name, suffix, write = "the picture", "", target.write
    encoded = encode_image(image, _format_to_write(name, suffix, format), quality, mark)
    try:
        write(encoded)
    except (OSError, TypeError, ValueError) as error:  # TypeError: opened in text mode; ValueError: closed
        raise ImageError(
            f"{name} must be writable. Received: {one_line(error)}. Check that its folder exists, is writable, and has "
            "free space."
        ) from error


def _format_to_write(name: str, suffix: str, format: str | None) -> str:
    suffix = f".{format.lstrip('.')}" if format else suffix
    if suffix.lower() not in SUFFIX_FORMATS:
        raise ImageError(
            f"{name} must be saved in a format that Copyart writes. Received: "
            f"{suffix!r}. Use one of {', '.join(SUFFIX_FORMATS)}."
        )
    return SUFFIX_FORMATS[suffix.lower()]


def encode_image(image: Image.Image, format: str, quality: int = 95, mark: bool = False) -> bytes:
    """Return a picture as the bytes of a file.

    Args:
        image: As for `save_image`.
        format: One of the values of `SUFFIX_FORMATS`.
        quality: As for `save_image`.
        mark: As for `save_image`.

    Raises:
        ImageError: if the format cannot hold the picture.
    """
    if not 1 <= quality <= 100:
        raise ImageError(f"quality must lie in 1 to 100. Received: {quality}. The default is 95.")
    choices: dict[str, dict[str, Any]] = {
        "JPEG": {"quality": quality, "subsampling": "4:4:4"},
        "WEBP": {"quality": quality},
        "AVIF": {"quality": quality},
        "TIFF": {"compression": "tiff_adobe_deflate"},
    }
    options = choices.get(format, {})
    if "dpi" in image.info and format in _WITH_DPI:
        options = {**options, "dpi": image.info["dpi"]}
    if mark:
        options = {**options, **mark_options(format)}
    buffer = io.BytesIO()
    image = flatten(image) if format in _OPAQUE_FORMATS else _convert_like_read_image(image)
    try:
        image.save(buffer, format, **options)
    except (KeyError, OSError, ValueError) as error:  # KeyError: this Pillow lacks the format
        raise ImageError(
            f"the picture must fit the format {format}. Received: {image.width:,} × {image.height:,} pixels ({error}). "
            "Save it as PNG."
        ) from error
    return add_mark(buffer.getvalue()) if mark else buffer.getvalue()


def _write_image_file(path: Path, encoded: bytes) -> None:
    if path.exists() and not path.is_file():  # an atomic write would replace a device with a regular file
        raise OSError(f"{str(path)!r}, which exists and is not a regular file")
    if not path.parent.is_dir():
        raise OSError("no such folder")
    write_atomically(path, encoded)


def list_images(folder: str | os.PathLike, suffixes: Collection[str] = PICTURE_SUFFIXES) -> list[Path]:
    """Return the picture files of a folder and its subfolders, sorted.

    Files are recognised by their suffix, upper or lower case. Pictures in unsupported formats are included. So reading
    them raises an error, instead of leaving them out without notice. Links to folders are followed, but each folder is
    searched only once. Hidden files, workdirs, style folders and the `__MACOSX` folders of macOS are skipped.

    Raises:
        DataError: if the folder is missing, is a file, cannot be read, or contains no picture.
    """
    folder = Path(os.path.expanduser(folder))
    if not folder.is_dir():
        received = "a file" if folder.exists() else "a path that does not exist"
        raise DataError(f"{str(folder)!r} must be a folder of pictures. Received: {received}. Check the path.")
    files = sorted(path for path in _walk_picture_folders(folder) if path.suffix.lower() in suffixes and path.is_file())
    if not files:
        raise DataError(
            f"{str(folder)!r} must contain pictures. Received: no file that ends in one of "
            f"{', '.join(sorted(suffixes))}. Check the path, or put pictures there."
        )
    return files


def _walk_picture_folders(folder: Path) -> Iterator[Path]:
    seen = {os.path.realpath(folder)}
    for root, folders, names in os.walk(folder, onerror=_raise_unreadable_folder, followlinks=True):
        if root != str(folder) and _CONFIG in names and _is_copyart_config(Path(root, _CONFIG)):
            folders.clear()
            continue
        # Real folders come before links, so that a folder beside a link to it is listed under its own name.
        folders.sort(key=lambda name: (os.path.islink(os.path.join(root, name)), name))
        wanted = [name for name in folders if not name.startswith(".") and name != "__MACOSX"]
        folders[:] = [name for name in wanted if _is_first_visit(os.path.join(root, name), seen)]
        yield from (Path(root, name) for name in names if not name.startswith("."))


def _is_first_visit(folder: str, seen: set[str]) -> bool:
    real = os.path.realpath(folder)
    if real in seen:
        return False
    seen.add(real)
    return True


def _is_copyart_config(config: Path) -> bool:
    """Tell whether a `config.json` belongs to a workdir or a style folder, whose pictures are paintings."""
    try:
        found = json.loads(config.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(found, dict) and bool({"settings", "generator"} & found.keys())


def _raise_unreadable_folder(error: OSError) -> None:
    raise DataError(
        f"{str(error.filename)!r} must be a readable folder. Received: {error.strerror}. Check its permissions."
    ) from error
