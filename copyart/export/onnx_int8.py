"""ONNX models in int8: the convolutions alone, calibrated by photos; normalisation stays in float32."""

import contextlib
import logging
import warnings

import onnx


def quantised(source, target, name, feeds):
    """Write a model whose convolutions compute in int8, but for the first and the last, whose rounding shows most.

    Weights have a scale for each channel; a scale for the values that reach a convolution is found on the photos.

    Args:
        source: Path of the model in float32, whose convolutions have names.
        target: Path of the model to write.
        name: The model's input.
        feeds: Arrays for it, to calibrate by.
    """
    from onnxruntime import quantization

    convolutions = [node.name for node in onnx.load(source).graph.node if node.op_type == "Conv"]
    with _quiet():
        quantization.quantize_static(
            str(source),
            str(target),
            _reader(name, feeds),
            quant_format=quantization.QuantFormat.QDQ,
            op_types_to_quantize=["Conv"],
            nodes_to_exclude=[convolutions[0], convolutions[-1]],
            per_channel=True,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
        )


def _reader(name, feeds):
    from onnxruntime.quantization import CalibrationDataReader

    class Reader(CalibrationDataReader):
        """Hands the photos over one by one."""

        def __init__(self):
            self._rest = iter(feeds)

        def get_next(self):
            array = next(self._rest, None)
            return None if array is None else {name: array}

    return Reader()


@contextlib.contextmanager
def _quiet():
    # It advises, at warning level, to simplify the model first: our graphs are simple, and sizes are free.
    logger = logging.getLogger()
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)
