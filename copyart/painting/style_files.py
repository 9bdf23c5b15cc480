"""The files of a style folder, read without Keras.

config.json           the architecture: {"format": 1, "generator": {...}, "image_size": 256}
metadata.json         whose style it is and how it was learnt
weights.safetensors   "<layer>/<variable>" → float32 or float16
preview.jpg           what it paints like; may be missing
"""

import json
from pathlib import Path

import safetensors.numpy

from copyart.errors import StyleError

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
    folder = Path(folder)
    config = _read_json(folder / CONFIG)
    if config.get("format") != FORMAT:
        found = f"format {config.get('format')!r}"
        raise style_error(folder, f"be of format {FORMAT}", found, "A newer copyart may read it: update.")
    return config, _read_json(folder / METADATA), _read_weights(folder / WEIGHTS)


def read_card(folder):
    """Read the metadata of a style folder: whose it is, how it was learnt, and how good it is.

    Raises:
        StyleError: It is missing or damaged.
    """
    return _read_json(Path(folder) / METADATA)


def _read_json(path):
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _unreadable(path, error) from error
    except (ValueError, RecursionError) as error:
        raise damaged(path, error) from error
    if not isinstance(content, dict):
        raise damaged(path, f"a {type(content).__name__} where an object was due")
    return content


def _read_weights(path):
    try:
        return safetensors.numpy.load(path.read_bytes())
    except OSError as error:
        raise _unreadable(path, error) from error
    except Exception as error:  # safetensors raises its own, and others for types that NumPy lacks
        raise damaged(path, error) from error


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
