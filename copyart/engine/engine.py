"""The `Engine` protocol, and the choice of an engine: ONNX Runtime if it is installed and supports the generator."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from PIL import Image

from copyart.engine.plan import Stage, layer_plan


class Engine(Protocol):
    """Computes paintings. `OnnxEngine` and `KerasEngine` implement it; both can be pickled."""

    #: Height and width that a photo must have; None for a side of any length.
    sides: tuple[int | None, int | None]

    def paint(self, photo: Image.Image, progress: Callable[[float], object] | None = None) -> Image.Image:
        """Paint one photo.

        Args:
            photo: An RGB image.
            progress: Called with the finished share, in [0, 1], while a large photo is painted. Defaults to None.

        Returns:
            An RGB image of the same size.
        """


def fast_engine(description: Any, weights: Mapping[str, np.ndarray]) -> Engine | None:
    """Return an `OnnxEngine`, which imports neither TensorFlow nor Keras and starts ten times as fast.

    Args:
        description: Description of the generator, as `GeneratorSpec.to_dict` returns it.
        weights: Arrays by name, `"<layer>/<variable>"`.

    Returns:
        The engine. None if ONNX Runtime is missing, the description is not of our generators, or the weights do not
        fit.
    """
    if not all(np.isfinite(array).all() for array in weights.values()):
        return None
    try:
        plan = layer_plan(description, weights)
    except ValueError:  # building the Keras network will raise the error that explains it
        return None
    return engine_for_plan(plan) if plan else None


def engine_for_plan(plan: Sequence[Stage], once: bool = False) -> Engine | None:
    """Return an `OnnxEngine` for a layer plan, or None if ONNX Runtime is missing.

    Args:
        once: Whether it will paint one small photo only: on one thread, by a graph that is not optimised. Defaults to
            False.
    """
    try:
        from copyart.engine.onnx_engine import OnnxEngine
    except ImportError:  # not installed, or it cannot be loaded, for example on Windows without the Visual C++ runtime
        return None
    return OnnxEngine(plan, threads=1, optimized=False) if once else OnnxEngine(plan)
