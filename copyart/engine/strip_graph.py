"""ONNX graphs for strips of an image: a chain of stages, with the scale and shift of each normalisation as inputs."""

from collections.abc import Callable, Sequence

import numpy as np

from copyart.engine.graph_builder import GraphBuilder, OnnxModel
from copyart.engine.plan import Stage


def strip_graph(
    plan: Sequence[Stage], first: int, last: int, keep: bool, builder: Callable[[], GraphBuilder] = GraphBuilder
) -> OnnxModel:
    """Return the ONNX model of a chain of stages for one strip of an image.

    Args:
        plan: The layer plan that the chain is a part of.
        first: Index of the chain's first stage.
        last: Index of its last stage.
        keep: Whether to output the chain's result as well as its moments (mean and mean square of each channel).
        builder: Function that returns a new graph builder. Defaults to `GraphBuilder`.

    Returns:
        A model.

        Inputs: `source`, the photo's rows, uint8 (rows, width, 3). If `first` is not 0, `source` has rows of the
        previous stage's result, float32 (1, channels, rows, width), and `source_above` and `source_below` have the rows
        above and below them. If the previous stage ends a block, `skip`, `skip_above` and `skip_below` are the same
        rows of the block's input. Each stage has `pads_<i>`, int64 (8,). Each upsampling stage has `from_<i>` and
        `to_<i>`, int64 (2,): the first row and column of its upsampled result to keep, and the row and column after the
        last. Each normalised stage from `first - 1` to `last - 1` has `scale_<i>` and `shift_<i>`, float32 (channels,
        1, 1). If the last stage is normalised, `centre`, float32 (channels, 1, 1), estimates the means of its result.

        Outputs: `painting`, uint8 (rows, width, 3), if the chain ends the plan. `result`, float32 (1, channels, rows,
        width), if `keep`. If the last stage is normalised, `mean` and `square`, float32 (channels,): the means of
        `result - centre` and of its square. If the first stage starts a block, `opened`: the block's input, shaped like
        `source`.
    """
    graph = builder()
    x = add_input_rows(graph, plan, first)
    for index in range(first, last):
        stage = plan[index]
        x = _add_conv(graph, x, index, stage)
        x = _add_slice_between_inputs(graph, graph.depth_to_space(x, stage), index, [2, 3]) if stage.upsamples else x
        x = _add_scale_and_shift(graph, x, *_scale_and_shift_inputs(graph, index, stage)) if stage.normed else x
        x = graph.relu(x) if stage.relu else x
    stage = plan[last]
    x = _add_conv(graph, x, last, stage)
    if last == len(plan) - 1:
        pixels = graph.to_pixels(x, stage)
        pixels = _add_slice_between_inputs(graph, pixels, last, [0, 1]) if stage.upsamples else pixels
        graph.output("painting", pixels, np.uint8, ("rows", "width", 3))
        return graph.build()
    x = _add_slice_between_inputs(graph, graph.depth_to_space(x, stage), last, [2, 3]) if stage.upsamples else x
    if keep:
        graph.output("result", x, np.float32, (1, "channels", "rows", "columns"))
    if stage.normed:
        _add_moments(graph, x, stage)
    return graph.build()


def add_input_rows(graph: GraphBuilder, plan: Sequence[Stage], first: int) -> str:
    """Add the input rows of a strip, as described in `strip_graph`, and concatenate them into one feature map."""
    if not first:
        return graph.from_pixels(graph.input("source", np.uint8, ("rows_in", "width", 3)))
    before = plan[first - 1]
    affine = _scale_and_shift_inputs(graph, first - 1, before) if before.normed else None
    parts = []
    for place in ("_above", "", "_below"):
        shape = (1, before.channels, f"rows{place}", "width")
        x = graph.input(f"source{place}", np.float32, shape)
        x = _add_scale_and_shift(graph, x, *affine) if affine else x
        x = graph.relu(x) if before.relu else x
        if before.ends_block:
            x = graph.add("Add", [x, graph.input(f"skip{place}", np.float32, shape)])
        if plan[first].starts_block and not place:
            graph.output("opened", x, np.float32, shape)
        parts.append(x)
    return graph.add("Concat", parts, axis=2)


def _add_conv(graph: GraphBuilder, x: str, index: int, stage: Stage) -> str:
    return graph.convolve(x, stage, graph.input(f"pads_{index}", np.int64, (8,)))


def _add_slice_between_inputs(graph: GraphBuilder, x: str, index: int, axes: Sequence[int]) -> str:
    """Add a slice from `from_<i>` to `to_<i>`, which are inputs."""
    bounds = [graph.input(f"{end}_{index}", np.int64, (2,)) for end in ("from", "to")]
    return graph.add("Slice", [x, *bounds, graph.constant(np.array(axes))])


def _add_moments(graph: GraphBuilder, x: str, stage: Stage) -> None:
    x = graph.add("Sub", [x, graph.input("centre", np.float32, (stage.channels, 1, 1))])
    axes = graph.constant(np.array([0, 2, 3]))
    for name, value in (("mean", x), ("square", graph.add("Mul", [x, x]))):
        graph.output(name, graph.add("ReduceMean", [value, axes], keepdims=0), np.float32, ("channels",))


def _scale_and_shift_inputs(graph: GraphBuilder, index: int, stage: Stage) -> list[str]:
    return [graph.input(f"{name}_{index}", np.float32, (stage.channels, 1, 1)) for name in ("scale", "shift")]


def _add_scale_and_shift(graph: GraphBuilder, x: str, scale: str, shift: str) -> str:
    return graph.add("Add", [graph.add("Mul", [x, scale]), shift])
