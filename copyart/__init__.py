"""Copyart turns a photograph into a painting in the style of an artist.

    >>> import copyart
    >>> copyart.load("runs/vangogh").paint("photo.jpg").save("painting.jpg")

Names are imported when they are first used, so importing `copyart` imports neither TensorFlow nor Keras.
"""

import os

from copyart._version import __version__ as __version__
from copyart.backend import prefer_installed_backend
from copyart.lazy_names import lazy_names

prefer_installed_backend()
# Without this, ONNX Runtime stores an identifier of the machine in the home folder and reports its use to Microsoft.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

#: Public name → the module that defines it.
_HOMES = {
    "CopyartError": "errors",
    "CycleGAN": "models.cyclegan",
    "Painter": "painting.painter",
    "TrainingConfig": "config",
    "distill": "training.distill",
    "evaluate": "evaluation.evaluator",
    "import_torch": "weights.torch_import",
    "load": "painting.loading",
    "load_data": "data.pipeline",
    "paint_video": "video.paint_video",
    "train": "training.train",
}
#: Public name of a module → the module.
_MODULES = {
    "artists": "artists",
    "callbacks": "training.callbacks",
    "errors": "errors",
    "evaluation": "evaluation",
    "export": "export",
    "images": "data.images",
    "styles": "styles",
    "weights": "weights",
}

__all__ = sorted(["__version__", *_HOMES, *_MODULES])
__getattr__, __dir__ = lazy_names(__name__, _HOMES | _MODULES, _MODULES)
