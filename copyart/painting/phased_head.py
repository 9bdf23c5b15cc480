"""The end of generators that enlarge by a transposed convolution, the paper's: their head at half of its size.

What the transposed convolution gives, four copies of every pixel, is not laid side by side: the head reads the copies
as channels, 5 by 5 taps in place of 7 by 7, and gives four copies of three colours. With AVX-512 ONNX Runtime computes
16 channels at a time, of which 3 were wanted and now 12 are: half of the head's time. Where it computes 8 at a time,
what is saved is memory, and passes over the largest map. Such a head cannot see past the borders: the four pixels
along them are painted after the copies were laid side by side.
"""

import dataclasses

import numpy as np

from copyart.models.phases import kernel_between_phases, reach
from copyart.painting.borders import bordered, convolved_in_rows
from copyart.painting.graph import convolved, finished, generated
from copyart.painting.plan import in_onnx_order

#: Taps along one side of the head, in all generators that have one behind a transposed convolution.
_SIZE = 7
#: Rows and columns of copies along the borders that are laid side by side: two pixels each.
_EDGE = reach(_SIZE)


def has_phased_head(stages):
    """Tell whether a plan ends in a head of 7 by 7 taps behind a transposed convolution."""
    if len(stages) < 2:
        return False
    first, head = stages[-2:]
    doubles = first.enlarges and first.normed and first.groups == 1 and not (first.between or first.closes)
    plain = head.stride == 1 and not (head.enlarges or head.normed or head.relu)
    return doubles and plain and head.kernel.shape[:2] == (_SIZE, _SIZE)


def painted_by_phased_head(graph, x, stages):
    """Write a whole generator that has a phased head, from a map, sides at least 16, to bytes (height, width, 3)."""
    *before, first, head = stages
    x = _copies(graph, generated(graph, x, before), first)
    return bordered(
        graph,
        x,
        axis=0,
        edge=_EDGE,
        times=2,
        along=lambda rows: finished(graph, _side_by_side(graph, rows), [head]),
        inside=lambda x: _inside(graph, x, head),
    )


def _copies(graph, x, stage):
    """Write the stage that enlarges, up to its end, but leave the four copies of a pixel as channels."""
    x = convolved(graph, x, _channel_by_channel(stage))
    # The four copies of a channel lie one behind the other in memory: one channel, four times as high.
    x = graph.normed(graph.add("Reshape", [x, graph.constant(np.array([0, stage.channels, -1, 0]))]), stage)
    x = graph.relu(x) if stage.relu else x
    return graph.add("Reshape", [x, graph.constant(np.array([0, 4 * stage.channels, -1, 0]))])


def _channel_by_channel(stage):
    """Return an enlarging stage that gives the four copies of its first channel, then those of the next.

    It is normalised, and so has no bias.
    """
    kernel = stage.kernel.reshape(*stage.kernel.shape[:3], 4, stage.channels).swapaxes(3, 4)
    return dataclasses.replace(stage, kernel=in_onnx_order(kernel.reshape(stage.kernel.shape)))


def _inside(graph, x, head):
    """Write the head, from copies to bytes, for their rows without the first `_EDGE` and the last."""
    return bordered(
        graph,
        x,
        axis=1,
        edge=_EDGE,
        times=2,
        along=lambda columns: _in_rows(graph, columns, head),
        inside=lambda x: _from_copies(graph, x, head),
    )


def _in_rows(graph, x, head):
    """Write the head for such rows, whose columns alone are mirrored."""
    x = convolved_in_rows(graph, _side_by_side(graph, x), head)
    return graph.cut(graph.to_picture(x, head), [1], [-1], [0])


def _side_by_side(graph, x):
    return graph.add("DepthToSpace", [x], blocksize=2, mode="CRD")


def _from_copies(graph, x, head):
    """Write the head at half of its size, for what lies `_EDGE` rows and columns inside of the map."""
    kernel = in_onnx_order(kernel_between_phases(head.kernel))
    halved = dataclasses.replace(head, kernel=kernel, bias=np.tile(head.bias, 4), enlarges=True)
    return graph.to_picture(graph.convolved(x, halved), halved)
