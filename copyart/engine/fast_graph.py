"""Faster ONNX graphs of whole generators: the last layers compute at low resolution, except along the border.

A polyphase kernel cannot mirror the image at its border, so the border pixels are computed stage by stage.

Two kinds of last layers have a fast form:

- Two half-pixel upsampling stages, as in the light generator, are fused. The second stage reads the first one's result
  before depth-to-space: its kernel has 3 × 3 taps instead of 4 × 4, and its input four times the channels and a quarter
  of the pixels. This takes 1.5 times the multiplications but half the time.
- A 7 × 7 head after a transposed convolution, as in the paper's generator, reads the transposed convolution's result
  before depth-to-space: its kernel has 5 × 5 taps instead of 7 × 7, and it computes four pixels of three colours at
  once. With AVX-512, ONNX Runtime computes 16 channels at a time. The head then uses 12 of them instead of 3, which
  halves its time. Where ONNX Runtime computes only 8 channels at a time, the head still takes less memory.
"""

import dataclasses
from collections.abc import Sequence
from typing import cast

import numpy as np

from copyart.engine.graph_builder import GraphBuilder, OnnxModel
from copyart.engine.plan import Stage
from copyart.engine.strip_graph import add_input_rows
from copyart.engine.whole_graph import (
    add_conv,
    add_conv_without_row_padding,
    add_stages,
    add_stages_to_pixels,
    add_with_border,
    whole_graph,
)
from copyart.models.polyphase import fused_kernel, polyphase_radius, space_to_depth_kernel

#: How many rows and columns along each border of the lowest-resolution feature map are computed stage by stage if two
#: stages are fused; also how many rows a strip needs from the strips above and below it.
FUSED_EDGE = 2
#: Kernel size of the heads that compute at half resolution.
_HEAD_SIZE = 7
#: Width in pixels, at half resolution, of the border along which such a head computes at full resolution.
_HEAD_EDGE = polyphase_radius(_HEAD_SIZE)
#: Step between levels, slightly less than 1/255: a value halfway between two is rounded as in the other graphs.
_LEVEL = np.nextafter(np.float32(1 / 255), np.float32(0))


def fast_whole_graph(plan: Sequence[Stage]) -> OnnxModel:
    """Return the fastest ONNX model of a whole generator.

    Returns:
        A model from `photo`, uint8 (height, width, 3), to `painting` of the same shape. Sides must be multiples of 4,
        and at least 16.
    """
    if ends_in_two_upsamplings(plan):
        return whole_graph(plan, _add_fused_network)
    return whole_graph(plan, _add_network_with_half_resolution_head if has_half_resolution_head(plan) else None)


def ends_in_two_upsamplings(plan: Sequence[Stage]) -> bool:
    """Tell whether a plan ends in two upsampling stages that can be fused, after at least one other stage."""
    if len(plan) < 3:
        return False
    first, second = plan[-2:]
    half_pixel = first.half_pixel and second.half_pixel and not (first.normed or second.normed or second.relu)
    return half_pixel and (first.kernel.shape[0], second.kernel.shape[0]) == (2, 4)


def has_half_resolution_head(plan: Sequence[Stage]) -> bool:
    """Tell whether a plan ends in a transposed convolution and a 7 × 7 head."""
    if len(plan) < 2:
        return False
    first, head = plan[-2:]
    doubles = first.upsamples and first.normed and first.groups == 1 and not (first.half_pixel or first.ends_block)
    plain = head.stride == 1 and not (head.upsamples or head.normed or head.relu)
    return doubles and plain and head.kernel.shape[:2] == (_HEAD_SIZE, _HEAD_SIZE)


def fused_strip_graph(plan: Sequence[Stage]) -> OnnxModel:
    """Return the ONNX model of two fused stages, for a strip with other strips above and below it.

    Args:
        plan: A layer plan with a fused ending.

    Returns:
        A model. It has the inputs of `add_input_rows`, with `FUSED_EDGE` rows above the strip and as many below, at
        least 4 columns wide. Its output is `painting`, uint8 (rows, width, 3).
    """
    graph = GraphBuilder()
    painting = _add_fused_rows(graph, add_input_rows(graph, plan, len(plan) - 2), plan)
    graph.output("painting", painting, np.uint8, ("rows", "width", 3))
    return graph.build()


def _add_fused_network(graph: GraphBuilder, x: str, plan: Sequence[Stage]) -> str:
    return add_with_border(
        graph,
        add_stages(graph, x, plan[:-2]),
        axis=0,
        edge=FUSED_EDGE,
        scale=4,
        border=lambda rows: add_stages_to_pixels(graph, rows, plan[-2:]),
        interior=lambda x: _add_fused_rows(graph, x, plan),
    )


