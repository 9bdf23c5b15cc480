"""Compare the paintings of an export with those of its model, and refuse differences that are too large."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from copyart.data.images import to_array, to_image
from copyart.errors import ExportError
from copyart.export.reference import full_precision, paint_reference

if TYPE_CHECKING:
    import keras

    from copyart.painting.painter import Painter


@dataclass(frozen=True)
class Limits:
    """Limits on the difference between paintings, in grey levels (0 to 255).

    Args:
        largest: Largest allowed difference in one value.
        mean: Largest allowed mean difference over a picture.
    """

    largest: float
    mean: float


def compare(
    network: "keras.Model | Painter",
    photos: Sequence[Image.Image],
    run: Callable[[Any], np.ndarray],
    limits: Limits,
    what: str,
) -> dict[str, Any]:
    """Paint the same photos with a network and with its export, and compare the paintings.

    Args:
        network: What `reference_network` returned.
        photos: RGB pictures.
        run: Function that runs the export in its own runtime: from a photo, uint8 (height, width, 3), to its painting
            of the same shape, uint8 or float32 in [-1, 1].
        limits: The allowed differences.
        what: Name of the export in error messages.

    Returns:
        A dictionary with the differences for an `ExportReport`.

    Raises:
        ExportError: if the paintings differ by more than the limits.
    """
    with full_precision():
        found = [differences(run(np.asarray(photo)), paint_reference(network, photo)) for photo in photos]
    values, levels = zip(*found, strict=True)
    require_close(max(level.max() for level in levels), limits.largest, f"{what}, in one value")
    require_close(max(level.mean() for level in levels), limits.mean, f"{what}, on average over a picture")
    return describe_differences(values, levels)


def describe_differences(values: Sequence[np.ndarray], levels: Sequence[np.ndarray]) -> dict[str, Any]:
    """Summarise the results of `differences` for all pictures, as fields of an `ExportReport`."""
    value, level = (np.concatenate([part.ravel() for part in parts]) for parts in (values, levels))
    return {
        "pictures": len(values),
        "max_difference": float(value.max()),
        "mean_difference": float(value.mean()),
        "max_painting_difference": float(level.max()) / 255,
        "mean_painting_difference": float(level.mean()) / 255,
    }


def require_close(levels: np.ndarray, limit: float, what: str) -> None:
    """Raise an error if a difference, in grey levels (0 to 255), exceeds its limit."""
    if not levels <= limit * (1 + 1e-6):  # a margin for rounding; NaN is refused too
        raise ExportError(
            f"an export must paint the same as its model, within {limit:.3g} of 255 grey levels. Received: a "
            f"difference of {levels:.3g} ({what}). Nothing was written; use a higher precision, or report this."
        )


def differences(painting: np.ndarray, expected: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the absolute differences between two paintings, of their values in [-1, 1] and of their grey levels.

    Args:
        painting: Painting by the export, uint8 or float32 in [-1, 1], shape (height, width, 3).
        expected: Painting by the model, float32 in [-1, 1].

    Raises:
        ExportError: if the sizes differ.
    """
    if painting.shape != expected.shape:
        raise ExportError(
            f"an export must keep the size of the photo. Received: {painting.shape} for {expected.shape}. Please "
            "report this."
        )
    wanted = to_image(expected)
    if painting.dtype == np.uint8:
        values, painted = np.abs(painting / np.float32(127.5) - 1 - to_array(wanted)), painting
    else:
        values, painted = np.abs(painting - expected), _to_grey_levels(painting)
    return values, np.abs(painted.astype(np.float32) - np.asarray(wanted, np.float32))


def _to_grey_levels(values: np.ndarray) -> np.ndarray:
    # NaN stays NaN and is refused later.
    return np.rint((np.clip(values, -1, 1) + 1) * np.float32(127.5))
