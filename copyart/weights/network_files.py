"""Import a generator from another project's file. The file's suffix decides which reader is used."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

_KERAS = (".h5", ".hdf5", ".index")
#: Suffixes of the files that `import_network` accepts.
SUFFIXES = (".pth", ".pt", ".ckpt", *_KERAS)


def import_network(path: str | os.PathLike, network: str | None = None) -> "keras.Model":
    """Import a network from a weights file of another project.

    Args:
        path: A `.pth`, `.pt` or `.ckpt` (PyTorch Lightning) file for `import_torch`, or a `.h5`, `.hdf5` or `.index`
            file for `import_keras`.
        network: Which network to take from a file that holds several. Defaults to None: the only one, or the first
            generator of a Keras file.

    Returns:
        A float32 `keras.Model`.

    Raises:
        StyleError: if the file cannot be read, or holds no supported network.
    """
    # Imported here, because importing Keras takes seconds, and `SUFFIXES` is also used without Keras.
    if Path(path).suffix.lower() in _KERAS:
        from copyart.weights.keras_import import import_keras

        return import_keras(path, network)
    from copyart.weights.torch_import import import_torch

    return import_torch(path, network)


def find_network(names: list[str], wanted: str) -> str | None:
    """Return the name of the requested network, or None if no name or several names match.

    Args:
        names: Names of the networks in a file: paths of keys, joined by dots.
        wanted: A whole name, or a part of one between dots: `"G_A"` matches `"models.G_A.state_dict"`.
    """
    if wanted in names:
        return wanted
    matches = [name for name in names if f".{wanted}." in f".{name}."]
    return matches[0] if len(matches) == 1 else None


def first_weight_names(names: list[str]) -> str:
    """Format names for an error message: the first eight, quoted."""
    few = [repr(name[:80]) for name in names[:8]]
    return ", ".join(few) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
