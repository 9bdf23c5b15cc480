"""The graph of a whole generator that a processor is quickest at."""

import numpy as np

from copyart.painting.graph import finished
from copyart.painting.onnx_writer import Graph
from copyart.painting.phased_head import has_phased_head, painted_by_phased_head
from copyart.painting.quadrupling import painted_by_quadrupling, quadruples


def quick_picture_graph(stages):
    """Write the graph of a whole generator as a processor is quickest at it.

    Args:
        stages: A plan, as `plan_of` gives it.

    Returns:
        A `Model`: `photo`, uint8 (height, width, 3), sides multiples of 4 and at least 16, to `painting`, the same.
    """
    graph = Graph()
    photo = graph.input("photo", np.uint8, ("height", "width", 3))
    painting = _way(stages)(graph, graph.from_picture(photo), stages)
    graph.output("painting", painting, np.uint8, ("height", "width", 3))
    return graph.written()


def _way(stages):
    if quadruples(stages):
        return painted_by_quadrupling
    return painted_by_phased_head if has_phased_head(stages) else finished
