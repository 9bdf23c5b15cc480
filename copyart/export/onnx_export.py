"""Export a model to ONNX, for photos of any size, in float32, float16 or int8."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from copyart.data.images import to_array
from copyart.engine.plan import Stage, layer_plan
from copyart.errors import ExportError
from copyart.export.atomic_export import (
    absolute_path,
    convert_write_errors,
    move_with_report,
    require_new_path,
    temporary_folder,
)
from copyart.export.comparison import Limits, compare
from copyart.export.reference import calibration_photos, comparison_photos, reference_name, reference_network
from copyart.export.report import ExportReport, describe_comparison, describe_export, file_checksum, report_path
from copyart.models.generators import describe_generator
from copyart.painting.painter import Painter
from copyart.styles.style import Style

if TYPE_CHECKING:
    import keras


#: Allowed differences for each precision. float32: another order of summation can move a value to the next level.
#: float16: weights are rounded to 11 bits. int8: inputs of convolutions are rounded to 256 steps. With the bundled
#: styles in ONNX, every value differs by less than half the limit, and every picture by at most 4.9 on average.
LIMITS = {"float32": Limits(1, 0.05), "float16": Limits(8, 0.5), "int8": Limits(128, 8)}


def onnx(
    model: "keras.Model | Style | Painter",
    path: str | os.PathLike,
    *,
    precision: str = "float32",
    floats: bool = False,
    photos: Sequence | None = None,
    calibration: Sequence | None = None,
) -> ExportReport:
    """Export a model to ONNX, compare the export with the model, and then move it into place.

    The input is `photo`, uint8 (height, width, 3), RGB, of any size; the output is `painting`, in the same form. With
    `floats`, the input is `photos`, float32 (batch, height, width, 3) in [-1, 1], and the output is `paintings`. The
    report `<path>.report.json` has the results of the comparison.

    Args:
        model: A `CycleGAN`, whose painting network is exported, a `Painter`, or one of our generators.
        path: File to write. It must not exist yet.
        precision: `"float32"`; `"float16"`, which stores the weights in float16 and computes in float32; or `"int8"`,
            which runs the convolutions of the residual blocks in int8 and the rest in float32.
        floats: Whether input and output are batches of floats. Defaults to False: single uint8 pictures.
        photos: Pictures to compare on, in any form that `copyart.data.images.read_image` takes. The first 16 are used,
            reduced to at most a megapixel. Defaults to bundled photos.
        calibration: Pictures to calibrate int8 with, in the same forms. They should differ from `photos`.

    Returns:
        An `ExportReport`.

    Raises:
        ExportError: if the path exists or cannot be written, the model is not one of our generators, or the export
            paints differently. No file is left behind.
        ImageError: if a photo cannot be read.
    """
    require_precision(precision)
    network, path = reference_network(model), absolute_path(path)
    with temporary_folder(path) as folder:
        require_new_path(report_path(path))
        made = folder / "model.onnx"
        with convert_write_errors(path):
            write_onnx(network, made, precision, floats, calibration, getattr(model, "plan", None))
        differences, runtime = check_onnx(network, made, comparison_photos(photos), LIMITS[precision], floats)
        about = {"precision": precision, "takes": "floats" if floats else "bytes", **report_facts(made, network)}
        size = made.stat().st_size
        compared = describe_comparison(runtime, differences, LIMITS[precision], reference_name(network))
        move_with_report(made, path, describe_export(model, "onnx", compared, file=path.name, **about))
    return ExportReport(path=path, report_file=report_path(path), runtime=runtime, size=size, **differences)


def require_precision(precision: str) -> None:
    """Check that a precision is one of `LIMITS`."""
    if precision not in LIMITS:
        raise ExportError(f"the precision must be one of {', '.join(LIMITS)}. Received: {precision!r}.")


def write_onnx(
    network: "keras.Model | Painter",
    path: Path,
    precision: str = "float32",
    floats: bool = False,
    calibration: Sequence | None = None,
    plan: Sequence[Stage] | None = None,
) -> None:
    """Write the ONNX model of a generator.

    Args:
        network: One of our generators.
        path: File to write.
        precision: As for `onnx`.
        floats: As for `onnx`.
        calibration: As for `onnx`.
        plan: The layer plan of the generator. Defaults to None: it is made here.

    Raises:
        ExportError: if the network is not one of our generators.
    """
    from copyart.export.onnx_models import bytes_model, floats_model, with_half_weights

    stages = plan or _stages_of_network(network)
    model = (floats_model if floats else bytes_model)(stages)
    if precision != "int8":
        path.write_bytes((with_half_weights(model) if precision == "float16" else model).SerializeToString())
        return
    from copyart.export.onnx_int8 import write_quantised_model

    source = path.with_name("float32.onnx")
    source.write_bytes(model.SerializeToString())
    feeds = [to_array(photo)[None] if floats else np.asarray(photo) for photo in calibration_photos(calibration)]
    write_quantised_model(source, path, stages, "photos" if floats else "photo", feeds)
    source.unlink()


def check_onnx(
    network: "keras.Model | Painter", path: Path, photos: Sequence[Image.Image], limits: Limits, floats: bool = False
) -> tuple[dict[str, Any], str]:
    """Run an ONNX model in ONNX Runtime, and compare it with the original network.

    Returns:
        The differences, as `compare` returns them, and the runtime's name and version.
    """
    import onnxruntime

    from copyart.engine.onnx_engine import session_options

    session = onnxruntime.InferenceSession(path.read_bytes(), session_options(), providers=["CPUExecutionProvider"])

    def run(photo: np.ndarray) -> np.ndarray:
        if not floats:
            return session.run(None, {"photo": photo})[0]
        batch = photo[None].astype(np.float32) / np.float32(127.5) - 1
        return session.run(None, {"photos": batch})[0][0]

    differences = compare(network, photos, run, limits, f"{path.suffix[1:]} in ONNX Runtime")
    return differences, f"onnxruntime {onnxruntime.__version__}"


def report_facts(path: Path, network: "keras.Model | Painter") -> dict[str, Any]:
    """Return the facts about an ONNX file for its report."""
    generator = network.generator if isinstance(network, Painter) else describe_generator(network)
    return {"bytes": path.stat().st_size, "sha256": file_checksum(path), "generator": generator}


def _stages_of_network(network: "keras.Model | Painter") -> list[Stage]:
    import keras

    from copyart.styles.networks import named_weights

    generator = describe_generator(network)
    weights = {name: keras.ops.convert_to_numpy(variable) for name, variable in named_weights(network).items()}
    try:
        stages = layer_plan(generator, weights)
    except ValueError:
        stages = None
    if stages is None:
        raise ExportError(
            f"the model must be one of Copyart's generators. Received: {network.name!r}, another network. Export it as "
            "saved-model or litert, which take any network."
        )
    return stages
