"""The files of a style folder, read without Keras.

config.json           the architecture: {"format": 1, "generator": {...}, "image_size": 256}
metadata.json         whose style it is and how it was learnt
weights.safetensors   "<layer>/<variable>" → float32 or float16
preview.jpg           what it paints like; may be missing
"""

import json
from pathlib import Path

import safetensors.numpy

from copyart.data.whole_files import write_whole
from copyart.errors import ConfigError, StyleError

FORMAT = 1
CONFIG, METADATA, WEIGHTS, PREVIEW = "config.json", "metadata.json", "weights.safetensors", "preview.jpg"


def read_style(folder):
    """Read the files of a style folder.

    Args:
        folder: Path of the folder.

    Returns:
        What `config.json` and `metadata.json` hold, and the weights, a dictionary of arrays.

    Raises:
        StyleError: A file is missing or damaged.
    """
    return parse_style(folder, lambda name: _read(Path(folder, name)))


def parse_style(place, read):
    """Make sense of the files of a style, wherever they are.

    Args:
        place: Where the style is, to name it in errors.
        read: From a file's name to its bytes.

    Returns:
        As `read_style`.

    Raises:
        StyleError: A file is damaged.
    """
    config = parse_json(place, CONFIG, read(CONFIG))
    if config.get("format") != FORMAT:
        found = f"format {config.get('format')!r}"
        raise style_error(place, f"be of format {FORMAT}", found, "A newer copyart may read it: update.")
    return config, parse_json(place, METADATA, read(METADATA)), _parse_weights(place, read(WEIGHTS))


def read_card(folder):
    """Read the metadata of a style folder: whose it is, how it was learnt, and how good it is.

    Raises:
        StyleError: It is missing or damaged.
    """
    return parse_json(folder, METADATA, _read(Path(folder, METADATA)))


def parse_json(place, name, content):
    """Return the object that a JSON file of a style holds.

    Raises:
        StyleError: It is damaged.
    """
    try:
        value = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise damaged(Path(place, name), error) from error
    if not isinstance(value, dict):
        raise damaged(Path(place, name), f"a {type(value).__name__} where an object was due")
    return value


def as_json(content):
    """Return the bytes of a JSON file of a style.

    Raises:
        ConfigError: JSON cannot hold the content.
    """
    try:
        return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
    except (TypeError, ValueError) as error:
        raise ConfigError(
            f"the metadata of a style must be plain JSON. Received: {error}. "
            "Use texts, numbers, lists and dictionaries."
        ) from error


def write_style_file(path, content):
    """Write a file of a style; it appears whole or not at all.

    Raises:
        StyleError: It cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    except OSError as error:
        reason, remedy = error.strerror or error, "Free some space, or name another folder."
        raise style_error(path.parent, "be a folder that can be written", reason, remedy) from error


def _read(path):
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def _parse_weights(place, content):
    try:
        return safetensors.numpy.load(content)
    except Exception as error:  # safetensors raises its own, and others for types that NumPy lacks
        raise damaged(Path(place, WEIGHTS), error) from error


def _unreadable(path, error):
    missing = isinstance(error, FileNotFoundError)
    what = f"{path.name}, which " + ("is missing" if missing else f"cannot be read ({error.strerror})")
    return style_error(path.parent, "be a whole style folder", what, "Save or copy the style again.")


def damaged(path, error):
    """Return the error of a file that is damaged."""
    reason = " ".join(str(error).split())[:160]
    what = f"{path.name}, which is damaged ({reason or type(error).__name__})"
    return style_error(path.parent, "be a whole style folder", what, "Save or copy the style again.")


def style_error(folder, must, received, remedy):
    """Return the error of a style folder that is not as it must be."""
    return StyleError(f"{str(folder)!r} must {must}. Received: {received}. {remedy}")
