"""A model as ONNX: photos of any size, one operator for each normalisation, in float32, float16 or int8."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from PIL import Image

from copyart.data.images import to_array
from copyart.engine.plan import Stage, layer_plan
from copyart.errors import ExportError
from copyart.export.comparison import Limits, compare
from copyart.export.publishing import absolute, publish_with_report, require_free, temporary_folder, writing
from copyart.export.reference import calibration_photos, comparison_photos, network_of
from copyart.export.report import ExportReport, checksum, describe_comparison, describe_export, report_beside
from copyart.models.generators import describe_generator
from copyart.painting.painter import Painter
from copyart.styles.networks import named_weights
from copyart.styles.style import Style

#: What each precision may differ by. float32: sums in another order move a value across the boundary between two
#: levels, no further. float16: weights are rounded to 11 bits. int8: what goes into a convolution is rounded to 256
#: steps; of the bundled styles no value differs by half of the limit, nor does a picture by more than 4.9 in ONNX.
LIMITS = {"float32": Limits(1, 0.05), "float16": Limits(8, 0.5), "int8": Limits(128, 8)}


def onnx(
    model: keras.Model | Style | Painter,
    path: str | os.PathLike,
    *,
    precision: str = "float32",
    floats: bool = False,
    photos: Sequence | None = None,
    calibration: Sequence | None = None,
) -> ExportReport:
    """Export a model as ONNX, and compare the export with the model before it counts.

    The photo is `photo`, uint8 (height, width, 3), RGB, of any size, and the painting `painting`, the same; or, as
    floats, `photos`, float32 (batch, height, width, 3) in [-1, 1], and `paintings`. The report,
    `<path>.report.json`, says what was compared.

    Args:
        model: A `CycleGAN`, which is exported with the network it paints with, a `Painter`, or one of our generators.
        path: File to write, which must not exist.
        precision: `"float32"`; `"float16"`, which stores the weights so and computes in float32; or `"int8"`, in which
            the residual blocks convolve while all else stays in float32.
        floats: Whether it takes and gives batches of floats. Defaults to False: pictures as bytes.
        photos: Pictures to compare on, whatever `copyart.data.images.read_image` takes: the first 16, made smaller
            beyond a megapixel. Defaults to bundled ones.
        calibration: Pictures to find int8's ranges by, in the same forms; not those to compare on.

    Returns:
        An `ExportReport`.

    Raises:
        ExportError: if the path is taken or cannot be written, the model is none of our generators, or the export
            differs from it; nothing is left behind.
        ImageError: if a photo cannot be read.
    """
    require_precision(precision)
    network, path = network_of(model), absolute(path)
    with temporary_folder(path) as folder:
        require_free(report_beside(path))
        made = folder / "model.onnx"
        with writing(path):
            write_onnx(network, made, precision, floats, calibration, getattr(model, "plan", None))
        differences, runtime = check_onnx(network, made, comparison_photos(photos), LIMITS[precision], floats)
        about = {"precision": precision, "takes": "floats" if floats else "bytes", **facts_of(made, network)}
        size = made.stat().st_size
        compared = describe_comparison(runtime, differences, LIMITS[precision])
        publish_with_report(made, path, describe_export(model, "onnx", compared, file=path.name, **about))
    return ExportReport(path=path, report_file=report_beside(path), runtime=runtime, size=size, **differences)


def require_precision(precision: str) -> None:
    """Refuse a precision that no export has."""
    if precision not in LIMITS:
        raise ExportError(f"the precision must be one of {', '.join(LIMITS)}. Received: {precision!r}.")


def write_onnx(
    network: keras.Model,
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
        floats: Likewise.
        calibration: Likewise.
        plan: The layer plan of the generator, where there is one already. Defaults to None.

    Raises:
        ExportError: if it is none of our generators.
    """
    from copyart.export.onnx_graph import bytes_graph, floats_graph, with_half_weights

    stages = plan or _stages(network)
    model = (floats_graph if floats else bytes_graph)(stages)
    if precision != "int8":
        path.write_bytes((with_half_weights(model) if precision == "float16" else model).SerializeToString())
        return
    from copyart.export.onnx_int8 import quantised

    source = path.with_name("float32.onnx")
    source.write_bytes(model.SerializeToString())
    feeds = [to_array(photo)[None] if floats else np.asarray(photo) for photo in calibration_photos(calibration)]
    quantised(source, path, stages, "photos" if floats else "photo", feeds)
    source.unlink()


def check_onnx(
    network: keras.Model, path: Path, photos: Sequence[Image.Image], limits: Limits, floats: bool = False
) -> tuple[dict[str, Any], str]:
    """Run an ONNX model by ONNX Runtime, and compare it with the network it came from.

    Returns:
        The differences, as `compare` gives them, and the runtime's name and version.
    """
    import onnxruntime

    from copyart.engine.onnx_engine import session_options

    session = onnxruntime.InferenceSession(path.read_bytes(), session_options(), providers=["CPUExecutionProvider"])

    def run(photo: np.ndarray) -> np.ndarray:
        if not floats:
            return session.run(None, {"photo": photo})[0]
        batch = photo[None].astype(np.float32) / np.float32(127.5) - 1
        return session.run(None, {"photos": batch})[0][0]

    differences = compare(network, photos, run, limits, f"{path.suffix[1:]} by ONNX Runtime")
    return differences, f"onnxruntime {onnxruntime.__version__}"


def facts_of(path: Path, network: keras.Model) -> dict[str, Any]:
    """Return the facts about an ONNX file for its report."""
    return {"bytes": path.stat().st_size, "sha256": checksum(path), "generator": describe_generator(network)}


def _stages(network: keras.Model) -> list[Stage]:
    generator = describe_generator(network)
    weights = {name: keras.ops.convert_to_numpy(variable) for name, variable in named_weights(network).items()}
    try:
        stages = layer_plan(generator, weights)
    except ValueError:
        stages = None
    if stages is None:
        raise ExportError(
            f"the model must be one of Copyart's generators. Received: {network.name!r}, a network of another kind. "
            "Export it as saved-model or litert, which take any."
        )
    return stages
