"""The best paintings of a run so far: which they are, and the folder that keeps what made them."""

import json
import os
import shutil

from copyart.errors import StyleError
from copyart.evaluation.faults import CHECKERBOARD_MARGIN
from copyart.styles.folder import METADATA
from copyart.styles.folder import read_metadata as read_card
from copyart.training.workdir import write_text

#: Figures that tell how close the paintings are to the artist; a judgement has one of them.
MEASURES = ("kid", "swd")
#: Multi-scale SSIM with the photo below which a painting is of something else: three times what photos have in common
#: with paintings by Monet, Van Gogh, Rembrandt and of Ukiyo-e that have nothing to do with them, 0.07 to 0.10.
_STRUCTURE = 0.3


def closeness(figures):
    """Return the name and the value of the figure that tells how close paintings are to the artist."""
    name = next(name for name in MEASURES if name in figures)
    return name, figures[name]


def faults(figures, nothing):
    """Say what keeps paintings from being the best, however close to the artist they are.

    Args:
        figures: A judgement: `structure`, `colour`, `brightness` and, of pictures that are not too small,
            `checkerboard`.
        nothing: The judgement of the photos themselves.

    Returns:
        A list of words; empty where nothing is wrong.
    """
    weave = figures.get("checkerboard", 0.0) - nothing.get("checkerboard", 0.0)
    found = {
        "the photo is lost": figures["structure"] < _STRUCTURE,
        "colours invert": figures["colour"] <= 0,
        "brightness inverts": figures["brightness"] <= 0,
        "a weave shows": weave > CHECKERBOARD_MARGIN,
    }
    return [words for words, holds in found.items() if holds]


def read_best(folder, judged_by):
    """Read the judgement of the best so far.

    Args:
        folder: The folder of the best.
        judged_by: The number of what judgements are made by; those made by anything else do not compare.

    Returns:
        A dictionary of its figures, `step` and `epoch`, or None where there is no such judgement.
    """
    try:
        card = read_card(folder)
        figures = {name: figure["value"] for name, figure in card["figures"].items()}
        return (
            {**figures, "step": card["steps"], "epoch": card["epochs"]} if card["judged"]["by"] == judged_by else None
        )
    except (StyleError, LookupError, TypeError, AttributeError):
        return None


def write_judgement(folder, judgement):
    """Give the best so far another judgement.

    Args:
        folder: The folder of the best.
        judgement: `figures` and `judged`, for its card.
    """
    card = {**read_card(folder), **judgement}
    write_text(folder / METADATA, json.dumps(card, indent=2, ensure_ascii=False) + "\n")


def replace_best(folder, model_file, save):
    """Replace the folder of the best, whole or not at all.

    Args:
        folder: The folder of the best.
        model_file: `model.keras` of the checkpoint that made the paintings.
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


def recover_best(folder):
    """Bring the folder back where a run was killed between taking the old one away and putting the new one there."""
    before = _before(folder)
    if before.exists() and not folder.exists():
        os.rename(before, folder)
    shutil.rmtree(before, ignore_errors=True)


def _before(folder):
    return folder.with_name(f".{folder.name}.before")


def _share(file, target):
    """Give a file a second name, which costs no space: a checkpoint never changes once it is written."""
    try:
        os.link(file, target)
    except OSError:  # a file system without such links
        shutil.copyfile(file, target)
