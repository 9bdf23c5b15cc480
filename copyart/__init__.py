"""Copyart turns a photograph into a painting in the style of an artist.

    >>> import copyart
    >>> copyart.load("runs/vangogh").paint("photo.jpg").save("painting.jpg")

Names are looked up when they are first used: importing `copyart` imports neither TensorFlow nor Keras.
"""

import importlib
import os

from copyart._version import __version__ as __version__
from copyart.backend import prefer_what_is_installed

prefer_what_is_installed()
# Unless told not to, ONNX Runtime keeps an identifier of the machine in the home folder, and reports to its makers.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

#: Public name → the module that holds it, or the module that it is.
_HOMES = {
    "CopyartError": "copyart.errors",
    "CycleGAN": "copyart.models.cyclegan",
    "Painter": "copyart.painting.painter",
    "TrainingConfig": "copyart.config",
    "distill": "copyart.training.distill",
    "evaluate": "copyart.evaluation.comparison",
    "import_torch": "copyart.weights.torch_import",
    "load": "copyart.painting.loading",
    "load_data": "copyart.data.pipeline",
    "paint_video": "copyart.video.paint_video",
    "train": "copyart.training.train",
}
_MODULES = {
    "artists": "copyart.artists",
    "callbacks": "copyart.training.callbacks",
    "errors": "copyart.errors",
    "evaluation": "copyart.evaluation",
    "export": "copyart.export",
    "images": "copyart.data.images",
    "styles": "copyart.styles",
    "weights": "copyart.weights",
}

__all__ = sorted(["__version__", *_HOMES, *_MODULES])


def __getattr__(name):
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'copyart' has no attribute {name!r}")


def __dir__():
    return sorted(__all__)
