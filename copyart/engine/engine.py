"""What an engine is, and which one paints: ONNX Runtime where it is installed and knows the generator, else Keras."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from PIL import Image

from copyart.engine.plan import Stage, layer_plan


class Engine(Protocol):
    """What paints. `OnnxEngine` and `KerasEngine` are engines; both can be pickled."""

    #: Height and width that a photo must have, None where any will do.
    sides: tuple[int | None, int | None]

    def paint(self, photo: Image.Image, progress: Callable[[float], object] | None = None) -> Image.Image:
        """Paint one photo.

        Args:
            photo: An RGB image.
            progress: Called with the share that is done, in [0, 1], where painting takes long. Defaults to None.

        Returns:
            An RGB image of the same size.
        """


def fast_engine(description: Any, weights: Mapping[str, np.ndarray]) -> Engine | None:
    """Return an `OnnxEngine`, which imports neither TensorFlow nor Keras and starts ten times as fast.

    Args:
        description: Of the generator, as `GeneratorSpec.to_dict` returns it.
        weights: Arrays by name, `"<layer>/<variable>"`.

    Returns:
        The engine. None if ONNX Runtime is missing, another network is described, or the weights do not fit.
    """
    if not all(np.isfinite(array).all() for array in weights.values()):
        return None
    try:
        plan = layer_plan(description, weights)
    except ValueError:  # Keras will raise the error that says what is wrong
        return None
    return engine_for_plan(plan) if plan else None


def engine_for_plan(plan: Sequence[Stage]) -> Engine | None:
    """Return an `OnnxEngine` for a layer plan, or None if ONNX Runtime is missing."""
    try:
        from copyart.engine.onnx_engine import OnnxEngine
    except ImportError:  # not installed, or cannot be loaded, as on Windows without Visual C++'s runtime
        return None
    return OnnxEngine(plan)
