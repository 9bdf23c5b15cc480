"""Compare the paintings of an export with those of its model, and refuse differences beyond the limits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from PIL import Image

from copyart.data.images import to_array, to_image
from copyart.errors import ExportError
from copyart.export.reference import full_precision, paint


@dataclass(frozen=True)
class Limits:
    """How far paintings may differ, in levels of a picture file, of which 255 lie between black and white.

    Args:
        largest: Largest difference of any value.
        mean: Largest mean difference of a picture.
    """

    largest: float
    mean: float


def compare(
    network: keras.Model, photos: Sequence[Image.Image], run: Callable[[Any], np.ndarray], limits: Limits, what: str
) -> dict[str, Any]:
    """Paint the same photos with a network and with its export.

    Args:
        network: The Keras generator.
        photos: RGB pictures.
        run: The export in its own runtime: from uint8 (height, width, 3) to the painting, uint8 of that shape, or
            float32 in [-1, 1].
        limits: What differences are allowed.
        what: The export, to name it in errors.

    Returns:
        A dictionary with the differences that an `ExportReport` holds.

    Raises:
        ExportError: if the paintings differ by more.
    """
    with full_precision():
        found = [_differences(run(np.asarray(photo)), paint(network, photo)) for photo in photos]
    values, levels = zip(*found, strict=True)
    largest, mean = max(level.max() for level in levels), max(level.mean() for level in levels)
    require(largest, limits.largest, f"{what}, in one value")
    require(mean, limits.mean, f"{what}, on average over a picture")
    return {
        "pictures": len(photos),
        "max_difference": float(max(value.max() for value in values)),
        "mean_difference": float(np.concatenate([value.ravel() for value in values]).mean()),
        "max_painting_difference": float(largest) / 255,
        "mean_painting_difference": float(np.concatenate([level.ravel() for level in levels]).mean()) / 255,
    }


def require(levels: np.ndarray, limit: float, what: str) -> None:
    """Refuse a difference, in levels of 255, that is beyond its limit."""
    if not levels <= limit * (1 + 1e-6):  # room for rounding; refuses NaN
        raise ExportError(
            f"an export must paint as its model does, within {limit:.3g} of 255 levels. Received: a difference of "
            f"{levels:.3g} ({what}). Nothing was written; take a higher precision, or report this."
        )


def _differences(painting: np.ndarray, expected: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the differences of values in [-1, 1], and of levels in 0…255."""
    if painting.shape != expected.shape:
        raise ExportError(
            f"an export must paint at the size of the photo. Received: {painting.shape} for {expected.shape}. "
            "Please report this."
        )
    wanted = to_image(expected)
    if painting.dtype == np.uint8:
        values, painted = np.abs(painting / np.float32(127.5) - 1 - to_array(wanted)), painting
    else:
        values, painted = np.abs(painting - expected), _levels(painting)
    return values, np.abs(painted.astype(np.float32) - np.asarray(wanted, np.float32))


def _levels(values: np.ndarray) -> np.ndarray:
    # NaN stays NaN, and is refused.
    return np.rint((np.clip(values, -1, 1) + 1) * np.float32(127.5))
