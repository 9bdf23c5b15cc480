"""A map whose inside is painted in a way that cannot see past the borders, and along them in another."""

import numpy as np

from copyart.painting.onnx_writer import onnx_pads

_END = np.iinfo(np.int64).max


def bordered(graph, x, axis, edge, times, along, inside):
    """Write what paints a map, from a map to bytes (rows, width, 3), in two ways.

    Args:
        graph: The graph in the writing.
        x: The map.
        axis: 0 where its first and last rows are a border, 1 for columns.
        edge: How many of them. As many again are read for them: what is wrong because a slice ends stays in those.
        times: Pixels of the picture for each.
        along: Called with a border's slice, writes what paints all of it.
        inside: Called with the map, writes what paints it without its borders.

    Returns:
        The bytes' name.
    """
    first = graph.cut(along(graph.cut(x, [0], [2 * edge], [axis + 2])), [0], [times * edge], [axis])
    last = graph.cut(along(graph.cut(x, [-2 * edge], [_END], [axis + 2])), [-times * edge], [_END], [axis])
    return graph.add("Concat", [first, inside(x), last], axis=axis)


def convolved_in_rows(graph, x, stage):
    """Write the convolution of a stage for rows of a map: only its columns are mirrored."""
    _, left, _, right = stage.pads
    return graph.convolved(x, stage, graph.constant(onnx_pads(0, left, 0, right)))
