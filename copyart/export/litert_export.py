"""Export a model to LiteRT (formerly TensorFlow Lite): one file for phones and small computers."""

import importlib.metadata
import os
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np

from copyart.backend import is_installed
from copyart.data.images import to_array
from copyart.errors import ExportError
from copyart.export.atomic_export import (
    absolute_path,
    convert_write_errors,
    move_with_report,
    require_new_path,
    temporary_folder,
)
from copyart.export.comparison import compare
from copyart.export.onnx_export import LIMITS, require_precision
from copyart.export.reference import calibration_photos, comparison_photos, reference_network
from copyart.export.report import ExportReport, describe_comparison, describe_export, file_checksum, report_path
from copyart.models.generators import describe_generator
from copyart.painting.painter import Painter
from copyart.styles.style import Style

#: The package that runs LiteRT models, and its name on PyPI.
_PACKAGE, _DISTRIBUTION = "ai_edge_litert", "ai-edge-litert"


def litert(
    model: keras.Model | Style | Painter,
    path: str | os.PathLike,
    *,
    precision: str = "float32",
    photos: Sequence | None = None,
    calibration: Sequence | None = None,
) -> ExportReport:
    """Export a model to LiteRT, compare the export with the model, and then move it into place.

    The only input is the photo, float32 (1, height, width, 3), RGB in [-1, 1]; the only output is the painting, in the
    same form. Any height and width work: set them with `resize_tensor_input`, then call `allocate_tensors`. The report
    `<path>.report.json` has the results of the comparison.

    Args:
        model: A `CycleGAN`, whose painting network is exported, a `Painter`, or any Keras generator.
        path: File to write. It must not exist yet.
        precision: `"float32"`; `"float16"`, which halves the size of the weights; or `"int8"`, which runs the
            convolutions of the residual blocks in int8 and the rest in float32.
        photos: Pictures to compare on, in any form that `copyart.data.images.read_image` takes. The first 16 are used,
            reduced to at most a megapixel. Defaults to bundled photos.
        calibration: Pictures to calibrate int8 with, in the same forms. They should differ from `photos`.

    Returns:
        An `ExportReport`.

    Raises:
        ExportError: if the path exists or cannot be written, the model cannot be exported, or the export paints
            differently. No file is left behind.
        ImageError: if a photo cannot be read.
    """
    require_precision(precision)
    interpreter, runtime = _find_interpreter()
    from copyart.export.litert_conversion import convert_to_litert

    network, path, limits = reference_network(model), absolute_path(path), LIMITS[precision]
    with temporary_folder(path) as folder:
        require_new_path(report_path(path))
        photos = comparison_photos(photos)
        feeds = [to_array(photo)[None] for photo in calibration_photos(calibration)]
        made = folder / "model.tflite"
        content = convert_to_litert(network, precision, feeds)
        with convert_write_errors(path):
            made.write_bytes(content)
        differences = compare(
            network, photos, _interpreter_as_function(interpreter(str(made))), limits, f"litert by {runtime}"
        )
        facts = {"bytes": len(content), "sha256": file_checksum(made), "generator": describe_generator(network)}
        about = {"file": path.name, "precision": precision, "takes": "floats", **facts}
        move_with_report(
            made, path, describe_export(model, "litert", describe_comparison(runtime, differences, limits), **about)
        )
    return ExportReport(path=path, report_file=report_path(path), runtime=runtime, size=len(content), **differences)


def _find_interpreter() -> tuple[type, str]:
    """Return the interpreter's class, and the runtime's name and version."""
    if not is_installed(_PACKAGE):
        raise ExportError(
            "exporting to LiteRT needs LiteRT for the comparison. Received: no LiteRT. Install it: pip install "
            f"{_DISTRIBUTION}"
        )
    from ai_edge_litert.interpreter import Interpreter

    return Interpreter, f"{_DISTRIBUTION} {importlib.metadata.version(_DISTRIBUTION)}"


def _interpreter_as_function(interpreter: Any) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function that runs an interpreter: from a photo, uint8, to its painting, float32."""
    (inputs,), (outputs,) = interpreter.get_input_details(), interpreter.get_output_details()

    def run(photo: np.ndarray) -> np.ndarray:
        batch = photo[None].astype(np.float32) / np.float32(127.5) - 1
        interpreter.resize_tensor_input(inputs["index"], batch.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(inputs["index"], batch)
        interpreter.invoke()
        return interpreter.get_tensor(outputs["index"])[0]

    return run
