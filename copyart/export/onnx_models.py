"""Build self-contained ONNX models of generators that take and return uint8 or floats, for photos of any size. The
weights can be stored in float16."""

from collections.abc import Sequence

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

from copyart.engine.graph_builder import GraphBuilder
from copyart.engine.padding import MULTIPLE, SMALLEST
from copyart.engine.plan import Stage
from copyart.engine.whole_graph import add_stages, add_stages_to_pixels

#: Arrays with at least this many numbers are worth storing in float16.
_MANY = 256


def bytes_model(stages: Sequence[Stage]) -> ModelProto:
    """Build a generator's ONNX model for single uint8 pictures.

    Args:
        stages: A layer plan, as `copyart.engine.plan.layer_plan` returns it.

    Returns:
        A `ModelProto` from `photo`, uint8 (height, width, 3), of any size, to `painting`, in the same form.
    """
    graph = GraphBuilder()
    photo = graph.input("photo", np.uint8, ("height", "width", 3))
    painting = _add_cropping(
        graph, add_stages_to_pixels(graph, graph.from_pixels(_add_padding(graph, photo, (0, 1))), stages), photo, (0, 1)
    )
    graph.output("painting", painting, np.uint8, ("height", "width", 3))
    return _name_nodes(graph)


def floats_model(stages: Sequence[Stage]) -> ModelProto:
    """Build a generator's ONNX model for batches of floats.

    Args:
        stages: A layer plan, as `copyart.engine.plan.layer_plan` returns it.

    Returns:
        A `ModelProto` from `photos`, float32 (batch, height, width, 3) in [-1, 1], of any size, to `paintings`, in the
        same form.
    """
    shape = ("batch", "height", "width", 3)
    graph = GraphBuilder()
    photos = graph.input("photos", np.float32, shape)
    x = graph.add("Transpose", [_add_padding(graph, photos, (1, 2))], perm=[0, 3, 1, 2])
    x = graph.add("Transpose", [graph.add("Tanh", [add_stages(graph, x, stages)])], perm=[0, 2, 3, 1])
    graph.output("paintings", _add_cropping(graph, x, photos, (1, 2)), np.float32, shape)
    return _name_nodes(graph)


def with_half_weights(model: ModelProto) -> ModelProto:
    """Copy a model, with its kernels in float16, at half the size. The copy still computes in float32.

    Args:
        model: A `ModelProto`. It is not changed.

    Returns:
        A new `ModelProto`.
    """
    half = ModelProto()
    half.CopyFrom(model)
    casts = []
    for tensor in half.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < _MANY:
            continue
        name = tensor.name
        array = numpy_helper.to_array(tensor).astype(np.float16)
        tensor.CopyFrom(numpy_helper.from_array(array, f"{name}_half"))
        casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *half.graph.node]
    del half.graph.node[:]
    half.graph.node.extend(nodes)
    return half


def _name_nodes(graph: GraphBuilder) -> ModelProto:
    """Return the model with a name for every node, which model viewers need."""
    model = ModelProto.FromString(graph.build().to_bytes())
    for number, node in enumerate(model.graph.node):
        node.name = f"{node.op_type}_{number}"
    return model


def _add_padding(graph: GraphBuilder, photo: str, axes: Sequence[int]) -> str:
    """Mirror a picture at the right and bottom, repeatedly if needed, up to sides that a generator accepts."""
    for axis in axes:
        photo = graph.add(
            "Gather", [photo, _add_mirrored_indices(graph, _add_side_length(graph, photo, axis))], axis=axis
        )
    return photo


def _add_mirrored_indices(graph: GraphBuilder, side: str) -> str:
    """Return the source index of each pixel of a padded side."""

    def number(value: int) -> str:
        return graph.constant(np.array(value))

    rounded = graph.add("Div", [graph.add("Add", [side, number(MULTIPLE - 1)]), number(MULTIPLE)])
    rounded = graph.add("Max", [graph.add("Mul", [rounded, number(MULTIPLE)]), number(SMALLEST)])
    period = graph.add("Mul", [graph.add("Sub", [side, number(1)]), number(2)])
    period = graph.add("Max", [period, number(1)])
    places = graph.add("Mod", [graph.add("Range", [number(0), rounded, number(1)]), period])
    return graph.add("Min", [places, graph.add("Sub", [period, places])])


def _add_cropping(graph: GraphBuilder, painting: str, photo: str, axes: Sequence[int]) -> str:
    ends = graph.add("Concat", [_add_side_length(graph, photo, axis, keep=True) for axis in axes], axis=0)
    return graph.add("Slice", [painting, graph.constant(np.zeros(2, np.int64)), ends, graph.constant(np.array(axes))])


def _add_side_length(graph: GraphBuilder, picture: str, axis: int, keep: bool = False) -> str:
    """Return the length of a side, int64: a scalar, or an array of one number if `keep`."""
    place = np.array([axis]) if keep else np.array(axis)
    return graph.add("Gather", [graph.add("Shape", [picture]), graph.constant(place)], axis=0)
