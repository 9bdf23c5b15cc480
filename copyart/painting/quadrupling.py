"""The end of the light generator: two stages that enlarge, computed as one, from its smallest map to bytes.

Nothing is laid side by side between the two, and nothing mirrored: the second one reads the four copies of a pixel
that the first one makes as channels, 3 by 3 taps in place of 4 by 4 with a quarter of the channels. That is half as
many multiplications again, and takes half the time. It cannot see past the borders: the eight pixels along them are
painted one stage after the other.
"""

import dataclasses

import numpy as np

from copyart.models.phases import phase_kernel_of_phases
from copyart.painting.graph import finished, generated, strip_source
from copyart.painting.onnx_writer import Graph, onnx_pads
from copyart.painting.plan import in_onnx_order

#: Rows and columns of the smallest map along the borders that are painted one stage after the other; as many does a
#: strip see of the strips above and below it.
EDGE = 2
#: How many are read for that: what is wrong because a slice ends stays in the others.
_READ = 2 * EDGE
#: Pixels of the picture for those along a border.
_PIXELS = 4 * EDGE
_END = np.iinfo(np.int64).max
#: A level, and a little less: what lies halfway between two is then rounded as it is elsewhere.
_LEVEL = np.nextafter(np.float32(1 / 255), np.float32(0))


def quadruples(stages):
    """Tell whether a plan ends in two stages that can be computed as one, behind others: the light generator's does."""
    if len(stages) < 3:
        return False
    first, second = stages[-2:]
    between = first.between and second.between and not first.normed and not second.normed and not second.relu
    return between and (first.kernel.shape[0], second.kernel.shape[0]) == (2, 4)


def quadrupled_picture_graph(stages):
    """Write the graph of a whole generator.

    Args:
        stages: A plan that quadruples.

    Returns:
        A `Model`, as of `picture_graph`.
    """
    graph = Graph()
    photo = graph.input("photo", np.uint8, ("height", "width", 3))
    x = generated(graph, graph.from_picture(photo), stages[:-2])
    top = finished(graph, graph.cut(x, [0], [_READ], [2]), stages[-2:])
    bottom = finished(graph, graph.cut(x, [-_READ], [_END], [2]), stages[-2:])
    rows = [graph.cut(top, [0], [_PIXELS], [0]), _inside(graph, x, stages), graph.cut(bottom, [-_PIXELS], [_END], [0])]
    graph.output("painting", graph.add("Concat", rows, axis=0), np.uint8, ("height", "width", 3))
    return graph.written()


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
    left = _stage_by_stage(graph, graph.cut(x, [0], [_READ], [3]), stages)
    right = _stage_by_stage(graph, graph.cut(x, [-_READ], [_END], [3]), stages)
    left, right = graph.cut(left, [0], [_PIXELS], [1]), graph.cut(right, [-_PIXELS], [_END], [1])
    return graph.add("Concat", [left, _at_once(graph, x, stages), right], axis=1)


def _stage_by_stage(graph, x, stages):
    """Write both stages one after the other for such rows, whose columns alone are mirrored."""
    first, second = stages[-2:]
    x = graph.convolved(x, first, _pads(graph, first))
    x = graph.enlarged(graph.relu(x) if first.relu else x, first)
    x = graph.convolved(graph.cut(x, [1], [-1], [3]), second, _pads(graph, second))
    return graph.cut(graph.to_picture(x, second), [3, 1], [-3, -1], [0, 1])


def _pads(graph, stage):
    _, left, _, right = stage.pads
    return graph.constant(onnx_pads(0, left, 0, right))


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
