"""Write warm-up requests, which TensorFlow Serving runs before it reports a model as ready.

They are `PredictionLog` messages in a TFRecord file. These consist only of nested messages and strings, so this module
encodes them without TensorFlow Serving's package. tests/export/test_serving.py reads them with that package.

Reference: tensorflow.org/tfx/serving/saved_model_warmup; tensorflow_serving/apis/{prediction_log,predict,model}.proto.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tensorflow as tf

#: Folder and name of the file that TensorFlow Serving reads, inside the folder of a version.
FOLDER, FILE = "assets.extra", "tf_serving_warmup_requests"
#: Field numbers: PredictionLog.predict_log; PredictLog.request; PredictRequest.model_spec and .inputs; the key and the
#: value of an entry of `inputs`; ModelSpec.name and .signature_name.
_PREDICT_LOG, _REQUEST, _MODEL_SPEC, _INPUTS, _KEY, _VALUE, _NAME, _SIGNATURE = 6, 1, 1, 2, 1, 2, 1, 3


def write_warm_up(folder: Path, name: str, requests: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Write the warm-up requests of a SavedModel.

    Args:
        folder: Folder of the version.
        name: Name of the model.
        requests: Pairs (signature, inputs); the inputs are a dictionary of tensors.
    """
    (folder / FOLDER).mkdir(exist_ok=True)
    with tf.io.TFRecordWriter(str(folder / FOLDER / FILE)) as file:
        for signature, inputs in requests:
            file.write(
                _encode_message(_PREDICT_LOG, _encode_message(_REQUEST, _predict_request(name, signature, inputs)))
            )


def _predict_request(name: str, signature: str, inputs: dict[str, Any]) -> bytes:
    spec = _encode_message(_NAME, name.encode()) + _encode_message(_SIGNATURE, signature.encode())
    entries = [
        _encode_message(_KEY, key.encode()) + _encode_message(_VALUE, tf.make_tensor_proto(value).SerializeToString())
        for key, value in inputs.items()
    ]
    return _encode_message(_MODEL_SPEC, spec) + b"".join(_encode_message(_INPUTS, entry) for entry in entries)


def _encode_message(field: int, content: bytes) -> bytes:
    """Encode a field that holds a message or a string: field number, length, content."""
    return _encode_varint(field << 3 | 2) + _encode_varint(len(content)) + content


def _encode_varint(value: int) -> bytes:
    """Encode a number as a protocol buffer varint: seven bits per byte, lowest first."""
    digits = []
    while value > 127:
        digits.append(value & 127 | 128)
        value >>= 7
    return bytes([*digits, value])
