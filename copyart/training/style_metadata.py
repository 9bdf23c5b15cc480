"""Compose the metadata of a trained style."""

import datetime
import importlib
import platform
from typing import Any

import keras

from copyart._version import __version__
from copyart.training.checkpoints import Progress
from copyart.training.run_spec import RunSpec, name_of_run


def training_metadata(spec: RunSpec, progress: Progress, pictures: dict[str, int]) -> dict[str, Any]:
    """Return the metadata for the current style of a run.

    Args:
        pictures: Number of training pictures of each domain, `photos` and `art`.
    """
    settings = {**spec.settings.to_dict(), "start_from": name_of_run(spec.settings.start_from)}
    return {
        "name": spec.artist,
        "source": spec.source,
        "recipe": spec.recipe,
        "settings": settings,
        "pictures": pictures,
        "steps": progress.step,
        "epochs": round(progress.step / progress.steps_per_epoch, 3),
        "training_seconds": round(progress.seconds),
        **date_and_versions(),
    }


def date_and_versions() -> dict[str, Any]:
    """Return today's date, and the versions of Copyart, Keras, its backend and Python."""
    backend = keras.backend.backend()
    versions = {
        "copyart": __version__,
        "keras": keras.__version__,
        backend: importlib.import_module(backend).__version__,
        "python": platform.python_version(),
    }
    return {"date": datetime.date.today().isoformat(), "versions": versions}
