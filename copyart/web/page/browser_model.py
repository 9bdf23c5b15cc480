"""A style as a browser paints it: a chain of small ONNX models in one file, with weights in float16.

    4 bytes     length of the head, little-endian
    head        JSON: {"parts": [{"input", "output", "bytes", "share"}, …]}, `share` of the arithmetic
    the rest    the models, one behind the other

One part ends with each residual block, so that the page can tell how far it is, and stop in between.
"""

import itertools
import json
import math

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

from copyart.engine.graph import picture_graph
from copyart.styles.style import Style

#: Numbers from which an array is stored in float16: kernels, and neither biases nor gains.
_KERNEL = 512


def browser_model(style: Style) -> bytes | None:
    """Write a style as one file for the browser.

    Args:
        style: The style.

    Returns:
        The file as bytes, or None for a generator that only Keras can paint with.

    Raises:
        StyleError: if the weights do not fit the generator or are not finite.
    """
    return None if style.plan is None else packed(parts_of(picture_graph(style.plan).to_bytes()))


def parts_of(whole):
    """Cut the graph of a generator where one value alone goes on: behind each residual block.

    Args:
        whole: The ONNX model as bytes, as `OnnxModel.to_bytes` returns it.

    Returns:
        A list of `ModelProto`; what the first takes and the last gives is what the whole does.
    """
    model = ModelProto.FromString(whole)
    nodes, held = list(model.graph.node), {tensor.name: tensor for tensor in model.graph.initializer}
    ends = [place for place, node in enumerate(nodes) if node.op_type == "Add" and not held.keys() & set(node.input)]
    bounds = [0, *(end + 1 for end in ends), len(nodes)]
    source, parts = model.graph.input[0], []
    for first, last in itertools.pairwise(bounds):
        target = model.graph.output[0] if last == len(nodes) else _map_of(nodes[last - 1].output[0])
        parts.append(_part(model, nodes[first:last], held, source, target))
        source = target
    return parts


def packed(parts):
    """Return the file of a chain of parts."""
    costs = [_cost(part) for part in _areas(parts)]
    models = [part.SerializeToString() for part in parts]
    rows = [
        {
            "input": part.graph.input[0].name,
            "output": part.graph.output[0].name,
            "bytes": len(model),
            "share": round(cost / sum(costs), 4),
        }
        for part, model, cost in zip(parts, models, costs, strict=True)
    ]
    head = json.dumps({"parts": rows}).encode()
    return len(head).to_bytes(4, "little") + head + b"".join(models)


def unpacked(file):
    """Return the models in a file that `packed` wrote."""
    start = 4 + int.from_bytes(file[:4], "little")
    parts = []
    for row in json.loads(file[4:start])["parts"]:
        parts.append(ModelProto.FromString(file[start : start + row["bytes"]]))
        start += row["bytes"]
    return parts


def _map_of(name):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, (1, "channels", "rows", "columns"))


def _part(model, nodes, held, source, target):
    used = {name for node in nodes for name in node.input}
    initializers, casts = [], []
    for tensor in (held[name] for name in held if name in used):
        array = numpy_helper.to_array(tensor)
        if array.dtype == np.float32 and array.size >= _KERNEL:
            half = numpy_helper.from_array(array.astype(np.float16), f"{tensor.name}_half")
            casts.append(helper.make_node("Cast", [half.name], [tensor.name], to=TensorProto.FLOAT))
            tensor = half
        initializers.append(tensor)
    graph = helper.make_graph([*casts, *nodes], "copyart", [source], [target], initializers)
    return helper.make_model(
        graph, opset_imports=model.opset_import, ir_version=model.ir_version, producer_name=model.producer_name
    )


def _areas(parts):
    """Yield, for each part, its convolutions: the size of the kernel, and the pixels it meets, of one of the photo."""
    area = 1.0
    for part in parts:
        sizes = {tensor.name.removesuffix("_half"): math.prod(tensor.dims) for tensor in part.graph.initializer}
        convolutions = []
        for node in part.graph.node:
            if node.op_type == "Conv":
                strides = next(attribute.ints for attribute in node.attribute if attribute.name == "strides")
                area /= math.prod(strides)
                convolutions.append((sizes[node.input[1]], area))
            elif node.op_type == "DepthToSpace":
                area *= 4
        yield convolutions


def _cost(convolutions):
    return sum(size * area for size, area in convolutions)
