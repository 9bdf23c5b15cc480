"""Faults of paintings: checkerboard artifacts, clipped colours, copies of training paintings."""

from collections.abc import Sequence

import numpy as np

from copyart.evaluation.bootstrap import equal_weights, estimate, mean_estimate, resample
from copyart.evaluation.checkerboard import checkerboard_decibels, strongest_frequency
from copyart.evaluation.copies import CopyFinder
from copyart.evaluation.figures import Estimate, Fault, Figure

#: A checkerboard is a fault if it is so many decibels stronger than in photos and in real paintings. It differs by at
#: most 2 dB from one set of photos or paintings to another. The faintest pattern, ±1 level of 255 every 4 pixels, adds
#: 9 dB.
CHECKERBOARD_MARGIN = 5.0
#: A channel is clipped if its value is within this many levels of 0 or 255.
_CLIPPED = 1
#: Clipping is a fault if the share of clipped pixels is larger by this than in photos and in real paintings.
_MORE_CLIPPED = 0.05


def checkerboard_artifacts(
    paintings: np.ndarray, photos: np.ndarray, real: np.ndarray | None
) -> tuple[Figure, list[Fault]]:
    """Return the checkerboard energy in decibels, and the fault, if any.

    Args:
        paintings, photos, real: uint8, shape (pictures, side, side, 3), sides of at least 64 pixels. `real` may be
            None.
    """
    untouched = _estimate_checkerboard(photos)
    figure = Figure.from_estimates(
        _estimate_checkerboard(paintings), untouched, None if real is None else _estimate_checkerboard(real)
    )
    if not _exceeds_references(figure, CHECKERBOARD_MARGIN):
        return figure, []
    message = (
        f"a checkerboard of 2 or 4 pixels exceeds its surroundings by {figure.value:.1f} dB; in photos by "
        f"{untouched.value:.1f}{_format_value_of_real(figure, ', in real paintings by {:.1f}')}. Train longer, or "
        "with upsampling='resize'."
    )
    return figure, [Fault("checkerboard", message)]


def _estimate_checkerboard(pictures: np.ndarray) -> Estimate:
    decibels = checkerboard_decibels(pictures)
    count = len(decibels)
    return estimate(
        strongest_frequency(decibels, equal_weights(count))[0], strongest_frequency(decibels, resample(count))
    )


def saturation(
    paintings: np.ndarray, photos: np.ndarray, real: np.ndarray | None, names: Sequence[str]
) -> tuple[Figure, list[Fault]]:
    """Return the share of clipped pixels, and the fault, if any.

    Args:
        paintings, photos, real: uint8, shape (pictures, side, side, 3). `real` may be None.
        names: Names of the photos.
    """
    ours, before = clipped_shares(paintings), clipped_shares(photos)
    untouched = mean_estimate(before)
    figure = Figure.from_estimates(
        mean_estimate(ours), untouched, None if real is None else mean_estimate(clipped_shares(real))
    )
    if not _exceeds_references(figure, _MORE_CLIPPED):
        return figure, []
    worst = np.flatnonzero(ours > before + _MORE_CLIPPED).tolist()
    message = (
        f"{figure.value:.0%} of all pixels are clipped to black, white or a pure colour; in photos "
        f"{untouched.value:.0%}{_format_value_of_real(figure, ', in real paintings {:.0%}')}."
    )
    return figure, [Fault("saturation", message, tuple(names[number] for number in worst))]


def clipped_shares(pictures: np.ndarray) -> np.ndarray:
    """Return each picture's share of pixels with a clipped channel, shape (pictures,)."""
    ends = (pictures <= _CLIPPED) | (pictures >= 255 - _CLIPPED)
    return ends.any(axis=3).mean(axis=(1, 2))


def _exceeds_references(figure: Figure, margin: float) -> bool:
    """Tell whether the figure of the paintings exceeds those of the photos and of real paintings by `margin`, and the
    whole of its confidence interval lies above both."""
    normal = max(part.value for part in (figure.photos, figure.real) if part)
    return figure.value > normal + margin and figure.low > normal


def _format_value_of_real(figure: Figure, form: str) -> str:
    return form.format(figure.real.value) if figure.real else ""


def near_copies(
    finder: CopyFinder,
    paintings: np.ndarray,
    held_out: np.ndarray | None,
    names: Sequence[str],
    originals: Sequence[str],
) -> tuple[Figure, list[Fault]]:
    """Return the share of near-copies of training paintings, and the fault, if any.

    Args:
        finder: The finder of copies of the training paintings.
        paintings: uint8, shape (pictures, side, side, 3).
        held_out: Real paintings that training did not see, squeezed to squares, or None. A "copy" among them is a
            painting that the data contain twice.
        names: Names of the photos.
        originals: Names of the training paintings.
    """
    copies = finder(paintings)
    real = None if held_out is None else mean_estimate(finder(held_out).found)
    figure = Figure.from_estimates(mean_estimate(copies.found), None, real)
    numbers = np.flatnonzero(copies.found).tolist()
    if not numbers:
        return figure, []
    shown = ", ".join(f"{names[number]} like {originals[copies.originals[number]]}" for number in numbers[:3])
    more = f" and {len(numbers) - 3} more" if len(numbers) > 3 else ""
    message = f"{len(numbers)} of {len(names)} paintings nearly copy a painting of the artist: {shown}{more}."
    return figure, [Fault("copies", message, tuple(names[number] for number in numbers))]
