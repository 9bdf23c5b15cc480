"""Content preservation: how much of the photo's shapes, colours and brightness a painting keeps."""

from collections.abc import Sequence

import numpy as np

from copyart.evaluation.bootstrap import Estimate, equal_weights, estimate, mean_estimate, resample
from copyart.evaluation.colour import Correlation, brightness, colourfulness, mean_colour_grid
from copyart.evaluation.figures import Fault, Figure
from copyart.evaluation.structure import edge_agreement, structural_similarity

#: The figure of a photo compared with itself.
_SAME = Estimate(1.0, 1.0, 1.0)
#: A painting is inverted if the correlation of its cells with those of its photo is below this value. It is seldom so
#: low for unrelated pictures.
_INVERTED = -0.3
#: A style has the fault of inversion if more than this share of its paintings is inverted.
_SHARE = 0.1
#: A picture with a smaller standard deviation, in levels of 255, is too flat to judge.
_FLAT = 5.0


def content_preservation(photos: np.ndarray, paintings: np.ndarray, unrelated: np.ndarray) -> dict[str, Figure]:
    """Return the figures of content preservation.

    Args:
        photos: uint8, shape (pictures, side, side, 3).
        paintings: One for each photo, in the same form.
        unrelated: Other pictures, in the same form. Compared with the photos, they show what unrelated pictures reach.

    Returns:
        `structure`, `edges`, `colour` and `brightness`, by name.
    """
    count = min(len(photos), len(unrelated))
    pairs = (photos, paintings), (photos[:count], unrelated[:count])
    figures = {}
    for name, measure in (("structure", structural_similarity), ("edges", edge_agreement)):
        ours, chance = (mean_estimate(measure(*pair)) for pair in pairs)
        figures[name] = Figure.from_estimates(ours, _SAME, chance)
    grids = [tuple(map(mean_colour_grid, pair)) for pair in pairs]
    for name, part in (("colour", colourfulness), ("brightness", brightness)):
        ours, chance = (_estimate_correlation(Correlation(part(x), part(y))) for x, y in grids)
        figures[name] = Figure.from_estimates(ours, _SAME, chance)
    return figures


def _estimate_correlation(correlation: Correlation) -> Estimate:
    count = correlation.count
    return estimate(correlation.draws(equal_weights(count))[0], correlation.draws(resample(count)))


def inversion_faults(
    photos: np.ndarray, paintings: np.ndarray, figures: dict[str, Figure], names: Sequence[str]
) -> list[Fault]:
    """Return the faults of inverted colours and of inverted brightness, if any.

    Args:
        photos: uint8, shape (pictures, side, side, 3).
        paintings: One for each photo, in the same form.
        figures: The result of `content_preservation`.
        names: Names of the photos.
    """
    x, y = mean_colour_grid(photos), mean_colour_grid(paintings)
    faults = []
    for name, kind, part in (
        ("colour", "inverted_colours", colourfulness),
        ("brightness", "inverted_brightness", brightness),
    ):
        correlation = Correlation(part(x), part(y))
        inverted = (correlation.pair_correlations() < _INVERTED) & (correlation.pair_deviations() > _FLAT)
        if figures[name].high < 0 or inverted.mean() > _SHARE:
            message = (
                f"{name} is inverted in {inverted.sum()} of {len(names)} paintings; "
                f"the correlation over all is {figures[name].value:.2f}."
            )
            faults.append(Fault(kind, message, tuple(np.array(names, object)[inverted])))
    return faults
