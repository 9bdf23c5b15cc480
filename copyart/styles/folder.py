"""Read and write the files of a style folder, without Keras.

config.json           the architecture: {"format": 1, "generator": {...}, "image_size": 256}
metadata.json         whose style it is and how it was trained
weights.safetensors   "<layer>/<variable>" → float32 or float16
preview.jpg           a sample painting; may be missing
"""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy

from copyart.data.atomic_files import write_atomically
from copyart.errors import ConfigError, StyleError, json_text, one_line

FORMAT = 1
CONFIG, METADATA, WEIGHTS, PREVIEW = "config.json", "metadata.json", "weights.safetensors", "preview.jpg"


def read_folder(folder: Path) -> dict[str, bytes]:
    """Read the files of a style folder.

    Returns:
        The content of each file by name. A style may lack the preview.

    Raises:
        StyleError: if a file other than the preview is missing, or a file cannot be read.
    """
    files = {name: _read_file(folder / name) for name in (CONFIG, METADATA, WEIGHTS)}
    return {**files, PREVIEW: _read_file(folder / PREVIEW)} if os.path.isfile(folder / PREVIEW) else files


def read_metadata(folder: str | os.PathLike) -> dict[str, Any]:
    """Read the metadata of a style folder: whose style it is, how it was trained, and how good it is.

    Raises:
        StyleError: if they are missing or damaged.
    """
    return parse_json(folder, METADATA, _read_file(Path(folder, METADATA)))


def parse_json(place: str | os.PathLike, name: str, content: bytes) -> dict[str, Any]:
    """Return the object that a JSON file of a style holds.

    Raises:
        StyleError: if it is damaged.
    """
    try:
        value = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise damaged_file_error(Path(place, name), error) from error
    if not isinstance(value, dict):
        raise damaged_file_error(Path(place, name), f"a {type(value).__name__} instead of an object")
    return value


def parse_weights(place: Path, content: bytes) -> dict[str, np.ndarray]:
    """Return the arrays of a weights file.

    Raises:
        StyleError: if it is damaged.
    """
    try:
        return safetensors.numpy.load(content)
    except Exception as error:  # besides its own error class, safetensors raises others for dtypes that NumPy lacks
        raise damaged_file_error(Path(place, WEIGHTS), error) from error


def encode_json(content: object) -> bytes:
    """Encode the content of a style's JSON file.

    Raises:
        ConfigError: if JSON cannot hold the content.
    """
    try:
        return (json_text(content, indent=2) + "\n").encode()
    except (TypeError, ValueError) as error:
        raise ConfigError(
            f"the metadata of a style must be plain JSON. Received: {error}. "
            "Use texts, numbers, lists and dictionaries."
        ) from error


def write_style_file(path: Path, content: bytes) -> None:
    """Write a file of a style atomically.

    Raises:
        StyleError: if it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content)
    except OSError as error:
        reason, remedy = one_line(error), "Free some space, or choose another folder."
        raise style_error(path.parent, "be a writable folder", reason, remedy) from error


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable_file_error(path, error) from error


def _unreadable_file_error(path: Path, error: OSError) -> StyleError:
    missing = isinstance(error, FileNotFoundError)
    what = f"{path.name}, which " + ("is missing" if missing else f"cannot be read ({error.strerror})")
    return style_error(path.parent, "be a complete style folder", what, "Save or copy the style again.")


def damaged_file_error(path: Path, error: object) -> StyleError:
    """Return the error for a damaged file."""
    what = f"{path.name}, which is damaged ({one_line(error)})"
    return style_error(path.parent, "be a complete style folder", what, "Save or copy the style again.")


def style_error(folder: str | os.PathLike, must: str, received: str, remedy: str) -> StyleError:
    """Return a `StyleError` about a style folder."""
    return StyleError(f"{str(folder)!r} must {must}. Received: {received}. {remedy}")
