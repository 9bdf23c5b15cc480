"""Check that a mixture paints about as well as its parents, by painting one small photo."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from copyart.data.sample import sample_files
from copyart.engine.engine import engine_for_plan
from copyart.styles.style import Style

#: Key of the `SampleFigures` in a bundled style's metadata. If they are missing, mixing paints the photo to get them.
FIGURES = "sample_figures"
#: Side at which the photo is painted, in pixels. The brightness and the colours are about the same at 128 pixels.
_SIDE = 64
#: How far the mean colours of a mixture's painting may lie outside the range of its parents' paintings, in grey levels
#: (0 to 255). The second number holds if a share is below 0 or above 1.
_TOLERANCE, _TOLERANCE_BEYOND = 10.0, 25.0
#: How far the `structure` of a mixture's painting may lie below the lowest `structure` of its parents' paintings.
_STRUCTURE = 0.2


class SampleFigures(NamedTuple):
    """Figures that describe a style's painting of the sample's first photo.

    Args:
        red, green, blue: Mean of the channel, in 0 to 255.
        colourfulness: Mean over all pixels of the largest channel minus the smallest, in 0 to 255.
        structure: Correlation of the painting's luminance with the photo's, in [-1, 1].
    """

    red: float
    green: float
    blue: float
    colourfulness: float
    structure: float


def sample_photo() -> Image.Image:
    """Return the first photo of the sample."""
    with Image.open(sample_files()[0][0]) as image:
        return image.convert("RGB")


def paint_sample(style: Style) -> SampleFigures | None:
    """Paint the sample photo in a style, and return figures of the painting, or None if it would need Keras.

    Raises:
        StyleError: if the style is damaged.
    """
    if style.plan is None or (engine := engine_for_plan(style.plan, once=True)) is None:
        return None
    photo = sample_photo().resize((_SIDE, _SIDE))
    painting = np.asarray(engine.paint(photo), np.float32)
    red, green, blue = (round(float(mean), 1) for mean in painting.mean((0, 1)))
    colourfulness = round(float((painting.max(-1) - painting.min(-1)).mean()), 1)
    return SampleFigures(red, green, blue, colourfulness, round(_brightness_correlation(painting, photo), 3))


def fault_of_mixture(mixture: Style, parents: Sequence[Style], beyond: bool) -> str | None:
    """Return what is wrong with the painting of a mixture, or None.

    Args:
        parents: The styles that the mixture is made of.
        beyond: Whether a share is below 0 or above 1.

    Raises:
        StyleError: if a style is damaged.
    """
    own, theirs = paint_sample(mixture), [_stored_or_new_figures(parent) for parent in parents]
    known = [figures for figures in theirs if figures is not None]
    if own is None or not known:
        return None
    tolerance = _TOLERANCE_BEYOND if beyond else _TOLERANCE
    for name, value, *others in zip(own._fields[:4], own[:4], *(figures[:4] for figures in known), strict=True):
        if not min(others) - tolerance <= value <= max(others) + tolerance:
            what = name if name == "colourfulness" else f"mean {name}"
            return f"a {what} of {value:.0f}, expected {_format_range(others)}"
    if not own.structure >= min(figures.structure for figures in known) - _STRUCTURE:
        return f"a painting that loses the photo's structure (correlation {own.structure:.2f})"
    return None


def _stored_or_new_figures(style: Style) -> SampleFigures | None:
    stored: Any = style.metadata.get(FIGURES)
    return SampleFigures(*stored) if _are_figures(stored) else paint_sample(style)


def _are_figures(stored: Any) -> bool:
    return (
        isinstance(stored, list)
        and len(stored) == len(SampleFigures._fields)
        and all(isinstance(value, int | float) and math.isfinite(value) for value in stored)
    )


def _brightness_correlation(painting: np.ndarray, photo: Image.Image) -> float:
    lights = painting.mean(-1), np.asarray(photo, np.float32).mean(-1)
    first, second = (light - light.mean() for light in lights)
    return float((first * second).sum() / max(math.sqrt(float((first**2).sum() * (second**2).sum())), 1e-6))


def _format_range(values: Sequence[float]) -> str:
    low, high = f"{min(values):.0f}", f"{max(values):.0f}"
    return low if low == high else f"{low} to {high}"
