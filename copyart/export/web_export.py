"""Export a model for the browser: a folder with a web page and the model. It does not include onnxruntime-web."""

import os
import shutil
from collections.abc import Sequence
from importlib import resources
from typing import TYPE_CHECKING

from copyart.export.atomic_export import absolute_path, convert_write_errors, move_into_place, temporary_folder
from copyart.export.onnx_export import LIMITS, check_onnx, report_facts, write_onnx
from copyart.export.reference import comparison_photos, reference_name, reference_network
from copyart.export.report import ExportReport, describe_comparison, describe_export, write_report
from copyart.painting.painter import Painter
from copyart.styles.style import Style

if TYPE_CHECKING:
    import keras

#: Maximum size in bytes of a model that loads quickly over a slow connection. The light generator has a third of this.
MOST_BYTES = 2_000_000


def web(
    model: "keras.Model | Style | Painter", path: str | os.PathLike, *, photos: Sequence | None = None
) -> ExportReport:
    """Export a model for the browser, compare the export with the model, and then move it into place.

    The folder contains `model.onnx`, which takes and returns uint8 and has weights in float16; `report.json`; and
    `index.html`, a page of about forty lines that paints with the model in onnxruntime-web. The comparison runs in
    ONNX Runtime on this machine.

    Args:
        model: As for `copyart.export.onnx`.
        path: Folder to write. It must not exist yet.
        photos: As for `copyart.export.onnx`.

    Returns:
        An `ExportReport`.

    Raises:
        ExportError: as `copyart.export.onnx` does.
        ImageError: if a photo cannot be read.
    """
    network, path = reference_network(model), absolute_path(path)
    with temporary_folder(path) as folder:
        made = folder / "model.onnx"
        with convert_write_errors(path):
            write_onnx(network, made, "float16", plan=getattr(model, "plan", None))
        differences, runtime = check_onnx(network, made, comparison_photos(photos), LIMITS["float16"])
        facts = report_facts(made, network)
        about = {"precision": "float16", "takes": "bytes", "small_enough": facts["bytes"] <= MOST_BYTES, **facts}
        compared = describe_comparison(runtime, differences, LIMITS["float16"], reference_name(network))
        report = describe_export(model, "web", compared, file="model.onnx", **about)
        with convert_write_errors(path):
            write_report(folder / "report.json", report)
            page = resources.files("copyart.export") / "web" / "index.html"
            with resources.as_file(page) as file:
                shutil.copyfile(file, folder / "index.html")
            size = sum(file.stat().st_size for file in folder.iterdir())
        move_into_place(folder, path)
    return ExportReport(path=path, report_file=path / "report.json", runtime=runtime, size=size, **differences)
