"""Content preservation: how much of the photo's shapes, colours, and lights and darks a painting keeps."""

from collections.abc import Sequence

import numpy as np

from copyart.evaluation.bootstrap import Estimate, estimate, mean_estimate, once, resample
from copyart.evaluation.colour import Correlation, brightness, cells, colourfulness
from copyart.evaluation.figures import Fault, Figure
from copyart.evaluation.structure import edge_agreement, structural_similarity

#: The photo compared with itself.
_SAME = Estimate(1.0, 1.0, 1.0)
#: A painting is inverted where its cells correlate less than this with the photo's: unrelated pictures seldom do.
_INVERTED = -0.3
#: A style inverts if more than this share of its paintings is inverted.
_SHARE = 0.1
#: Deviation in levels of 255 below which a picture has too little colour, or contrast, to be inverted.
_FLAT = 5.0


def content_preservation(photos: np.ndarray, paintings: np.ndarray, unrelated: np.ndarray) -> dict[str, Figure]:
    """Return the figures of shapes and colours.

    Args:
        photos: uint8, shape (pictures, side, side, 3).
        paintings: One for each photo.
        unrelated: Pictures of other things, likewise: they tell what no common content scores.

    Returns:
        `structure`, `edges`, `colour` and `brightness`, by name.
    """
    count = min(len(photos), len(unrelated))
    pairs = (photos, paintings), (photos[:count], unrelated[:count])
    figures = {}
    for name, measure in (("structure", structural_similarity), ("edges", edge_agreement)):
        ours, chance = (mean_estimate(measure(*pair)) for pair in pairs)
        figures[name] = Figure.of(ours, _SAME, chance)
    grids = [tuple(map(cells, pair)) for pair in pairs]
    for name, part in (("colour", colourfulness), ("brightness", brightness)):
        ours, chance = (_correlation(Correlation(part(x), part(y))) for x, y in grids)
        figures[name] = Figure.of(ours, _SAME, chance)
    return figures


def _correlation(correlation):
    count = correlation.count
    return estimate(correlation.draws(once(count))[0], correlation.draws(resample(count)))


def inversions(
    photos: np.ndarray, paintings: np.ndarray, figures: dict[str, Figure], names: Sequence[str]
) -> list[Fault]:
    """Raise the alarm where colours, or lights and darks, turn into their opposites.

    Args:
        photos: uint8, shape (pictures, side, side, 3).
        paintings: One for each photo.
        figures: As `content_preservation` returns them.
        names: Of the photos.

    Returns:
        A list of `Fault`.
    """
    x, y = cells(photos), cells(paintings)
    faults = []
    for name, kind, part in (
        ("colour", "inverted_colours", colourfulness),
        ("brightness", "inverted_brightness", brightness),
    ):
        correlation = Correlation(part(x), part(y))
        inverted = (correlation.of_each() < _INVERTED) & (correlation.deviation_of_each() > _FLAT)
        if figures[name].high < 0 or inverted.mean() > _SHARE:
            message = (
                f"{name} inverts: {inverted.sum()} of {len(names)} paintings go against their photo; "
                f"the correlation over all is {figures[name].value:.2f}."
            )
            faults.append(Fault(kind, message, tuple(np.array(names, object)[inverted])))
    return faults
