"""A model for LiteRT, TensorFlow Lite as it was called: one file for telephones and small computers."""

import importlib.metadata
import os
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np

from copyart.backend import is_installed
from copyart.data.images import to_array
from copyart.errors import ExportError
from copyart.export.comparison import compare
from copyart.export.onnx_export import LIMITS, require_precision
from copyart.export.publishing import absolute, publish_with_report, require_free, temporary_folder, writing
from copyart.export.reference import calibration_photos, comparison_photos, network_of
from copyart.export.report import ExportReport, checksum, describe_comparison, describe_export, report_beside
from copyart.models.generators import describe_generator
from copyart.painting.painter import Painter
from copyart.styles.style import Style

#: The package that runs LiteRT models, and its name as it is installed.
_PACKAGE, _DISTRIBUTION = "ai_edge_litert", "ai-edge-litert"


def litert(
    model: keras.Model | Style | Painter,
    path: str | os.PathLike,
    *,
    precision: str = "float32",
    photos: Sequence | None = None,
    calibration: Sequence | None = None,
) -> ExportReport:
    """Export a model for LiteRT, and compare the export with the model before it counts.

    The photo is the only input, float32 (1, height, width, 3), RGB in [-1, 1], and the painting the only output, the
    same. Any height and width do: set them by `resize_tensor_input`, then `allocate_tensors`. A report,
    `<path>.report.json`, says what was compared.

    Args:
        model: A `CycleGAN`, which is exported with the network it paints with, a `Painter`, or any generator in Keras.
        path: File to write, which must not exist.
        precision: `"float32"`; `"float16"`, which stores the weights in half the size; or `"int8"`, in which the
            convolutions of the residual blocks run while all else stays in float32.
        photos: Pictures to compare on, whatever `copyart.data.images.read_image` takes: the first 16, made smaller
            beyond a megapixel. Defaults to bundled ones.
        calibration: Pictures to find int8's ranges by, in the same forms; not those to compare on.

    Returns:
        An `ExportReport`.

    Raises:
        ExportError: if the path is taken or cannot be written, the model cannot be exported, or the export differs from
            it; nothing is left behind.
        ImageError: if a photo cannot be read.
    """
    require_precision(precision)
    interpreter, runtime = _runtime()
    from copyart.export.litert_conversion import converted

    network, path, limits = network_of(model), absolute(path), LIMITS[precision]
    with temporary_folder(path) as folder:
        require_free(report_beside(path))
        photos = comparison_photos(photos)
        feeds = [to_array(photo)[None] for photo in calibration_photos(calibration)]
        made = folder / "model.tflite"
        content = converted(network, precision, feeds)
        with writing(path):
            made.write_bytes(content)
        differences = compare(network, photos, _running(interpreter(str(made))), limits, f"litert by {runtime}")
        facts = {"bytes": len(content), "sha256": checksum(made), "generator": describe_generator(network)}
        about = {"file": path.name, "precision": precision, "takes": "floats", **facts}
        publish_with_report(
            made, path, describe_export(model, "litert", describe_comparison(runtime, differences, limits), **about)
        )
    return ExportReport(path=path, report_file=report_beside(path), runtime=runtime, size=len(content), **differences)


def _runtime() -> tuple[type, str]:
    """Return the interpreter's class, and the runtime's name and version."""
    if not is_installed(_PACKAGE):
        raise ExportError(
            "a LiteRT model must be run before it is exported. Received: no LiteRT. Install it: pip install "
            f"{_DISTRIBUTION}"
        )
    from ai_edge_litert.interpreter import Interpreter

    return Interpreter, f"{_DISTRIBUTION} {importlib.metadata.version(_DISTRIBUTION)}"


def _running(interpreter: Any) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function from a photo, bytes, to its painting, floats."""
    (inputs,), (outputs,) = interpreter.get_input_details(), interpreter.get_output_details()

    def run(photo: np.ndarray) -> np.ndarray:
        batch = photo[None].astype(np.float32) / np.float32(127.5) - 1
        interpreter.resize_tensor_input(inputs["index"], batch.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(inputs["index"], batch)
        interpreter.invoke()
        return interpreter.get_tensor(outputs["index"])[0]

    return run
