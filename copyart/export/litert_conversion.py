"""Convert a Keras network to the bytes of a LiteRT model, with TensorFlow's converter."""

import csv
import io
import tempfile
import warnings
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from copyart.errors import ExportError, one_line
from copyart.export.tensorflow_pictures import paint_any_size

#: Operators that stay in float32 in an int8 model: all except plain convolutions. Normalisation divides by small
#: numbers, so in int8 it would double the difference from the model.
_IN_FLOAT32 = (
    "ADD",
    "GATHER",
    "MEAN",
    "MIRROR_PAD",
    "MUL",
    "PAD",
    "RELU",
    "RESHAPE",
    "RSQRT",
    "SQUARED_DIFFERENCE",
    "STRIDED_SLICE",
    "SUB",
    "TANH",
    "TRANSPOSE",
    "TRANSPOSE_CONV",
)
#: Part of the names of all convolutions in our residual blocks. If a network has such names, only these become int8.
_IN_BLOCKS = "/block_"


def convert_to_litert(network: keras.Model, precision: str, feeds: list[np.ndarray] | None) -> bytes:
    """Convert a network to LiteRT.

    Args:
        network: A generator, on the TensorFlow backend.
        precision: `"float32"`, `"float16"` or `"int8"`.
        feeds: Photos to calibrate int8 with, float32 (1, height, width, 3). Unused for other precisions.

    Returns:
        The bytes of a model that takes `photos`, float32 (1, height, width, 3) in [-1, 1], of any size, and returns
        paintings in the same form.

    Raises:
        ExportError: if the network has layers that cannot be converted, or runs on another backend; for int8 also if
            TensorFlow is older than 2.21.
    """
    if keras.backend.backend() != "tensorflow":
        raise ExportError(
            f"conversion to LiteRT needs the TensorFlow backend. Received: {keras.backend.backend()!r}. Set "
            "KERAS_BACKEND=tensorflow."
        )
    if precision == "int8" and tf.__version__.startswith("2.20."):
        # Its converter gives weights of convolutions a zero point, which no interpreter accepts.
        raise ExportError(
            f"LiteRT in int8 needs TensorFlow 2.21 or newer. Received: {tf.__version__}. Take --precision float16, or "
            'upgrade: pip install "tensorflow>=2.21,<2.22".'
        )
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the converter warns that its own interpreter is deprecated
        _write_saved_model(network, folder)
        try:
            return _convert(folder, precision, feeds)
        except (RuntimeError, ValueError, tf.errors.OpError) as error:
            raise ExportError(
                f"the network must have only layers that LiteRT supports. Received: {network.name!r} "
                f"({one_line(error)}). Export it as saved-model."
            ) from error


def _write_saved_model(network: keras.Model, folder: str) -> None:
    photos = tf.TensorSpec((1, None, None, 3), tf.float32, "photos")
    archive = keras.export.ExportArchive()
    archive.add_endpoint("paint", lambda photos: paint_any_size(network, photos), [photos])
    archive.write_out(folder, verbose=False)


def _convert(folder: str, precision: str, feeds: list[np.ndarray] | None) -> bytes:
    converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=["serving_default"])
    if precision == "float32":
        return converter.convert()
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if precision == "float16":
        converter.target_spec.supported_types = [tf.float16]
        return converter.convert()

    return _convert_to_int8(converter, feeds or [])


def _convert_to_int8(converter: tf.lite.TFLiteConverter, feeds: Sequence[np.ndarray]) -> bytes:
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8, tf.lite.OpsSet.TFLITE_BUILTINS]
    converter.representative_dataset = lambda: ([feed] for feed in feeds)
    quantised = _quantization_debugger(converter, feeds)
    quantised.run()
    table = io.StringIO()
    quantised.layer_statistics_dump(table)
    names = [row["tensor_name"] for row in csv.DictReader(io.StringIO(table.getvalue()))]
    around = [name for name in names if _IN_BLOCKS not in name]
    if len(around) not in (0, len(names)):
        quantised = _quantization_debugger(converter, feeds, denylisted_nodes=around)
    return quantised.get_nondebug_quantized_model()


def _quantization_debugger(
    converter: tf.lite.TFLiteConverter, feeds: Sequence[np.ndarray], **options: Any
) -> tf.lite.experimental.QuantizationDebugger:
    # The debugger is the only way to keep selected operators in float32.
    return tf.lite.experimental.QuantizationDebugger(
        converter=converter,
        debug_dataset=lambda: ([feed] for feed in feeds[:1]),
        debug_options=tf.lite.experimental.QuantizationDebugOptions(denylisted_ops=list(_IN_FLOAT32), **options),
    )
