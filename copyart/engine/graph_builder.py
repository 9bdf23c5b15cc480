"""`GraphBuilder`: build ONNX graphs from the operators that painting needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

from copyart.engine.plan import Stage

#: The first opset whose `ReduceMean` takes its axes as an input, and a file version that ONNX Runtime 1.18 can read.
_OPSET, _IR = 18, 9
#: Arrays of at least this many bytes are stored outside the model; inside, they would be copied several times.
_LARGE = 1024
_TYPES: dict[type, int] = {
    np.uint8: TensorProto.UINT8,
    np.float32: TensorProto.FLOAT,
    np.int64: TensorProto.INT64,
}


@dataclass(frozen=True)
class OnnxModel:
    """An ONNX model whose large arrays are stored beside it.

    Args:
        file: The model as bytes, with references to the large arrays.
        weights: The large arrays by name.
    """

    file: bytes
    weights: dict[str, np.ndarray]

    def to_bytes(self) -> bytes:
        """Return the model with all its arrays inside, to be written to a file."""
        model = ModelProto.FromString(self.file)
        for tensor in model.graph.initializer:
            if tensor.name in self.weights:
                tensor.CopyFrom(numpy_helper.from_array(self.weights[tensor.name], tensor.name))
        return model.SerializeToString()


class GraphBuilder:
    """Builds an ONNX graph, node by node. Feature maps are (1, channels, height, width).

    Every method that adds a value returns the value's name. Names are numbered in the order of the calls.
    """

    def __init__(self) -> None:
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []
        self._inputs: list[ValueInfoProto] = []
        self._outputs: list[ValueInfoProto] = []
        self._weights: dict[str, np.ndarray] = {}
        self._output_names: dict[str, str] = {}

    def input(self, name: str, dtype: type, shape: Sequence[int | str]) -> str:
        """Add an input."""
        self._inputs.append(helper.make_tensor_value_info(name, _TYPES[dtype], shape))
        return name

    def output(self, name: str, value: str, dtype: type, shape: Sequence[int | str]) -> None:
        """Make a value an output. A node's result is renamed. An input, a constant, or a value that is already an
        output is copied."""
        if value in self._output_names or not any(value in node.output for node in self._nodes):
            value = self.add("Identity", [value])
        self._output_names[value] = name
        self._outputs.append(helper.make_tensor_value_info(name, _TYPES[dtype], shape))

    def constant(self, array: np.ndarray | np.generic) -> str:
        """Add a constant array."""
        name, array = f"constant_{len(self._constants)}", np.ascontiguousarray(array)
        if array.nbytes < _LARGE:
            self._constants.append(numpy_helper.from_array(array, name))
        else:
            self._constants.append(_external_tensor(name, array))
            self._weights[name] = array
        return name

    def add(self, operator: str, values: Sequence[str], **attributes: Any) -> str:
        """Add a node with one result."""
        name = f"value_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, values, [name], **attributes))
        return name

    def scalar(self, value: float) -> str:
        """Add a constant: a single float32."""
        return self.constant(np.array(value, np.float32))

    def slice(self, x: str, start: Sequence[int], end: Sequence[int], axes: Sequence[int]) -> str:
        """Slice `x` along some axes; negative indices count from the end."""
        return self.add("Slice", [x, *(self.constant(np.array(places)) for places in (start, end, axes))])

    def from_pixels(self, pixels: str) -> str:
        """Turn uint8 (rows, width, 3) into a feature map in [-1, 1]."""
        x = self.add("Cast", [pixels], to=TensorProto.FLOAT)
        x = self.add("Sub", [self.add("Div", [x, self.scalar(127.5)]), self.scalar(1)])
        return self.add("Unsqueeze", [self.add("Transpose", [x], perm=[2, 0, 1]), self.constant(np.array([0]))])

    def to_pixels(self, x: str, stage: Stage) -> str:
        """Apply tanh to the last stage's result, round it to uint8, and lay it out as (rows, width, 3)."""
        x = self.add("Mul", [self.add("Add", [self.add("Tanh", [x]), self.scalar(1)]), self.scalar(127.5)])
        x = self.add("Cast", [self.add("Round", [x])], to=TensorProto.UINT8)
        return self.pixel_shuffle(x, 2 if stage.upsamples else 1)

    def pixel_shuffle(self, x: str, scale: int) -> str:
        """Turn a uint8 feature map, whose channels hold `scale` × `scale` pixels, into pixels (rows, width, 3)."""
        x = self.add("Transpose", [self.add("Squeeze", [x, self.constant(np.array([0]))])], perm=[1, 2, 0])
        if scale == 1:
            return x
        x = self.add("Reshape", [x, self.constant(np.array([0, 0, scale, 3 * scale]))])
        x = self.add("Flatten", [self.add("Transpose", [x], perm=[0, 2, 1, 3])], axis=2)
        return self.add("Reshape", [x, self.constant(np.array([0, -1, 3]))])

    def convolve(self, x: str, stage: Stage, pads: str | None = None) -> str:
        """Add a stage's convolution. `pads` is the name of an int64 (8,) array to pad `x` by first, or None."""
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

    def depth_to_space(self, x: str, stage: Stage) -> str:
        """Arrange the four pixels that an upsampling stage computed for each pixel as 2 × 2 pixels."""
        return self.add("DepthToSpace", [x], blocksize=2, mode="DCR" if stage.groups == 1 else "CRD")

    def instance_norm(self, x: str, stage: Stage) -> str:
        """Normalise every channel by `InstanceNormalization`: ONNX Runtime implements no other operator for this."""
        gain = np.ones(stage.channels, np.float32) if stage.gain is None else stage.gain
        offset = np.zeros(stage.channels, np.float32) if stage.offset is None else stage.offset
        learnt = [self.constant(gain), self.constant(offset)]
        return self.add("InstanceNormalization", [x, *learnt], epsilon=stage.epsilon)

    def relu(self, x: str) -> str:
        """Apply ReLU."""
        return self.add("Relu", [x])

    def build(self) -> OnnxModel:
        """Return the model."""
        for node in self._nodes:
            for names in (node.input, node.output):
                names[:] = [self._output_names.get(name, name) for name in names]
        graph = helper.make_graph(self._nodes, "copyart", self._inputs, self._outputs, self._constants)
        opset = helper.make_opsetid("", _OPSET)
        model = helper.make_model(graph, opset_imports=[opset], ir_version=_IR, producer_name="copyart")
        return OnnxModel(model.SerializeToString(), self._weights)


def onnx_pads(top: int, left: int, bottom: int, right: int) -> np.ndarray:
    """Return the padding of a feature map in the form of the `Pad` operator, int64 (8,)."""
    return np.array([0, 0, top, left, 0, 0, bottom, right], np.int64)


def _external_tensor(name: str, array: np.ndarray) -> TensorProto:
    """Return a tensor whose data is stored outside the model."""
    tensor = TensorProto(name=name, dims=array.shape, data_type=_TYPES[array.dtype.type])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="memory")
    return tensor
