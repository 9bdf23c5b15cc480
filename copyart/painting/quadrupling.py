"""The end of the light generator: two stages that enlarge, computed as one, from its smallest map to bytes.

Nothing is laid side by side between the two, and nothing mirrored: the second one reads the four copies of a pixel
that the first one makes as channels, 3 by 3 taps in place of 4 by 4 with a quarter of the channels. That is two thirds
more multiplications, and takes half the time. It cannot see past the borders: the eight pixels along them are painted
one stage after the other.
"""

import dataclasses

import numpy as np

from copyart.models.phases import phase_kernel_of_phases
from copyart.painting.plan import in_onnx_order

#: Rows and columns of the smallest map along the borders that are painted one stage after the other; as many does a
#: strip see of the strips above and below it.
EDGE = 2
#: How many are read for that: what is wrong because a slice ends stays in the others.
_READ = 2 * EDGE
#: Pixels of the picture for those along a border.
_PIXELS = 4 * EDGE
_END = np.iinfo(np.int64).max


def quadruples(stages):
    """Tell whether a plan ends in two stages that can be computed as one."""
    if len(stages) < 2:
        return False
    first, second = stages[-2:]
    between = first.between and second.between and not first.normed and not second.normed
    return between and (first.kernel.shape[0], second.kernel.shape[0]) == (2, 4)


def quadrupled(graph, x, stages):
    """Write the last two stages of a plan for a whole picture, from its smallest map to bytes (height, width, 3)."""
    top = graph.cut(_stage_by_stage(graph, graph.cut(x, [0], [_READ], [2]), stages), [0], [_PIXELS], [0])
    bottom = graph.cut(_stage_by_stage(graph, graph.cut(x, [-_READ], [_END], [2]), stages), [-_PIXELS], [_END], [0])
    return graph.add("Concat", [top, quadrupled_rows(graph, x, stages), bottom], axis=0)


def quadrupled_rows(graph, x, stages):
    """Write the same for rows that do not lie at the border: the map has `EDGE` rows more above, and as many below."""
    left = _stage_by_stage(graph, graph.cut(x, [0], [_READ], [3]), stages, inside=True)
    right = _stage_by_stage(graph, graph.cut(x, [-_READ], [_END], [3]), stages, inside=True)
    left, right = graph.cut(left, [0], [_PIXELS], [1]), graph.cut(right, [-_PIXELS], [_END], [1])
    return graph.add("Concat", [left, _at_once(graph, x, stages), right], axis=1)


def _stage_by_stage(graph, x, stages, inside=False):
    """Write both stages, one after the other; `inside`, the map has rows enough above and below to mirror none."""
    first, second = stages[-2:]
    x = graph.convolved(x, first, _pads(graph, first, inside))
    x = graph.enlarged(graph.relu(x) if first.relu else x, first)
    x = graph.cut(x, [1], [-1], [3]) if inside else graph.cut(x, [1, 1], [-1, -1], [2, 3])
    picture = graph.to_picture(graph.convolved(x, second, _pads(graph, second, inside)), second)
    return graph.cut(picture, [3, 1], [-3, -1], [0, 1]) if inside else graph.cut(picture, [1, 1], [-1, -1], [0, 1])


def _pads(graph, stage, inside):
    top, left, bottom, right = stage.pads
    return graph.constant(np.array([0, 0, 0 if inside else top, left, 0, 0, 0 if inside else bottom, right], np.int64))


def _at_once(graph, x, stages):
    """Write both stages as one, for what lies `EDGE` rows and columns inside of the map."""
    first, second = stages[-2:]
    x = graph.convolved(x, first)
    x = graph.convolved(graph.relu(x) if first.relu else x, _of_phases(second))
    # 255 times the logistic function of 2 x is 127.5 times tanh x + 1.
    x = graph.add("QuantizeLinear", [graph.add("Sigmoid", [x]), graph.number(1 / 255), graph.constant(np.uint8(0))])
    return graph.cut(graph.spread(x, 4), [3, 3], [-1, -1], [0, 1])


def _of_phases(stage):
    """Return a stage as it reads a map whose pixels are four copies still, and gives twice its result, as 16 copies."""
    kernel = 2 * phase_kernel_of_phases(stage.kernel)
    return dataclasses.replace(stage, kernel=in_onnx_order(kernel), bias=np.tile(2 * stage.bias, 4))
