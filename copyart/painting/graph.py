"""Plans as ONNX graphs: of a whole generator, or of a chain of its stages for one strip of a picture."""

import numpy as np

from copyart.painting.onnx_writer import Graph, onnx_pads


def picture_graph(stages, way=None):
    """Write the graph of a whole generator, from bytes to bytes.

    Args:
        stages: A plan, as `plan_of` gives it.
        way: What writes the generator, as `finished` does. Defaults to None: `finished`, stage by stage.

    Returns:
        A `Model`: `photo`, uint8 (height, width, 3), sides multiples of 4, to `painting`, the same.
    """
    graph = Graph()
    photo = graph.input("photo", np.uint8, ("height", "width", 3))
    graph.output("painting", painted(graph, photo, stages, way), np.uint8, ("height", "width", 3))
    return graph.written()


def painted(graph, photo, stages, way=None):
    """Write a whole generator, from bytes (height, width, 3) to bytes; `way` is that of `picture_graph`."""
    return (way or finished)(graph, graph.from_picture(photo), stages)


def finished(graph, x, stages):
    """Write the last stages of a generator, from a map to bytes (height, width, 3)."""
    *before, last = stages
    picture = graph.to_picture(convolved(graph, generated(graph, x, before), last), last)
    return _cropped(graph, picture, last, [0, 1])


def generated(graph, x, stages):
    """Write stages, from a map to a map: of a whole generator from one in [-1, 1] to the one that tanh is to follow."""
    skip = None
    for stage in stages:
        skip = x if stage.opens else skip
        x = convolved(graph, x, stage)
        if not stage.normed and stage.relu:
            x = graph.relu(x)  # right behind the convolution the two are one kernel
        x = _enlarged(graph, x, stage)
        x = graph.normed(x, stage) if stage.normed else x
        x = graph.relu(x) if stage.normed and stage.relu else x
        x = graph.add("Add", [x, skip]) if stage.closes else x
    return x


def convolved(graph, x, stage):
    """Write the convolution of a stage, its borders mirrored or whatever the stage says."""
    return graph.convolved(x, stage, graph.constant(onnx_pads(*stage.pads)))


def _enlarged(graph, x, stage):
    return _cropped(graph, graph.enlarged(x, stage), stage, [2, 3]) if stage.enlarges else x


def _cropped(graph, x, stage, axes):
    """Drop what an enlarging stage gives beyond the border."""
    return graph.cut(x, [1, 1], [-1, -1], axes) if stage.between else x


def strip_graph(stages, first, last, keep):
    """Write the graph of a chain of stages for one strip of a picture, its normalisations given from outside.

    Args:
        stages: The plan that the chain is a part of.
        first: Index of the chain's first stage.
        last: Index of its last stage.
        keep: Whether the chain's result is to be kept, not only its moments.

    Returns:
        A `Model`. Inputs: `source`, the photo's rows, uint8 (rows, width, 3); or rows that a stage before `first`
        left, float32 (1, channels, rows, width), with `source_above` and `source_below`, those around them, and where
        that stage closes a block `skip`, `skip_above` and `skip_below`, the same; `pads_<i>` for each stage, int64
        (8,); `from_<i>` and `to_<i>` for each enlarging stage, int64 (2,), the row and column of its enlarged result
        where what is kept begins, and where it ends; `scale_<i>`, `shift_<i>` for the source's stage and each on
        the way whose result is normalised, float32 (channels, 1, 1); and where the chain's own result is, `centre`,
        like them, which is taken from it before its moments are.
        Outputs: `painting`, uint8 (rows, width, 3), where the chain ends the plan; `result`, float32 (1, channels,
        rows, width), where it is to be kept; where it is to be normalised, of what remains when `centre` is taken from
        it, `mean` and `square`, the mean of its squares, float32 (channels,); where the first stage opens a block,
        `opened`, what the block begins with, like `source`.
    """
    graph = Graph()
    x = strip_source(graph, stages, first)
    for index in range(first, last):
        stage = stages[index]
        x = _convolved_strip(graph, x, index, stage)
        x = _kept(graph, graph.enlarged(x, stage), index, [2, 3]) if stage.enlarges else x
        x = _scaled(graph, x, *_moments(graph, index, stage)) if stage.normed else x
        x = graph.relu(x) if stage.relu else x
    stage = stages[last]
    x = _convolved_strip(graph, x, last, stage)
    if last == len(stages) - 1:
        picture = graph.to_picture(x, stage)
        picture = _kept(graph, picture, last, [0, 1]) if stage.enlarges else picture
        graph.output("painting", picture, np.uint8, ("rows", "width", 3))
        return graph.written()
    x = _kept(graph, graph.enlarged(x, stage), last, [2, 3]) if stage.enlarges else x
    if keep:
        graph.output("result", x, np.float32, (1, "channels", "rows", "columns"))
    if not stage.normed:
        return graph.written()
    x = graph.add("Sub", [x, graph.input("centre", np.float32, (stage.channels, 1, 1))])
    axes = graph.constant(np.array([0, 2, 3]))
    for name, value in (("mean", x), ("square", graph.add("Mul", [x, x]))):
        graph.output(name, graph.add("ReduceMean", [value, axes], keepdims=0), np.float32, ("channels",))
    return graph.written()


def _convolved_strip(graph, x, index, stage):
    return graph.convolved(x, stage, graph.input(f"pads_{index}", np.int64, (8,)))


def _kept(graph, x, index, axes):
    """Keep the rows and columns that are asked for."""
    bounds = [graph.input(f"{what}_{index}", np.int64, (2,)) for what in ("from", "to")]
    return graph.add("Slice", [x, *bounds, graph.constant(np.array(axes))])


def strip_source(graph, stages, first):
    """Name what a chain for one strip takes, as `strip_graph` says, and write it as one map."""
    if not first:
        return graph.from_picture(graph.input("source", np.uint8, ("rows_in", "width", 3)))
    before = stages[first - 1]
    moments = _moments(graph, first - 1, before) if before.normed else None
    parts = []
    for place in ("_above", "", "_below"):
        shape = (1, before.channels, f"rows{place}", "width")
        x = graph.input(f"source{place}", np.float32, shape)
        x = _scaled(graph, x, *moments) if moments else x
        x = graph.relu(x) if before.relu else x
        if before.closes:
            x = graph.add("Add", [x, graph.input(f"skip{place}", np.float32, shape)])
        if stages[first].opens and not place:
            graph.output("opened", x, np.float32, shape)
        parts.append(x)
    return graph.add("Concat", parts, axis=2)


def _moments(graph, index, stage):
    return [graph.input(f"{what}_{index}", np.float32, (stage.channels, 1, 1)) for what in ("scale", "shift")]


def _scaled(graph, x, scale, shift):
    return graph.add("Add", [graph.add("Mul", [x, scale]), shift])
