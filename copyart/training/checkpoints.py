"""Write checkpoints atomically, and read them. A checkpoint holds everything that a run needs to resume."""

import json
import os
import shutil
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import keras

from copyart.errors import WorkdirError, one_line

#: Checkpoints to keep: the last one, and the one before in case the last is damaged.
_KEPT = 2
#: Exceptions raised by reading a truncated, overwritten or partly copied ZIP or JSON file.
_SIGNS_OF_DAMAGE = (
    FileNotFoundError,
    ValueError,
    LookupError,
    TypeError,
    EOFError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
)


@dataclass
class Progress:
    """The progress of a run.

    Args:
        step: Steps taken since the run began.
        seconds: Seconds spent on these steps.
        elapsed: Wall-clock seconds of the run over all restarts, including reading, saving and evaluating.
        decay_from: Value of `elapsed` when the figures stopped improving and the learning rate began to fall; 0 before.
        sums: Sum of each loss over the steps of the current epoch.
        steps_in_epoch: Steps of the current epoch that are included in `sums`.
        steps_per_epoch: Steps of a whole epoch. It stays the same when pictures are added or removed; 0 until the
            pictures are loaded.
        pictures: `Data.fingerprint` of the training pictures.
    """

    step: int = 0
    seconds: float = 0.0
    elapsed: float = 0.0
    decay_from: float = 0.0
    sums: dict[str, float] = field(default_factory=dict)
    steps_in_epoch: int = 0
    steps_per_epoch: int = 0
    pictures: str = ""


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint that was read.

    Args:
        model: The compiled `CycleGAN`, with its optimizer state, image pools and averaged generators.
        progress: The run's progress.
        path: The checkpoint's folder.
        age: Seconds since the checkpoint was written.
        damaged: Pairs (folder, reason), one for each newer checkpoint that could not be read.
    """

    model: keras.Model
    progress: Progress
    path: Path
    age: float
    damaged: tuple[tuple[Path, str], ...] = ()


def save(folder: Path, model: keras.Model, progress: Progress) -> Path:
    """Write a checkpoint, and remove all but the last two.

    Args:
        folder: The run's folder of checkpoints.
        model: The compiled `CycleGAN`.

    Returns:
        The checkpoint's folder, `step-<number>`.

    Raises:
        WorkdirError: if the checkpoint cannot be written. Earlier ones stay intact.
    """
    target = folder / f"step-{progress.step:09d}"
    unfinished = folder / f".writing-{target.name}"
    try:
        _remove_unfinished(folder)
        unfinished.mkdir(parents=True)
        model.save(unfinished / "model.keras")
        (unfinished / "progress.json").write_text(json.dumps(vars(progress)))
        _flush_to_disk(unfinished)
        if target.exists():  # the model of this step is saved already; only the progress may have changed
            os.replace(unfinished / "progress.json", target / "progress.json")
        else:
            os.rename(unfinished, target)
    except OSError as error:
        raise WorkdirError(_not_written_message(folder, error)) from error
    finally:
        _remove_unfinished(folder)
    for old in checkpoint_folders(folder)[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return target


def _remove_unfinished(folder: Path) -> None:
    """Remove the files of an interrupted `save`. The workdir's lock ensures that no other run is writing."""
    for path in folder.glob(".writing-*"):
        shutil.rmtree(path, ignore_errors=True)


def _flush_to_disk(folder: Path) -> None:
    """Flush the files to disk before the rename. Otherwise a power cut may leave an empty file."""
    for path in folder.iterdir():
        with open(path, "rb") as file:
            os.fsync(file.fileno())


def _not_written_message(folder: Path, error: OSError) -> str:
    last = checkpoint_folders(folder)
    kept = f"The last checkpoint, {last[-1].name}, is intact" if last else "There is no earlier checkpoint"
    return (
        f"the workdir must have space for a checkpoint. Received: {one_line(error)} in {folder}. {kept}. Free some "
        "space and run the same command again."
    )


def checkpoint_folders(folder: Path | str) -> list[Path]:
    """Return the folders of all checkpoints, oldest first."""
    return sorted(path for path in Path(folder).glob("step-*") if path.is_dir())


def restore(folder: Path) -> Checkpoint | None:
    """Read the newest undamaged checkpoint, without changing any file.

    Args:
        folder: The run's folder of checkpoints.

    Returns:
        The checkpoint, or None if there is none yet.

    Raises:
        WorkdirError: if every checkpoint is damaged, or an undamaged one cannot be loaded.
    """
    damaged = []
    for path in reversed(checkpoint_folders(folder)):
        try:
            progress = _verify_and_read_progress(path)
        except _SIGNS_OF_DAMAGE as error:
            damaged.append((path, one_line(error, 200)))
            continue
        age = max(0.0, time.time() - path.stat().st_mtime)
        return Checkpoint(_load_model(path), progress, path, age, tuple(damaged))
    # Damaged checkpoints that earlier starts renamed count too: a run must not silently start again from step 0.
    if count := len(damaged) + sum(1 for _ in folder.glob("damaged-*")):
        raise WorkdirError(
            f"at least one checkpoint of a run must be undamaged. Received: {count} damaged in {folder}. Restore one "
            "from a backup, or start again in another --workdir."
        )
    return None


def set_aside_damaged(damaged: Iterable[tuple[Path, str]], say: Callable[[str], object] = print) -> None:
    """Rename damaged checkpoints to `damaged-…`, so that the run can write new ones in their place.

    Args:
        damaged: In the form of `Checkpoint.damaged`.
        say: Called with a line for each checkpoint. Defaults to `print`.
    """
    for path, reason in damaged:
        taken = sum(1 for _ in path.parent.glob(f"damaged-{path.name}*"))
        aside = path.with_name(f"damaged-{path.name}" + (f"-{taken + 1}" if taken else ""))
        os.rename(path, aside)
        say(f"Checkpoint {path.name} is damaged ({reason}); it is kept as {aside.name}.")


def _verify_and_read_progress(path: Path) -> Progress:
    """Verify the checksums of a checkpoint, and return its progress."""
    with zipfile.ZipFile(path / "model.keras") as archive:
        missing = {"config.json", "model.weights.h5"} - set(archive.namelist())
        broken = archive.testzip()
    if missing or broken:
        raise zipfile.BadZipFile(f"{min(missing)} is missing" if missing else f"wrong checksum of {broken}")
    return Progress(**json.loads((path / "progress.json").read_text()))


def _load_model(path: Path) -> keras.Model:
    try:
        return keras.models.load_model(path / "model.keras")
    except Exception as error:  # Keras may raise any exception for a model of another version
        raise WorkdirError(
            f"a checkpoint must hold a model that this version can load. Received: {path} ({one_line(error, 200)}). "
            "Its files are intact: use the versions of Copyart and Keras that wrote it."
        ) from error
