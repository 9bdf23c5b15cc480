"""ONNX graphs for strips of an image: a chain of stages whose normalisations are computed outside."""

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
        keep: Whether the chain's result is an output, not only its moments.
        builder: Makes the builder of the graph. Defaults to `GraphBuilder`.

    Returns:
        A model.

        Inputs: `source`, the photo's rows, uint8 (rows, width, 3). If `first` is not 0, rows of the result of the stage
        before, float32 (1, channels, rows, width), with `source_above` and `source_below`, the rows around them; and
        where that stage ends a block `skip`, `skip_above` and `skip_below`, the same rows of the block's input.
        `pads_<i>` for each stage, int64 (8,). `from_<i>` and `to_<i>` for each upsampling stage, int64 (2,): the row
        and column of its upsampled result where the part to keep begins and ends. `scale_<i>` and `shift_<i>`, float32
        (channels, 1, 1), for the source's stage and each stage before the last that is normalised. `centre`, float32
        (channels, 1, 1), where the chain's result is normalised.

        Outputs: `painting`, uint8 (rows, width, 3), where the chain ends the plan. `result`, float32 (1, channels,
        rows, width), if it is kept. `mean` and `square`, float32 (channels,), where the result is normalised: the means
        of the result minus `centre`, and of its squares. `opened`, like `source`, where the first stage starts a block:
        the block's input.
    """
    graph = builder()
    x = add_source(graph, plan, first)
    for index in range(first, last):
        stage = plan[index]
        x = _add_conv(graph, x, index, stage)
        x = _add_kept(graph, graph.depth_to_space(x, stage), index, [2, 3]) if stage.upsamples else x
        x = _add_affine(graph, x, *_affine_inputs(graph, index, stage)) if stage.normed else x
        x = graph.relu(x) if stage.relu else x
    stage = plan[last]
    x = _add_conv(graph, x, last, stage)
    if last == len(plan) - 1:
        pixels = graph.to_pixels(x, stage)
        pixels = _add_kept(graph, pixels, last, [0, 1]) if stage.upsamples else pixels
        graph.output("painting", pixels, np.uint8, ("rows", "width", 3))
        return graph.build()
    x = _add_kept(graph, graph.depth_to_space(x, stage), last, [2, 3]) if stage.upsamples else x
    if keep:
        graph.output("result", x, np.float32, (1, "channels", "rows", "columns"))
    if stage.normed:
        _add_moments(graph, x, stage)
    return graph.build()


def add_source(graph: GraphBuilder, plan: Sequence[Stage], first: int) -> str:
    """Add the input rows of a strip, as `strip_graph` describes them, and join them to one feature map."""
    if not first:
        return graph.from_pixels(graph.input("source", np.uint8, ("rows_in", "width", 3)))
    before = plan[first - 1]
    affine = _affine_inputs(graph, first - 1, before) if before.normed else None
    parts = []
    for place in ("_above", "", "_below"):
        shape = (1, before.channels, f"rows{place}", "width")
        x = graph.input(f"source{place}", np.float32, shape)
        x = _add_affine(graph, x, *affine) if affine else x
        x = graph.relu(x) if before.relu else x
        if before.ends_block:
            x = graph.add("Add", [x, graph.input(f"skip{place}", np.float32, shape)])
        if plan[first].starts_block and not place:
            graph.output("opened", x, np.float32, shape)
        parts.append(x)
    return graph.add("Concat", parts, axis=2)


def _add_conv(graph, x, index, stage):
    return graph.convolve(x, stage, graph.input(f"pads_{index}", np.int64, (8,)))


def _add_kept(graph, x, index, axes):
    """Add the slice that keeps the rows and columns that the inputs name."""
    bounds = [graph.input(f"{end}_{index}", np.int64, (2,)) for end in ("from", "to")]
    return graph.add("Slice", [x, *bounds, graph.constant(np.array(axes))])


def _add_moments(graph, x, stage) -> None:
    x = graph.add("Sub", [x, graph.input("centre", np.float32, (stage.channels, 1, 1))])
    axes = graph.constant(np.array([0, 2, 3]))
    for name, value in (("mean", x), ("square", graph.add("Mul", [x, x]))):
        graph.output(name, graph.add("ReduceMean", [value, axes], keepdims=0), np.float32, ("channels",))


def _affine_inputs(graph, index, stage):
    return [graph.input(f"{name}_{index}", np.float32, (stage.channels, 1, 1)) for name in ("scale", "shift")]


def _add_affine(graph, x, scale, shift):
    return graph.add("Add", [graph.add("Mul", [x, scale]), shift])