def _add_fused_rows(graph: GraphBuilder, x: str, plan: Sequence[Stage]) -> str:
    """Add the fused stages, from a feature map to pixels, for all rows of the map but the `FUSED_EDGE` at each end."""
    return add_with_border(
        graph,
        x,
        axis=1,
        edge=FUSED_EDGE,
        scale=4,
        border=lambda columns: _add_inner_rows_stage_by_stage(graph, columns, plan),
        interior=lambda x: _add_fused_interior(graph, x, plan),
    )


def _add_inner_rows_stage_by_stage(graph: GraphBuilder, x: str, plan: Sequence[Stage]) -> str:
    first, second = plan[-2:]
    x = add_conv_without_row_padding(graph, x, first)
    x = graph.depth_to_space(graph.relu(x) if first.relu else x, first)
    x = add_conv_without_row_padding(graph, graph.slice(x, [1], [-1], [3]), second)
    return graph.slice(graph.to_pixels(x, second), [3, 1], [-3, -1], [0, 1])


def _add_fused_interior(graph: GraphBuilder, x: str, plan: Sequence[Stage]) -> str:
    first, second = plan[-2:]
    # Kernel and bias are doubled so that a sigmoid replaces tanh: 255 sigmoid(2 x) = 127.5 (tanh x + 1).
    kernel, bias = 2 * fused_kernel(second.kernel), np.tile(2 * cast(np.ndarray, second.bias), 4)
    x = graph.convolve(x, first)
    x = graph.convolve(graph.relu(x) if first.relu else x, dataclasses.replace(second, kernel=kernel, bias=bias))
    x = graph.add("QuantizeLinear", [graph.add("Sigmoid", [x]), graph.constant(_LEVEL), graph.constant(np.uint8(0))])
    return graph.slice(graph.pixel_shuffle(x, 4), [3, 3], [-1, -1], [0, 1])


def _add_network_with_half_resolution_head(graph: GraphBuilder, x: str, plan: Sequence[Stage]) -> str:
    *before, first, head = plan
    x = _add_upsampling_with_packed_pixels(graph, add_stages(graph, x, before), first)
    return add_with_border(
        graph,
        x,
        axis=0,
        edge=_HEAD_EDGE,
        scale=2,
        border=lambda rows: add_stages_to_pixels(graph, _unpack_pixels(graph, rows), [head]),
        interior=lambda x: _add_head_rows(graph, x, head),
    )


def _add_upsampling_with_packed_pixels(graph: GraphBuilder, x: str, stage: Stage) -> str:
    """Add an upsampling stage without its depth-to-space. Channels 0 to 3 of the result are the four pixels of the
    stage's first channel, and so on."""
    kernel = stage.kernel.reshape(*stage.kernel.shape[:3], 4, stage.channels).swapaxes(3, 4)
    kernel = kernel.reshape(stage.kernel.shape)
    x = add_conv(graph, x, dataclasses.replace(stage, kernel=kernel))  # normalised, so it has no bias to reorder
    # In memory, the four pixels of a channel look like one channel four times as high.
    x = graph.instance_norm(graph.add("Reshape", [x, graph.constant(np.array([0, stage.channels, -1, 0]))]), stage)
    x = graph.relu(x) if stage.relu else x
    return graph.add("Reshape", [x, graph.constant(np.array([0, 4 * stage.channels, -1, 0]))])


def _unpack_pixels(graph: GraphBuilder, x: str) -> str:
    return graph.add("DepthToSpace", [x], blocksize=2, mode="CRD")


def _add_head_rows(graph: GraphBuilder, x: str, head: Stage) -> str:
    """Add the head, from a packed feature map to pixels, for all rows of the map but the `_HEAD_EDGE` at each end."""
    return add_with_border(
        graph,
        x,
        axis=1,
        edge=_HEAD_EDGE,
        scale=2,
        border=lambda columns: _add_head_of_inner_strip(graph, columns, head),
        interior=lambda x: _add_head_interior(graph, x, head),
    )


def _add_head_of_inner_strip(graph: GraphBuilder, x: str, head: Stage) -> str:
    x = add_conv_without_row_padding(graph, _unpack_pixels(graph, x), head)
    return graph.slice(graph.to_pixels(x, head), [1], [-1], [0])


def _add_head_interior(graph: GraphBuilder, x: str, head: Stage) -> str:
    kernel, bias = space_to_depth_kernel(head.kernel), np.tile(cast(np.ndarray, head.bias), 4)
    packed = dataclasses.replace(head, kernel=kernel, bias=bias, upsamples=True)
    return graph.to_pixels(graph.convolve(x, packed), packed)
