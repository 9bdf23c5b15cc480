"""The `Engine` protocol, and the choice of an engine: ONNX Runtime if it is installed and supports the generator."""

from collections.abc import Callable, Sequence
from typing import Protocol

from PIL import Image

from copyart.engine.plan import Stage


class Engine(Protocol):
    """Computes paintings. `OnnxEngine` and `KerasEngine` implement it; both can be pickled."""

    #: Height and width that a photo must have; None for a side of any length.
    sides: tuple[int | None, int | None]

    def paint(self, photo: Image.Image, progress: Callable[[float], object] | None = None) -> Image.Image:
        """Paint one photo.

        Args:
            photo: An RGB image.
            progress: Called with the painted fraction, in [0, 1], while a large photo is painted. Defaults to None.

        Returns:
            An RGB image of the same size.
        """


def engine_for_plan(plan: Sequence[Stage], once: bool = False) -> Engine | None:
    """Return an `OnnxEngine` for a layer plan, or None if ONNX Runtime is missing.

    Args:
        once: Whether the engine will paint only one small photo. It then uses one thread, and does not optimise the
            graph. Defaults to False.
    """
    try:
        from copyart.engine.onnx_engine import OnnxEngine
    except ImportError:  # not installed, or it cannot be loaded, for example on Windows without the Visual C++ runtime
        return None
    return OnnxEngine(plan, threads=1, optimized=False) if once else OnnxEngine(plan)
