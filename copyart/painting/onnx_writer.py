"""ONNX graphs in the writing, with the operators that painting needs."""

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


class Graph:
    """An ONNX graph in the writing; values are named in the order in which they come. Maps are (1, channels, H, W)."""

    def __init__(self):
        self._nodes, self._constants, self._inputs, self._outputs, self._weights = [], [], [], [], {}
        self._given_out = {}

    def input(self, name, dtype, shape):
        """Name an input; returns its name, as every method here does of its value."""
        self._inputs.append(helper.make_tensor_value_info(name, _TYPES[dtype], shape))
        return name

    def output(self, name, value, dtype, shape):
        """Give a value out under a name. What a node computes is not copied for that, unless it is given out twice."""
        if value in self._given_out or not any(value in node.output for node in self._nodes):
            value = self.add("Identity", [value])
        self._given_out[value] = name
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

    def cut(self, x, low, high, axes):
        """Keep what lies from `low` up to `high`, lists of a place for each axis; below 0 they count from the end."""
        return self.add("Slice", [x, *(self.constant(np.array(places)) for places in (low, high, axes))])

    def from_picture(self, picture):
        """Turn bytes (rows, width, 3) into a map in [-1, 1]."""
        x = self.add("Cast", [picture], to=TensorProto.FLOAT)
        x = self.add("Sub", [self.add("Div", [x, self.number(127.5)]), self.number(1)])
        return self.add("Unsqueeze", [self.add("Transpose", [x], perm=[2, 0, 1]), self.constant(np.array([0]))])

    def to_picture(self, x, stage):
        """Turn a map before tanh into bytes (rows, width, 3), rounded; enlarge it if the stage that left it does."""
        x = self.add("Mul", [self.add("Add", [self.add("Tanh", [x]), self.number(1)]), self.number(127.5)])
        x = self.add("Cast", [self.add("Round", [x])], to=TensorProto.UINT8)
        return self.spread(x, 2 if stage.enlarges else 1)

    def spread(self, x, times):
        """Lay a map of bytes out as a picture (rows, width, 3); its channels are `times` rows of `times` pixels."""
        x = self.add("Transpose", [self.add("Squeeze", [x, self.constant(np.array([0]))])], perm=[1, 2, 0])
        if times == 1:
            return x
        x = self.add("Reshape", [x, self.constant(np.array([0, 0, times, 3 * times]))])
        x = self.add("Flatten", [self.add("Transpose", [x], perm=[0, 2, 1, 3])], axis=2)
        return self.add("Reshape", [x, self.constant(np.array([0, -1, 3]))])

    def convolved(self, x, stage, pads=None):
        """Pad, by the name of int64 (8,), and convolve; without pads as it is."""
        x = x if pads is None else self.add("Pad", [x, pads], mode=stage.mode)
        kernel = self.constant(stage.kernel.transpose(3, 2, 0, 1))
        bias = [] if stage.bias is None else [self.constant(stage.bias)]
        return self.add(
            "Conv",
            [x, kernel, *bias],
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
        for node in self._nodes:
            for names in (node.input, node.output):
                names[:] = [self._given_out.get(name, name) for name in names]
        graph = helper.make_graph(self._nodes, "copyart", self._inputs, self._outputs, self._constants)
        opset = helper.make_opsetid("", _OPSET)
        model = helper.make_model(graph, opset_imports=[opset], ir_version=_IR, producer_name="copyart")
        return Model(model.SerializeToString(), self._weights)


def onnx_pads(top, left, bottom, right):
    """Return the pads of a map as `Pad` takes them, int64 (8,)."""
    return np.array([0, 0, top, left, 0, 0, bottom, right], np.int64)


def _held_outside(name, array):
    """Name an array that is not written into the model."""
    tensor = TensorProto(name=name, dims=array.shape, data_type=_TYPES[array.dtype.type])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="memory")
    return tensor
