"""ONNX models in int8: the residual blocks' convolutions alone, calibrated by photos; the rest stays in float32."""

import contextlib
import logging
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx

from copyart.engine.plan import Stage


def quantised(source: Path, target: Path, stages: Sequence[Stage], name: str, feeds: list[np.ndarray] | None) -> None:
    """Write a model whose residual blocks convolve in int8: three quarters of the arithmetic, and more of the weights.

    The few convolutions around the blocks, where the picture is large and what is rounded shows, stay in float32.
    Weights have a scale for each channel; a scale for the values that reach a convolution is found on the photos: the
    mean of their least and of their greatest, so that one odd photo does not coarsen all.

    Args:
        source: Path of the model in float32.
        target: Path of the model to write.
        stages: The plan that the model was written from.
        name: The model's input.
        feeds: Arrays for it, to calibrate by.
    """
    from onnxruntime import quantization

    convolutions = [node.name for node in onnx.load(source).graph.node if node.op_type == "Conv"]
    pairs = zip(convolutions, stages, strict=True)
    with _quiet():
        quantization.quantize_static(
            str(source),
            str(target),
            _reader(name, feeds),
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


def _reader(name: str, feeds: list[np.ndarray] | None) -> Any:
    from onnxruntime.quantization import CalibrationDataReader

    class Reader(CalibrationDataReader):
        """Hands the photos over one by one."""

        def __init__(self):
            self._rest = iter(feeds)

        def get_next(self) -> dict[str, np.ndarray] | None:
            array = next(self._rest, None)
            return None if array is None else {name: array}

    return Reader()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
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
