"""The end of the paper's generator: the head, behind a transposed convolution, computed at half of its size.

What the transposed convolution gives, four copies of every pixel, is not laid side by side: the head reads the copies
as channels, 5 by 5 taps in place of 7 by 7, and gives four copies of three colours. Processors compute 16 channels at
a time, of which 3 were wanted and now 12 are: that takes half the time. Such a head cannot see past the borders: the
four pixels along them are painted after the copies were laid side by side.
"""

import dataclasses

import numpy as np

from copyart.models.phases import kernel_between_phases
from copyart.painting.graph import finished, generated
from copyart.painting.onnx_writer import Graph, onnx_pads
from copyart.painting.plan import in_onnx_order

#: Taps along one side of the head, of all generators that have one behind a transposed convolution.
_SIZE = 7
#: Rows and columns of copies along the borders that are laid side by side.
_EDGE = 2
#: How many are read for that: what is wrong because a slice ends stays in the others.
_READ = 2 * _EDGE
#: Pixels of the picture for those along a border.
_PIXELS = 2 * _EDGE
_END = np.iinfo(np.int64).max


def has_phased_head(stages):
    """Tell whether a plan ends in a head of 7 by 7 taps behind a transposed convolution."""
    if len(stages) < 2:
        return False
    first, head = stages[-2:]
    doubles = first.enlarges and first.normed and not first.between and not first.closes
    plain = head.stride == 1 and not (head.enlarges or head.normed or head.relu)
    return doubles and plain and head.kernel.shape[:2] == (_SIZE, _SIZE)


def phased_head_picture_graph(stages):
    """Write the graph of a whole generator.

    Args:
        stages: A plan that has a phased head.

    Returns:
        A `Model`, as of `picture_graph`.
    """
    *before, first, head = stages
    graph = Graph()
    photo = graph.input("photo", np.uint8, ("height", "width", 3))
    x = _copies(graph, generated(graph, graph.from_picture(photo), before), first)
    top = finished(graph, _side_by_side(graph, graph.cut(x, [0], [_READ], [2])), [head])
    bottom = finished(graph, _side_by_side(graph, graph.cut(x, [-_READ], [_END], [2])), [head])
    rows = [graph.cut(top, [0], [_PIXELS], [0]), _inside(graph, x, head), graph.cut(bottom, [-_PIXELS], [_END], [0])]
    graph.output("painting", graph.add("Concat", rows, axis=0), np.uint8, ("height", "width", 3))
    return graph.written()


def _copies(graph, x, stage):
    """Write the stage that enlarges, up to its end, but leave the four copies of a pixel as channels."""
    x = graph.convolved(x, _channel_by_channel(stage), graph.constant(onnx_pads(*stage.pads)))
    # The four copies of a channel lie one behind the other in memory: one channel, four times as high.
    x = graph.normed(graph.add("Reshape", [x, graph.constant(np.array([0, stage.channels, -1, 0]))]), stage)
    x = graph.relu(x) if stage.relu else x
    return graph.add("Reshape", [x, graph.constant(np.array([0, 4 * stage.channels, -1, 0]))])


def _channel_by_channel(stage):
    """Return an enlarging stage that gives the four copies of its first channel, then those of the next."""
    kernel = stage.kernel.reshape(*stage.kernel.shape[:3], 4, stage.channels).swapaxes(3, 4)
    return dataclasses.replace(stage, kernel=in_onnx_order(kernel.reshape(stage.kernel.shape)))


def _inside(graph, x, head):
    """Write the head, from copies to bytes, for their rows without the first `_EDGE` and the last."""
    left = _painted_rows(graph, graph.cut(x, [0], [_READ], [3]), head)
    right = _painted_rows(graph, graph.cut(x, [-_READ], [_END], [3]), head)
    left, right = graph.cut(left, [0], [_PIXELS], [1]), graph.cut(right, [-_PIXELS], [_END], [1])
    return graph.add("Concat", [left, _from_copies(graph, x, head), right], axis=1)


def _painted_rows(graph, x, head):
    """Write the head, its columns alone mirrored, for such rows."""
    _, left, _, right = head.pads
    x = graph.convolved(_side_by_side(graph, x), head, graph.constant(onnx_pads(0, left, 0, right)))
    return graph.cut(graph.to_picture(x, head), [1], [-1], [0])


def _side_by_side(graph, x):
    return graph.add("DepthToSpace", [x], blocksize=2, mode="CRD")


def _from_copies(graph, x, head):
    """Write the head at half of its size, for what lies `_EDGE` rows and columns inside of the map."""
    kernel = in_onnx_order(kernel_between_phases(head.kernel))
    halved = dataclasses.replace(head, kernel=kernel, bias=np.tile(head.bias, 4), enlarges=True)
    return graph.to_picture(graph.convolved(x, halved), halved)
