"""The report of an export: the files, their origin, and how much the paintings differ from the model's."""

import hashlib
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copyart._version import __version__
from copyart.errors import json_text

#: Entries of the style's metadata that a report repeats.
_KEPT = ("name", "author", "licence", "source", "date", "steps", "experimental")


@dataclass(frozen=True)
class ExportReport:
    """An export that was compared with its model.

    Args:
        path: Path of the file or folder.
        report_file: Path of the report, a JSON file.
        runtime: Name and version of the runtime that ran the export for the comparison.
        size: Size in bytes: of the file without the report, or of the folder with the report inside it.
        pictures: Number of pictures that were compared.
        max_difference: Largest difference between a painted value and the model's, both in [-1, 1].
        mean_difference: Mean difference between the painted values and the model's.
        max_painting_difference: Largest difference between the encoded paintings, where 1 is the difference between
            black and white, and 1/255 is one grey level.
        mean_painting_difference: Mean difference between the encoded paintings, in the same unit.
    """

    path: Path
    report_file: Path
    runtime: str
    size: int
    pictures: int
    max_difference: float
    mean_difference: float
    max_painting_difference: float
    mean_painting_difference: float


@dataclass(frozen=True)
class TorchReport:
    """A PyTorch file that was read back and has exactly the weights of its model.

    Args:
        path: Path of the file.
        report_file: Path of the report, a JSON file.
        size: Bytes of the file.
        tensors: Number of tensors in the file.
        architecture: Description of the network that loads it.
    """

    path: Path
    report_file: Path
    size: int
    tensors: int
    architecture: str


def describe_export(model: object, form: str, compared: Mapping[str, Any], **facts: Any) -> dict[str, Any]:
    """Return the report of an export as a dictionary for JSON.

    Args:
        model: The exported model. A `Painter` adds its metadata.
        form: Name of the format: `"onnx"`, `"litert"`, `"web"`, `"saved-model"` or `"torch"`.
        compared: Method and results of the comparison.
        **facts: Further facts for this format.
    """
    metadata = getattr(model, "metadata", None) or {}
    return {
        "form": form,
        **facts,
        "style": {name: metadata[name] for name in _KEPT if name in metadata},
        "compared": compared,
        "made_with": f"copyart {__version__}",
    }


def describe_comparison(
    runtime: str, differences: Mapping[str, Any], limits: Any, reference: str = "the Keras network, in float32"
) -> dict[str, Any]:
    """Return the report's entry about a comparison.

    Args:
        runtime: Name and version of the runtime that ran the export.
        differences: Result of `compare`.
        limits: The `Limits` that the export had to meet.
        reference: What the export was compared with. Defaults to the Keras network.
    """
    return {
        "with": reference,
        "runtime": runtime,
        "processor": platform.machine(),
        "pictures": differences["pictures"],
        "max_levels_of_255": round(255 * differences["max_painting_difference"], 4),
        "mean_levels_of_255": round(255 * differences["mean_painting_difference"], 4),
        "max_difference": differences["max_difference"],
        "mean_difference": differences["mean_difference"],
        "limits_in_levels_of_255": {"largest": limits.largest, "mean_of_a_picture": limits.mean},
    }


def report_path(path: Path) -> Path:
    """Return the path of the report for an exported file: `monet.onnx` → `monet.onnx.report.json`."""
    return Path(f"{path}.report.json")


def file_checksum(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_report(path: Path, report: Mapping[str, Any]) -> None:
    """Write a report as JSON."""
    path.write_text(json_text(report, indent=2) + "\n", encoding="utf-8")
