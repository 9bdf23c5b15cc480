"""The graph of a whole generator that a processor is quickest at."""

from copyart.painting.graph import picture_graph
from copyart.painting.phased_head import has_phased_head, painted_by_phased_head
from copyart.painting.quadrupling import painted_by_quadrupling, quadruples


def quick_picture_graph(stages):
    """Write the graph of a whole generator as a processor is quickest at it.

    Args:
        stages: A plan, as `plan_of` gives it.

    Returns:
        A `Model`: `photo`, uint8 (height, width, 3), sides multiples of 4 and at least 16, to `painting`, the same.
    """
    return picture_graph(stages, _way(stages))


def _way(stages):
    if quadruples(stages):
        return painted_by_quadrupling
    return painted_by_phased_head if has_phased_head(stages) else None
