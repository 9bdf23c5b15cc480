"""The best style of a run: compare evaluations, and keep the best style and model in a folder."""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from copyart.errors import StyleError
from copyart.evaluation.faults import CHECKERBOARD_MARGIN
from copyart.evaluation.kid import distance_reduction
from copyart.styles.folder import METADATA, read_metadata
from copyart.training.workdir import write_text

#: Smallest multi-scale SSIM at which paintings still show their photos. Unrelated paintings (by Monet, Van Gogh,
#: Rembrandt, Ukiyo-e) have 0.07 to 0.10.
_STRUCTURE = 0.3


def kid_relative_to_photos(figures: Mapping[str, float], baseline: Mapping[str, float]) -> float:
    """Return the KID of paintings divided by the KID of the untouched photos. The judge with the largest result counts.

    Args:
        figures: Figures of an evaluation.
        baseline: Figures of the untouched photos.
    """
    return 1 - min(_distance_reductions(figures, baseline).values())


def describe_kid(figures: Mapping[str, float], baseline: Mapping[str, float]) -> str:
    """Describe by how much the KID of paintings is lower than the KID of the untouched photos, for each judge.

    Args:
        figures: Figures of an evaluation.
        baseline: Figures of the untouched photos.
    """
    reductions = _distance_reductions(figures, baseline)
    words = f"the KID is {min(reductions.values()):.0%} lower than the untouched photos'"
    if len(reductions) == 1:
        return words
    by_judge = ", ".join(f"{name.removeprefix('kid_')} {share:.0%}" for name, share in reductions.items())
    return f"{words} by the worse judge ({by_judge})"


def _distance_reductions(figures: Mapping[str, float], baseline: Mapping[str, float]) -> dict[str, float]:
    """Return the distance reduction by each judge, under the name of its KID; under `kid` if there is one judge."""
    names = [name for name in figures if name.startswith("kid_")] or ["kid"]
    return {name: distance_reduction(figures[name], baseline[name]) for name in names}


def describe_faults(figures: Mapping[str, float], baseline: Mapping[str, float]) -> list[str]:
    """Describe the faults of a style. A style with a fault cannot be the best one, even if its KID is low.

    Args:
        figures: Figures of an evaluation: `structure`, `colour`, `brightness` and, unless the pictures are too small,
            `checkerboard`.
        baseline: Figures of the untouched photos.

    Returns:
        A phrase for each fault.
    """
    excess = figures.get("checkerboard", 0.0) - baseline.get("checkerboard", 0.0)
    found = {
        "the paintings do not show the photo": figures["structure"] < _STRUCTURE,
        "colours invert": figures["colour"] <= 0,
        "brightness inverts": figures["brightness"] <= 0,
        "a checkerboard shows": excess > CHECKERBOARD_MARGIN,
    }
    return [words for words, holds in found.items() if holds]


def read_best(folder: Path, evaluation_set: float | None) -> dict[str, float] | None:
    """Read the evaluation of the best style so far.

    Args:
        folder: The folder of the best style.
        evaluation_set: `EvaluationSet.checksum` of the run. Evaluations on different sets cannot be compared.

    Returns:
        The style's figures, `step` and `epoch`, or None if they cannot be read or come from another set.
    """
    try:
        metadata = read_metadata(folder)
        figures = {name: figure["value"] for name, figure in metadata["figures"].items()}
        if metadata["judged"]["by"] != evaluation_set:
            return None
        return {**figures, "step": metadata["steps"], "epoch": metadata["epochs"]}
    except (StyleError, LookupError, TypeError, AttributeError):
        return None


def write_evaluation(folder: Path, evaluation: dict[str, Any]) -> None:
    """Replace the evaluation in the metadata of the best style so far.

    Args:
        folder: The folder of the best style.
        evaluation: The entries `figures` and `judged` of the style's metadata.
    """
    metadata = {**read_metadata(folder), **evaluation}
    write_text(folder / METADATA, json.dumps(metadata, indent=2, ensure_ascii=False) + "\n")


def replace_best(folder: Path, model_file: Path, save: Callable[[Path], object]) -> None:
    """Replace the folder of the best style. If a run is killed between the two renames, `recover_best` repairs it.

    Args:
        folder: The folder of the best style.
        model_file: `model.keras` of the style's checkpoint.
        save: Function that saves the style in a given folder.
    """
    new, previous = folder.with_name(f".{folder.name}.part"), _previous_folder(folder)
    recover_best(folder)
    shutil.rmtree(new, ignore_errors=True)
    save(new)
    _link_or_copy(model_file, new / model_file.name)
    if folder.exists():
        os.rename(folder, previous)
    os.rename(new, folder)
    shutil.rmtree(previous, ignore_errors=True)


def recover_best(folder: Path) -> None:
    """Restore the folder of the best style if a run was killed between the two renames of `replace_best`."""
    previous = _previous_folder(folder)
    if previous.exists() and not folder.exists():
        os.rename(previous, folder)
    shutil.rmtree(previous, ignore_errors=True)


def _previous_folder(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.before")


def _link_or_copy(file: Path, target: Path) -> None:
    """Hard-link a file to save space, or copy it. A link is safe because a checkpoint never changes."""
    try:
        os.link(file, target)
    except OSError:  # a file system without hard links
        shutil.copyfile(file, target)
