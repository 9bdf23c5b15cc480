"""The pictures of a run that training never saw, to judge it by."""

import os
from pathlib import Path
from typing import NamedTuple

from copyart.data.pipeline import load_data
from copyart.errors import WorkdirError
from copyart.training.workdir import Workdir

#: Settings that decide which pictures there are, and which are held out.
_SPLIT = ("image_size", "load_size", "seed", "validation_fraction")


class HeldOut(NamedTuple):
    """The files of a run.

    Args:
        photos: Photos that it held out.
        art: Paintings that it held out.
        training_art: Paintings that it learns from.
    """

    photos: tuple[Path, ...]
    art: tuple[Path, ...]
    training_art: tuple[Path, ...]


def is_workdir(path):
    """Tell whether a path is the folder of a training run: one with its `config.json` beside its style."""
    # Unlike Path.is_file(), this takes any text: a name may come from outside.
    return os.path.isfile(Workdir(path).config) and os.path.isfile(Workdir(path).style / "config.json")


def held_out_files(workdir, cache_dir=None, progress=None, download_progress=None):
    """Find the pictures of a run again, split as it split them.

    Args:
        workdir: Folder of the run.
        cache_dir, progress, download_progress: As for `copyart.load_data`.

    Returns:
        `HeldOut`.

    Raises:
        WorkdirError: if there is no run in the folder, or it is damaged.
        DataError: if its pictures are gone.
    """
    run = Workdir(workdir).read()
    if run is None:
        raise WorkdirError(f"a workdir must hold a run. Received: {workdir}, which holds none. Name another folder.")
    data = load_data(
        run["artist"],
        run["source"],
        photos=run["photos"],
        art=run["art"],
        cache_dir=cache_dir,
        progress=progress,
        download_progress=download_progress,
        **{name: run["settings"][name] for name in _SPLIT},
    )
    return HeldOut(data.held_out_photos.files, data.held_out_art.files, data.train_art.files)
