"""Convert MediaPipe's selfie segmentation network to ONNX, and compare it with the original in LiteRT.

    npm pack @mediapipe/selfie_segmentation && tar xzf mediapipe-selfie_segmentation-*.tgz
    python -m scripts.make_people_network package/selfie_segmentation.tflite

It writes copyart/painting/data/people.onnx. The network is Google's, under the Apache License 2.0, whose text is stored
next to it: https://www.npmjs.com/package/@mediapipe/selfie_segmentation
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter
from onnx import TensorProto, helper, numpy_helper

TARGET = Path(__file__).parent.parent / "copyart" / "painting" / "data" / "people.onnx"
SIDE = 256
OPERATORS = {number: name for name, number in vars(schema.BuiltinOperator).items() if not name.startswith("_")}
#: Largest allowed difference in a probability, because the two runtimes add in different orders.
TOLERANCE = 1e-3


class Converter:
    """Translates the operators of a LiteRT model to ONNX nodes on (batch, channels, height, width)."""

    def __init__(self, content):
        self.model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
        self.graph = self.model.subgraphs[0]
        self.nodes, self.arrays, self.names = [], [], {}

    def convert(self):
        """Return the ONNX model: `photo`, float32 (1, 256, 256, 3) in [0, 1] → `people`, float32 (1, 1, 256, 256)."""
        self.names[self.graph.inputs[0]] = self.add("Transpose", ["photo"], perm=[0, 3, 1, 2])
        for operator in self.graph.operators:
            code = self.model.operatorCodes[operator.opcodeIndex]
            name = (code.customCode or OPERATORS[code.builtinCode].encode()).decode()
            self.names[operator.outputs[0]] = getattr(self, f"_{name.lower()}")(operator, operator.builtinOptions)
        self.nodes.append(helper.make_node("Identity", [self.names[self.graph.outputs[0]]], ["people"]))
        photo = helper.make_tensor_value_info("photo", TensorProto.FLOAT, (1, SIDE, SIDE, 3))
        people = helper.make_tensor_value_info("people", TensorProto.FLOAT, (1, 1, SIDE, SIDE))
        graph = helper.make_graph(self.nodes, "people", [photo], [people], self.arrays)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
        model.doc_string = "MediaPipe selfie segmentation, Copyright Google, Apache License 2.0; converted by Copyart"
        onnx.checker.check_model(model, full_check=True)
        return model

    def add(self, kind, inputs, **attributes):
        """Add a node, and return the name of its output."""
        name = f"value_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def constant(self, index):
        """Return a constant of the LiteRT model as an array, or None."""
        tensor = self.graph.tensors[index]
        data = self.model.buffers[tensor.buffer].data
        kinds = {schema.TensorType.FLOAT16: np.float16, schema.TensorType.INT32: np.int32}
        return None if data is None else np.frombuffer(bytes(data), kinds[tensor.type]).reshape(tensor.shape)

    def weight(self, index, axes=None):
        """Add a weight, stored as float16 and used as float32, and return the name of the float32 value."""
        array = self.float16_constants[index]
        self.arrays.append(numpy_helper.from_array(array if axes is None else array.transpose(axes), f"weight_{index}"))
        return self.add("Cast", [f"weight_{index}"], to=TensorProto.FLOAT)

    @property
    def float16_constants(self):
        """The float16 constants, by the index of the float32 tensor to which they are converted."""
        found = {}
        for operator in self.graph.operators:
            if self.model.operatorCodes[operator.opcodeIndex].builtinCode == schema.BuiltinOperator.DEQUANTIZE:
                found[operator.outputs[0]] = self.constant(operator.inputs[0])
        return found

    def input_names(self, operator):
        return [self.names[index] for index in operator.inputs]

    def _dequantize(self, operator, options):
        return None  # `weight` reads it where it is used

    def _convolve(self, operator, options, axes, groups):
        kernel = self.graph.tensors[operator.inputs[1]].shape[1:3]
        sides = self.graph.tensors[operator.inputs[0]].shape[1:3]
        steps = [options.strideH, options.strideW]
        pads = [
            max((-(-side // step) - 1) * step + size - side, 0)
            for side, step, size in zip(sides, steps, kernel, strict=True)
        ]
        before, after = [int(pad // 2) for pad in pads], [int(pad - pad // 2) for pad in pads]
        inputs = [
            self.names[operator.inputs[0]],
            self.weight(operator.inputs[1], axes),
            self.weight(operator.inputs[2]),
        ]
        return self.add("Conv", inputs, strides=steps, pads=before + after, group=groups)

    def _conv_2d(self, operator, options):
        return self._convolve(operator, options, (0, 3, 1, 2), 1)

    def _depthwise_conv_2d(self, operator, options):
        channels = int(self.graph.tensors[operator.inputs[1]].shape[3])
        return self._convolve(operator, options, (3, 0, 1, 2), channels)

    def _convolution2dtransposebias(self, operator, options):
        kernel = self.weight(operator.inputs[1], (3, 0, 1, 2))
        return self.add(
            "ConvTranspose", [self.names[operator.inputs[0]], kernel, self.weight(operator.inputs[2])], strides=[2, 2]
        )

    def _average_pool_2d(self, operator, options):
        assert [options.filterHeight, options.filterWidth] == list(self.graph.tensors[operator.inputs[0]].shape[1:3])
        return self.add("GlobalAveragePool", self.input_names(operator))

    def _resize_bilinear(self, operator, options):
        self.arrays.append(numpy_helper.from_array(np.array([1, 1, 2, 2], np.float32), f"scale_{len(self.nodes)}"))
        inputs = [self.names[operator.inputs[0]], "", self.arrays[-1].name]
        return self.add("Resize", inputs, mode="linear", coordinate_transformation_mode="half_pixel")

    def _relu(self, operator, options):
        return self.add("Relu", self.input_names(operator))

    def _hard_swish(self, operator, options):
        return self.add("HardSwish", self.input_names(operator))

    def _logistic(self, operator, options):
        return self.add("Sigmoid", self.input_names(operator))

    def _add(self, operator, options):
        return self.add("Add", self.input_names(operator))

    def _mul(self, operator, options):
        return self.add("Mul", self.input_names(operator))


def difference(source, model):
    """Return the largest difference of a probability between the two runtimes, on noise and on smooth pictures."""
    interpreter = Interpreter(str(source))
    interpreter.allocate_tensors()
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    largest = 0.0
    for seed in range(8):
        random = np.random.default_rng(seed)
        cells = 2 ** (seed + 1)
        photo = np.kron(random.random((cells, cells, 3)), np.ones((SIDE // cells, SIDE // cells, 1)))[None]
        photo = photo.astype(np.float32)
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], photo)
        interpreter.invoke()
        expected = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[..., 0]
        largest = max(largest, float(abs(session.run(None, {"photo": photo})[0][:, 0] - expected).max()))
    return largest


def main():
    """Convert, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, help="selfie_segmentation.tflite")
    source = parser.parse_args().source
    model = Converter(source.read_bytes()).convert()
    found = difference(source, model)
    print(f"largest difference of a probability: {found:.2e}")
    if found > TOLERANCE:
        raise SystemExit(f"the two runtimes must agree within {TOLERANCE}; nothing was written")
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(model.SerializeToString())
    print(f"{TARGET}: {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
