"""Plans as ONNX graphs: of a whole generator, or of a chain of its stages for one strip of a picture."""

from dataclasses import dataclass

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

#: Old enough for ONNX Runtime 1.18, and the first in which `Pad` names its axes.
_OPSET, _IR = 18, 9
#: Bytes from which an array stays outside the model: in it, it would be copied several times over on its way.
_LARGE = 1024
_TYPES = {
    np.uint8: TensorProto.UINT8,
    np.float32: TensorProto.FLOAT,
    np.int64: TensorProto.INT64,
}


@dataclass(frozen=True)
class Model:
    """An ONNX model, and the large arrays that it only names.

    Args:
        file: The model as bytes.
        weights: A dictionary of arrays by name.
    """

    file: bytes
    weights: dict

    def whole(self):
        """Return the model as bytes with all its arrays, as a file has to be."""
        model = ModelProto.FromString(self.file)
        for tensor in model.graph.initializer:
            if tensor.name in self.weights:
                tensor.CopyFrom(numpy_helper.from_array(self.weights[tensor.name], tensor.name))
        return model.SerializeToString()


def picture_graph(stages):
    """Write the graph of a whole generator, from bytes to bytes.

    Args:
        stages: A plan, as `plan_of` gives it.

    Returns:
        A `Model`: `photo`, uint8 (height, width, 3), sides multiples of 4, to `painting`, the same.
    """
    graph = Graph()
    photo = graph.input("photo", np.uint8, ("height", "width", 3))
    graph.output("painting", painted(graph, photo, stages), np.uint8, ("height", "width", 3))
    return graph.written()


def painted(graph, photo, stages):
    """Write a whole generator, from bytes (height, width, 3) to bytes."""
    x = _up_to_the_last(graph, graph.from_picture(photo), stages)
    return _cropped(graph, graph.to_picture(x, stages[-1]), stages[-1], [0, 1])


def generated(graph, x, stages):
    """Write the stages of a whole generator, from a map in [-1, 1] to the map that tanh is to follow."""
    return _enlarged(graph, _up_to_the_last(graph, x, stages), stages[-1])


def _up_to_the_last(graph, x, stages):
    """Write all stages, but leave it to the caller to enlarge the result of the last one."""
    skip = None
    for stage in stages:
        skip = x if stage.opens else skip
        x = graph.convolved(x, stage, graph.constant(_onnx_pads(stage.pads)))
        if not stage.normed and stage.relu:
            x = graph.relu(x)  # right behind the convolution the two are one kernel
        x = x if stage is stages[-1] else _enlarged(graph, x, stage)
        x = graph.normed(x, stage) if stage.normed else x
        x = graph.relu(x) if stage.normed and stage.relu else x
        x = graph.add("Add", [x, skip]) if stage.closes else x
    return x


def _enlarged(graph, x, stage):
    return _cropped(graph, graph.enlarged(x, stage), stage, [2, 3]) if stage.enlarges else x


def _cropped(graph, x, stage, axes):
    """Drop what an enlarging stage gives beyond the border."""
    if not stage.between:
        return x
    return graph.add("Slice", [x, *map(graph.constant, (np.array([1, 1]), np.array([-1, -1]), np.array(axes)))])


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
    x = _source(graph, stages, first)
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


def _source(graph, stages, first):
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


def _onnx_pads(pads):
    top, left, bottom, right = pads
    return np.array([0, 0, top, left, 0, 0, bottom, right], np.int64)


