"""Quantise the convolutions of an ONNX model's residual blocks to int8, calibrated with photos. The rest stays in
float32."""

import contextlib
import logging
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx

from copyart.engine.plan import Stage


def write_quantised_model(
    source: Path, target: Path, stages: Sequence[Stage], name: str, feeds: list[np.ndarray]
) -> None:
    """Write a copy of a model that computes the convolutions of the residual blocks in int8. The blocks do three
    quarters of the arithmetic, and have more than three quarters of the weights.

    The few convolutions around the blocks stay in float32, because there the picture is large and rounding is visible.
    Weights have a scale for each channel. The scale of a convolution's input is calibrated with photos: it covers the
    mean minimum and the mean maximum over the photos, so that one unusual photo does not make the scale coarse.

    Args:
        source: Path of the model in float32.
        target: Path of the model to write.
        stages: The layer plan that the model was built from.
        name: Name of the model's input.
        feeds: Arrays for this input, to calibrate with.
    """
    from onnxruntime import quantization

    convolutions = [node.name for node in onnx.load(source).graph.node if node.op_type == "Conv"]
    pairs = zip(convolutions, stages, strict=True)
    with _suppress_messages():
        quantization.quantize_static(
            str(source),
            str(target),
            _calibration_reader(name, feeds),
            quant_format=quantization.QuantFormat.QDQ,
            op_types_to_quantize=["Conv"],
            nodes_to_exclude=[
                convolution for convolution, stage in pairs if not (stage.starts_block or stage.ends_block)
            ],
            per_channel=True,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
            extra_options={"CalibMovingAverage": True},
        )


def _calibration_reader(name: str, feeds: list[np.ndarray]) -> Any:
    from onnxruntime.quantization import CalibrationDataReader

    class Reader(CalibrationDataReader):
        """Gives the quantiser one photo after the other."""

        def __init__(self) -> None:
            self._rest = iter(feeds)

        def get_next(self) -> dict[str, np.ndarray] | None:
            array = next(self._rest, None)
            return None if array is None else {name: array}

    return Reader()


@contextlib.contextmanager
def _suppress_messages() -> Iterator[None]:
    # The quantiser warns that the model should be simplified first. Our graphs need no simplification.
    logger = logging.getLogger()
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)
