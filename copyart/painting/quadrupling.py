"""The end of the light generator: two stages that enlarge, computed as one, from its smallest map to bytes.

Nothing is laid side by side between the two, and nothing mirrored: the second one reads the four copies of a pixel
that the first one makes as channels, 3 by 3 taps in place of 4 by 4 with a quarter of the channels. That is half as
many multiplications again, and takes half the time. It cannot see past the borders: the eight pixels along them are
painted one stage after the other.
"""

import dataclasses

import numpy as np

from copyart.models.phases import phase_kernel_of_phases
from copyart.painting.borders import bordered, convolved_in_rows
from copyart.painting.graph import finished, generated, strip_source
from copyart.painting.onnx_writer import Graph
from copyart.painting.plan import in_onnx_order

#: Rows and columns of the smallest map along the borders that are painted one stage after the other; as many does a
#: strip see of the strips above and below it.
EDGE = 2
#: A level, and a little less: what lies halfway between two is then rounded as it is elsewhere.
_LEVEL = np.nextafter(np.float32(1 / 255), np.float32(0))


def quadruples(stages):
    """Tell whether a plan ends in two stages that can be computed as one, behind others: the light generator's does."""
    if len(stages) < 3:
        return False
    first, second = stages[-2:]
    between = first.between and second.between and not first.normed and not second.normed and not second.relu
    return between and (first.kernel.shape[0], second.kernel.shape[0]) == (2, 4)


def painted_by_quadrupling(graph, x, stages):
    """Write a whole generator that quadruples, from a map, sides at least 16, to bytes (height, width, 3)."""
    return bordered(
        graph,
        generated(graph, x, stages[:-2]),
        axis=0,
        edge=EDGE,
        times=4,
        along=lambda rows: finished(graph, rows, stages[-2:]),
        inside=lambda x: _inside(graph, x, stages),
    )


def inner_strip_graph(stages):
    """Write the graph of the last two stages for a strip that has one above and one below.

    Args:
        stages: A plan that quadruples.

    Returns:
        A `Model`: its inputs `source`, `skip`, `scale` and `shift` are those of `strip_graph`, with `EDGE` rows above
        and as many below, at least 4 columns wide; its output is `painting`, uint8 (rows, width, 3).
    """
    graph = Graph()
    painting = _inside(graph, strip_source(graph, stages, len(stages) - 2), stages)
    graph.output("painting", painting, np.uint8, ("rows", "width", 3))
    return graph.written()


def _inside(graph, x, stages):
    """Write both stages, from a map to bytes, for its rows without the first `EDGE` and the last."""
    return bordered(
        graph,
        x,
        axis=1,
        edge=EDGE,
        times=4,
        along=lambda columns: _stage_by_stage(graph, columns, stages),
        inside=lambda x: _at_once(graph, x, stages),
    )


def _stage_by_stage(graph, x, stages):
    """Write both stages one after the other for such rows, whose columns alone are mirrored."""
    first, second = stages[-2:]
    x = convolved_in_rows(graph, x, first)
    x = graph.enlarged(graph.relu(x) if first.relu else x, first)
    x = convolved_in_rows(graph, graph.cut(x, [1], [-1], [3]), second)
    return graph.cut(graph.to_picture(x, second), [3, 1], [-3, -1], [0, 1])


def _at_once(graph, x, stages):
    """Write both stages as one, for what lies `EDGE` rows and columns inside of the map."""
    first, second = stages[-2:]
    x = graph.convolved(x, first)
    x = graph.convolved(graph.relu(x) if first.relu else x, _of_phases(second))
    # 255 times the logistic function of 2 x is 127.5 times (tanh x + 1).
    x = graph.add("QuantizeLinear", [graph.add("Sigmoid", [x]), graph.constant(_LEVEL), graph.constant(np.uint8(0))])
    return graph.cut(graph.spread(x, 4), [3, 3], [-1, -1], [0, 1])


def _of_phases(stage):
    """Return a stage as it reads a map whose pixels are four copies still, and gives twice its result, as 16 copies."""
    kernel = 2 * phase_kernel_of_phases(stage.kernel)
    return dataclasses.replace(stage, kernel=in_onnx_order(kernel), bias=np.tile(2 * stage.bias, 4))