class Graph:
    """An ONNX graph in the writing; values are named in the order in which they come. Maps are (1, channels, H, W)."""

    def __init__(self):
        self._nodes, self._constants, self._inputs, self._outputs, self._weights = [], [], [], [], {}

    def input(self, name, dtype, shape):
        """Name an input; returns its name, as every method here does of its value."""
        self._inputs.append(helper.make_tensor_value_info(name, _TYPES[dtype], shape))
        return name

    def output(self, name, value, dtype, shape):
        """Give a value out under a name."""
        self._nodes.append(helper.make_node("Identity", [value], [name]))
        self._outputs.append(helper.make_tensor_value_info(name, _TYPES[dtype], shape))

    def constant(self, array):
        """Hold an array."""
        name, array = f"constant_{len(self._constants)}", np.ascontiguousarray(array)
        if array.nbytes < _LARGE:
            self._constants.append(numpy_helper.from_array(array, name))
        else:
            self._constants.append(_held_outside(name, array))
            self._weights[name] = array
        return name

    def add(self, kind, values, **attributes):
        """Apply an operator."""
        name = f"value_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, values, [name], **attributes))
        return name

    def number(self, value):
        """Hold a single float32."""
        return self.constant(np.float32(value))

    def from_picture(self, picture):
        """Turn bytes (rows, width, 3) into a map in [-1, 1]."""
        x = self.add("Cast", [picture], to=TensorProto.FLOAT)
        x = self.add("Sub", [self.add("Div", [x, self.number(127.5)]), self.number(1)])
        return self.add("Unsqueeze", [self.add("Transpose", [x], perm=[2, 0, 1]), self.constant(np.array([0]))])

    def to_picture(self, x, stage):
        """Turn a map before tanh into bytes (rows, width, 3), rounded; enlarge it if the stage that left it does."""
        x = self.add("Mul", [self.add("Add", [self.add("Tanh", [x]), self.number(1)]), self.number(127.5)])
        x = self.add("Cast", [self.add("Round", [x])], to=TensorProto.UINT8)
        x = self.add("Transpose", [self.add("Squeeze", [x, self.constant(np.array([0]))])], perm=[1, 2, 0])
        if not stage.enlarges:
            return x
        # (rows, width, 2 · 2 · 3): of bytes four times as little is moved as of floats.
        x = self.add("Reshape", [x, self.constant(np.array([0, 0, 2, 6]))])
        x = self.add("Flatten", [self.add("Transpose", [x], perm=[0, 2, 1, 3])], axis=2)
        return self.add("Reshape", [x, self.constant(np.array([0, -1, 3]))])

    def convolved(self, x, stage, pads):
        """Pad and convolve."""
        padded = self.add("Pad", [x, pads], mode=stage.mode)
        kernel = self.constant(stage.kernel.transpose(3, 2, 0, 1))
        bias = [] if stage.bias is None else [self.constant(stage.bias)]
        return self.add(
            "Conv",
            [padded, kernel, *bias],
            strides=[stage.stride] * 2,
            kernel_shape=stage.kernel.shape[:2],
            group=stage.groups,
        )

    def enlarged(self, x, stage):
        """Lay the four copies of every pixel side by side."""
        return self.add("DepthToSpace", [x], blocksize=2, mode="DCR" if stage.groups == 1 else "CRD")

    def normed(self, x, stage):
        """Normalise every channel: one operator, for which ONNX Runtime has one kernel."""
        gain = np.ones(stage.channels, np.float32) if stage.gain is None else stage.gain
        offset = np.zeros(stage.channels, np.float32) if stage.offset is None else stage.offset
        learnt = [self.constant(gain), self.constant(offset)]
        return self.add("InstanceNormalization", [x, *learnt], epsilon=stage.epsilon)

    def relu(self, x):
        """Drop what is negative."""
        return self.add("Relu", [x])

    def written(self):
        """Return the `Model`."""
        graph = helper.make_graph(self._nodes, "copyart", self._inputs, self._outputs, self._constants)
        opset = helper.make_opsetid("", _OPSET)
        model = helper.make_model(graph, opset_imports=[opset], ir_version=_IR, producer_name="copyart")
        return Model(model.SerializeToString(), self._weights)


def _held_outside(name, array):
    """Name an array that is not written into the model."""
    tensor = TensorProto(name=name, dims=array.shape, data_type=_TYPES[array.dtype.type])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="memory")
    return tensor
