"""The plain ONNX graph of a whole generator, stage by stage, and functions that the faster graphs share with it."""

from collections.abc import Callable, Sequence

import numpy as np

from copyart.engine.graph_builder import GraphBuilder, OnnxModel, onnx_pads
from copyart.engine.plan import Stage

_END = np.iinfo(np.int64).max


def whole_graph(
    plan: Sequence[Stage], add_network: Callable[[GraphBuilder, str, Sequence[Stage]], str] | None = None
) -> OnnxModel:
    """Return the ONNX model of a whole generator, from uint8 pixels to uint8 pixels.

    Args:
        add_network: Function that adds the nodes from a feature map in [-1, 1] to pixels. Defaults to None:
            `add_stages_to_pixels`.

    Returns:
        A model from `photo`, uint8 (height, width, 3), to `painting` of the same shape. Sides must be multiples of 4.
    """
    graph = GraphBuilder()
    x = graph.from_pixels(graph.input("photo", np.uint8, ("height", "width", 3)))
    graph.output("painting", (add_network or add_stages_to_pixels)(graph, x, plan), np.uint8, ("height", "width", 3))
    return graph.build()


def add_stages_to_pixels(graph: GraphBuilder, x: str, stages: Sequence[Stage]) -> str:
    """Add the last stages of a generator, from a feature map to uint8 (height, width, 3)."""
    *before, last = stages
    pixels = graph.to_pixels(add_conv(graph, add_stages(graph, x, before), last), last)
    return _drop_pixels_outside(graph, pixels, last, [0, 1])


def add_stages(graph: GraphBuilder, x: str, stages: Sequence[Stage]) -> str:
    """Add stages, starting from a feature map. The tanh after a generator's last stage is not added."""
    skip = x
    for stage in stages:
        skip = x if stage.starts_block else skip
        x = add_conv(graph, x, stage)
        if not stage.normed and stage.relu:
            x = graph.relu(x)  # directly after the convolution, so that ONNX Runtime fuses the two
        x = _drop_pixels_outside(graph, graph.depth_to_space(x, stage), stage, [2, 3]) if stage.upsamples else x
        x = graph.instance_norm(x, stage) if stage.normed else x
        x = graph.relu(x) if stage.normed and stage.relu else x
        x = graph.add("Add", [x, skip]) if stage.ends_block else x
    return x


def add_conv(graph: GraphBuilder, x: str, stage: Stage) -> str:
    """Add a stage's padding and convolution."""
    return graph.convolve(x, stage, graph.constant(onnx_pads(*stage.pads)))


def add_conv_without_row_padding(graph: GraphBuilder, x: str, stage: Stage) -> str:
    """Add a stage's convolution for inner rows of an image, which are padded only on the left and right."""
    _, left, _, right = stage.pads
    return graph.convolve(x, stage, graph.constant(onnx_pads(0, left, 0, right)))


def add_with_border(
    graph: GraphBuilder,
    x: str,
    *,
    axis: int,
    edge: int,
    scale: int,
    border: Callable[[str], str],
    interior: Callable[[str], str],
) -> str:
    """Add a fast path for a feature map's interior and the plain path for its border.

    Args:
        x: The feature map.
        axis: 0 if the border consists of the first and last rows, 1 if it consists of the first and last columns.
        edge: Number of rows or columns of each border. `border` receives twice as many, because the inner half of its
            result is wrong near the cut and is dropped.
        scale: Output pixels for each row or column of `x`.
        border: Function that receives a border's slice and adds the nodes that compute its pixels.
        interior: Function that receives the whole map and adds the nodes that compute all pixels except the borders'.

    Returns:
        The pixels, uint8 (rows, width, 3).
    """
    first = border(graph.slice(x, [0], [2 * edge], [axis + 2]))
    first = graph.slice(first, [0], [scale * edge], [axis])
    last = border(graph.slice(x, [-2 * edge], [_END], [axis + 2]))
    last = graph.slice(last, [-scale * edge], [_END], [axis])
    return graph.add("Concat", [first, interior(x), last], axis=axis)


def _drop_pixels_outside(graph: GraphBuilder, x: str, stage: Stage, axes: Sequence[int]) -> str:
    """Drop the rows and columns that a half-pixel stage computes outside the image."""
    return graph.slice(x, [1, 1], [-1, -1], axes) if stage.half_pixel else x
