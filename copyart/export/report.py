"""The report of an export: what was written, what it came from, and how far its paintings are from the model's own."""

import hashlib
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copyart._version import __version__
from copyart.errors import json_text

#: What a report repeats of the style's metadata: whose it is, and what may be done with it.
_KEPT = ("name", "author", "licence", "source", "date", "steps", "experimental")


@dataclass(frozen=True)
class ExportReport:
    """An export that was compared with the model it came from.

    Args:
        path: Path of the file or folder.
        report_file: Path of the JSON file that holds the report.
        runtime: Name and version of the runtime that ran the export for the comparison.
        size: Bytes of all its files, without a report that lies beside it.
        pictures: How many pictures it was compared on.
        max_difference: Largest difference of a painted value, in [-1, 1], from the model's own.
        mean_difference: Mean difference of the painted values from the model's own.
        max_painting_difference: Largest difference of the encoded paintings, where 1 is that of black and white;
            1/255 is one level of a picture file.
        mean_painting_difference: Mean difference of the encoded paintings, in the same unit.
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
    """A PyTorch file that was read back and holds exactly the weights of its model.

    Args:
        path: Path of the file.
        report_file: Path of the JSON file that holds the report.
        size: Bytes of the file.
        tensors: How many tensors it holds.
        architecture: The network that loads it, in words.
    """

    path: Path
    report_file: Path
    size: int
    tensors: int
    architecture: str


def describe_export(model: object, form: str, compared: Mapping[str, Any], **facts: Any) -> dict[str, Any]:
    """Return the report of an export, a dictionary that JSON can hold.

    Args:
        model: What was exported; a `Painter` brings its metadata.
        form: Name of the form: `"onnx"`, `"litert"`, `"web"`, `"saved-model"` or `"torch"`.
        compared: How the export was compared, and the differences found.
        **facts: Further facts of this form.
    """
    metadata = getattr(model, "metadata", None) or {}
    return {
        "form": form,
        **facts,
        "style": {name: metadata[name] for name in _KEPT if name in metadata},
        "compared": compared,
        "made_with": f"copyart {__version__}",
    }


def describe_comparison(runtime: str, differences: Mapping[str, Any], limits: Any) -> dict[str, Any]:
    """Return what a report says of a comparison.

    Args:
        runtime: Name and version of the runtime that ran the export.
        differences: What `compare` returned.
        limits: The `Limits` that the export had to meet.
    """
    return {
        "with": "the Keras network, in float32",
        "runtime": runtime,
        "processor": platform.machine(),
        "pictures": differences["pictures"],
        "max_levels_of_255": round(255 * differences["max_painting_difference"], 4),
        "mean_levels_of_255": round(255 * differences["mean_painting_difference"], 4),
        "max_difference": differences["max_difference"],
        "mean_difference": differences["mean_difference"],
        "limits_in_levels_of_255": {"largest": limits.largest, "mean_of_a_picture": limits.mean},
    }


def report_beside(path: Path) -> Path:
    """Return the path of the report of an export that is a file: `monet.onnx` → `monet.onnx.report.json`."""
    return Path(f"{path}.report.json")


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_report(path: Path, report: Mapping[str, Any]) -> None:
    """Write a report as JSON."""
    path.write_text(json_text(report, indent=2) + "\n", encoding="utf-8")
