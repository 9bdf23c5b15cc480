"""What a style's card says of the software that made it."""

import importlib
import platform

import keras

from copyart._version import __version__


def versions():
    """Return the versions of Copyart, Keras, its backend and Python, by name."""
    backend = keras.backend.backend()
    return {
        "copyart": __version__,
        "keras": keras.__version__,
        backend: importlib.import_module(backend).__version__,
        "python": platform.python_version(),
    }
