"""Blend styles whose weights cannot be mixed: paint with each style and average the paintings."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PIL import Image

from copyart.engine.engine import Engine
from copyart.errors import StyleError

if TYPE_CHECKING:
    import keras


class BlendEngine:
    """An engine that averages the paintings of several engines. It takes as long as all of them together.

    Args:
        engines: Engines that paint photos of any size.
        shares: Weight of each painting, from 0 to 1. The weights add up to 1.

    Raises:
        StyleError: if a share lies outside 0 to 1, or an engine paints only one size.
    """

    sides: tuple[int | None, int | None] = (None, None)

    def __init__(self, engines: Sequence[Engine], shares: Sequence[float]):
        if any(engine.sides != (None, None) for engine in engines):
            raise StyleError(
                "styles to blend must paint photos of any size. Received: a style with a fixed size. Leave it out."
            )
        if not all(0 <= share <= 1 for share in shares):
            raise StyleError(
                "paintings can only be blended with shares from 0 to 1. Received: "
                f"{', '.join(f'{share:.4g}' for share in shares)}. Use shares in this range."
            )
        self._parts = [(engine, share) for engine, share in zip(engines, shares, strict=True) if share > 0]

    @property
    def network(self) -> "keras.Model":
        """Raise an error, because a blend has several networks."""
        raise StyleError(
            "a mixture must have mixed weights to be one network. Received: a blend of paintings. Mix styles that were "
            "trained from the same weights, or export each style by itself."
        )

    def paint(self, photo: Image.Image, progress: Callable[[float], object] | None = None) -> Image.Image:
        """Paint one photo with each engine, as `Engine.paint` does, and return the mean of the paintings."""
        painting, total = photo, 0.0
        for number, (engine, share) in enumerate(self._parts):
            other = engine.paint(photo, progress and _progress_of_engine(progress, number, len(self._parts)))
            total += share
            painting = other if number == 0 else Image.blend(painting, other, share / total)
        return painting


def _progress_of_engine(progress: Callable[[float], object], number: int, count: int) -> Callable[[float], object]:
    return lambda fraction: progress((number + fraction) / count)
