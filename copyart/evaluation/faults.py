"""What is wrong with paintings as pictures: a weave, clipped colours, copies of what they were learnt from."""

import numpy as np

from copyart.evaluation.bootstrap import estimate, mean_estimate, once, resample
from copyart.evaluation.checkerboard import checkerboard, strongest
from copyart.evaluation.figures import Fault, Figure

#: Decibels by which a weave must stand out more than in photos and in real paintings: sets of these differ by 2 at
#: most, and a weave of ±1 level of 255 every 4 pixels, the faintest there is, gives 9 more than they have.
WEAVE = 5.0
#: Levels of 255 from either end within which a channel counts as clipped.
_CLIPPED = 1
#: Share of pixels by which more may be clipped than in photos and in real paintings.
_MORE_CLIPPED = 0.05


def weave(paintings, photos, real):
    """Return the checkerboard energy in decibels, and the alarm, if any.

    Args:
        paintings, photos, real: uint8, shape (pictures, side, side, 3), sides of at least 64 pixels.

    Returns:
        A `Figure` and a list of `Fault`.
    """
    figure = Figure.of(*(_strongest(pictures) for pictures in (paintings, photos, real)))
    if not _stands_out(figure, WEAVE):
        return figure, []
    message = (
        f"a weave of 2 or 4 pixels stands out by {figure.value:.1f} dB; in photos by {figure.nothing.value:.1f}, in "
        f"real paintings by {figure.real.value:.1f}. Training on lessens it; so does upsampling='resize' where that is "
        "not the upsampling already."
    )
    return figure, [Fault("checkerboard", message)]


def _strongest(pictures):
    decibels = checkerboard(pictures)
    count = len(decibels)
    return estimate(strongest(decibels, once(count))[0], strongest(decibels, resample(count)))


def saturation(paintings, photos, real, names):
    """Return the share of clipped pixels, and the alarm, if any.

    Args:
        paintings, photos, real: uint8, shape (pictures, side, side, 3).
        names: Of the photos.

    Returns:
        A `Figure` and a list of `Fault`.
    """
    shares = [clipped(pictures) for pictures in (paintings, photos, real)]
    figure = Figure.of(*map(mean_estimate, shares))
    if not _stands_out(figure, _MORE_CLIPPED):
        return figure, []
    worst = np.flatnonzero(shares[0] > shares[1] + _MORE_CLIPPED)
    message = (
        f"{figure.value:.0%} of all pixels are clipped to black, white or a pure colour; of photos "
        f"{figure.nothing.value:.0%}, of real paintings {figure.real.value:.0%}."
    )
    return figure, [Fault("saturation", message, tuple(names[number] for number in worst))]


def clipped(pictures):
    """Return the share of pixels of each picture of which a channel is at its end, shape (pictures,)."""
    ends = (pictures <= _CLIPPED) | (pictures >= 255 - _CLIPPED)
    return ends.any(axis=3).mean(axis=(1, 2))


def _stands_out(figure, margin):
    """Tell whether a figure surely exceeds both that of photos and that of real paintings, and by how much matters."""
    usual = max(figure.nothing.value, figure.real.value)
    return figure.value > usual + margin and figure.low > usual


def copied(finder, paintings, held_out, names, originals):
    """Return the share of near-copies of training paintings, and the alarm, if any.

    Args:
        finder: A `copyart.evaluation.copies.CopyFinder`.
        paintings: uint8, shape (pictures, side, side, 3).
        held_out: Real paintings that training did not see, squeezed to squares, or None: copies among them are
            duplicates in the data.
        names: Of the photos.
        originals: Names of the training paintings.

    Returns:
        A `Figure` and a list of `Fault`.
    """
    copies = finder(paintings)
    real = None if held_out is None else mean_estimate(finder(held_out).found)
    figure = Figure.of(mean_estimate(copies.found), None, real)
    numbers = np.flatnonzero(copies.found)
    if not len(numbers):
        return figure, []
    shown = ", ".join(f"{names[number]} like {originals[copies.originals[number]]}" for number in numbers[:3])
    more = f" and {len(numbers) - 3} more" if len(numbers) > 3 else ""
    message = f"{len(numbers)} of {len(names)} paintings nearly copy a painting of the artist: {shown}{more}."
    return figure, [Fault("copies", message, tuple(names[number] for number in numbers))]
