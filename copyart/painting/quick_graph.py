"""Which graph of a whole generator a processor is quickest at."""

from copyart.painting.graph import picture_graph
from copyart.painting.phased_head import has_phased_head, phased_head_picture_graph
from copyart.painting.quadrupling import quadrupled_picture_graph, quadruples


def quick_picture_graph(stages):
    """Write the graph of a whole generator as a processor is quickest at it.

    Args:
        stages: A plan, as `plan_of` gives it.

    Returns:
        A `Model`, as of `picture_graph`, which it is where the plan's end is no special one.
    """
    if quadruples(stages):
        return quadrupled_picture_graph(stages)
    if has_phased_head(stages):
        return phased_head_picture_graph(stages)
    return picture_graph(stages)
