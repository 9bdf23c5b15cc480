"""The best style of a run: which evaluation is the best, and the folder that keeps its style and model."""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from copyart.errors import StyleError
from copyart.evaluation.faults import CHECKERBOARD_MARGIN
from copyart.styles.folder import METADATA, read_metadata
from copyart.training.workdir import write_text

#: Multi-scale SSIM with the photo below which a painting is of something else: three times that of photos with
#: unrelated paintings by Monet, Van Gogh, Rembrandt and of Ukiyo-e, 0.07 to 0.10.
_STRUCTURE = 0.3
#: KID × 1000 below which that of the photos is noise: an unbiased estimate may even be negative.
_LEAST_KID = 1.0


def distance(figures: Mapping[str, float], baseline: Mapping[str, float]) -> float:
    """Return how far paintings are from the artist: KID as a share of the photos' KID, by the worse network.

    Args:
        figures: An evaluation.
        baseline: The evaluation of the untouched photos, whose distance is 1.
    """
    return max(figures[name] / max(baseline[name], _LEAST_KID) for name in _kid_names(figures))


def describe_distance(figures: Mapping[str, float], baseline: Mapping[str, float]) -> str:
    """Say how close paintings are to the artist, by each network.

    Args:
        figures: An evaluation.
        baseline: The evaluation of the untouched photos.
    """
    names = _kid_names(figures)
    kids = "; ".join(f"{figures[name]:.1f}, of the photos {baseline[name]:.1f}" for name in names)
    by = " by the worse network" if len(names) > 1 else ""
    return f"{1 - distance(figures, baseline):.0%} of the KID gap is closed{by} (KID × 1000: {kids})"


def _kid_names(figures: Mapping[str, float]) -> list[str]:
    """Return the names of the KID by each network: `kid` alone where there is one."""
    return [name for name in figures if name.startswith("kid_")] or ["kid"]


def faults(figures: Mapping[str, float], baseline: Mapping[str, float]) -> list[str]:
    """Say what keeps paintings from being the best, however close to the artist they are.

    Args:
        figures: An evaluation: `structure`, `colour`, `brightness` and, of pictures that are not too small,
            `checkerboard`.
        baseline: The evaluation of the untouched photos.

    Returns:
        A phrase for each fault.
    """
    excess = figures.get("checkerboard", 0.0) - baseline.get("checkerboard", 0.0)
    found = {
        "the photo is lost": figures["structure"] < _STRUCTURE,
        "colours invert": figures["colour"] <= 0,
        "brightness inverts": figures["brightness"] <= 0,
        "a checkerboard shows": excess > CHECKERBOARD_MARGIN,
    }
    return [words for words, holds in found.items() if holds]


def read_best(folder: Path, judged_by: int) -> dict[str, float] | None:
    """Read the evaluation of the best style so far.

    Args:
        folder: The folder of the best style.
        judged_by: `EvaluationSet.number`; evaluations by another set do not compare.

    Returns:
        Its figures, `step` and `epoch`, or None where there is no such evaluation.
    """
    try:
        metadata = read_metadata(folder)
        figures = {name: figure["value"] for name, figure in metadata["figures"].items()}
        if metadata["judged"]["by"] != judged_by:
            return None
        return {**figures, "step": metadata["steps"], "epoch": metadata["epochs"]}
    except (StyleError, LookupError, TypeError, AttributeError):
        return None


def write_evaluation(folder: Path, evaluation: dict[str, Any]) -> None:
    """Replace the evaluation of the best style so far.

    Args:
        folder: The folder of the best style.
        evaluation: `figures` and `judged`, for its metadata.
    """
    metadata = {**read_metadata(folder), **evaluation}
    write_text(folder / METADATA, json.dumps(metadata, indent=2, ensure_ascii=False) + "\n")


def replace_best(folder: Path, model_file: Path, save: Callable[[Path], object]) -> None:
    """Replace the folder of the best style as a whole or not at all.

    Args:
        folder: The folder of the best style.
        model_file: `model.keras` of the checkpoint.
        save: Called with the path of a folder, in which it saves the style.
    """
    beside, before = folder.with_name(f".{folder.name}.part"), _before(folder)
    recover_best(folder)
    shutil.rmtree(beside, ignore_errors=True)
    save(beside)
    _share(model_file, beside / model_file.name)
    if folder.exists():
        os.rename(folder, before)
    os.rename(beside, folder)
    shutil.rmtree(before, ignore_errors=True)


def recover_best(folder: Path) -> None:
    """Restore the folder where a run was killed between renaming the old one and the new one."""
    before = _before(folder)
    if before.exists() and not folder.exists():
        os.rename(before, folder)
    shutil.rmtree(before, ignore_errors=True)


def _before(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.before")


def _share(file: Path, target: Path) -> None:
    """Hard-link a file, which costs no space: a checkpoint never changes once it is written."""
    try:
        os.link(file, target)
    except OSError:  # a file system without hard links
        shutil.copyfile(file, target)
