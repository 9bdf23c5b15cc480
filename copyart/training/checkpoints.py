"""Checkpoints: everything that a run needs to resume, each written as a whole or not at all."""

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

#: A run resumes from the last one; the one before is there in case the last is damaged.
_KEPT = 2
#: What reading a truncated, overwritten or half copied ZIP or JSON file raises.
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
    """How far a run has come.

    Args:
        step: Steps taken since the run began.
        seconds: Time spent on them.
        elapsed: Wall-clock seconds of all starts of the run, including reading, saving and evaluating.
        decay_from: `elapsed` when the figures stopped improving and the learning rate began to fall; 0 before.
        sums: Sum of each log over the steps of the current epoch.
        steps_in_epoch: Steps of the current epoch that went into `sums`.
        steps_per_epoch: Steps of a whole epoch, which stay the same when pictures come and go; 0 before the first.
        pictures: `Data.fingerprint` of the pictures that it trains on.
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
    """A checkpoint that was read back.

    Args:
        model: The `CycleGAN`, compiled, with its optimizer's slots, pools and averages.
        progress: How far the run had come.
        path: Its folder.
        age: Seconds since it was written.
        damaged: Newer checkpoints that are damaged, each with the reason.
    """

    model: keras.Model
    progress: Progress
    path: Path
    age: float
    damaged: tuple[tuple[Path, str], ...] = ()


def save(folder: Path, model: keras.Model, progress: Progress) -> Path:
    """Write a checkpoint, then remove all but the last two.

    Args:
        folder: Where the checkpoints of the run lie.
        model: The `CycleGAN`, compiled.
        progress: How far the run has come.

    Returns:
        The checkpoint's folder, `step-<number>`.

    Raises:
        WorkdirError: if it cannot be written; earlier checkpoints are intact.
    """
    target = folder / f"step-{progress.step:09d}"
    workplace = folder / f".writing-{target.name}"
    try:
        _sweep(folder)
        workplace.mkdir(parents=True)
        model.save(workplace / "model.keras")
        (workplace / "progress.json").write_text(json.dumps(vars(progress)))
        _flush(workplace)
        if target.exists():  # saved at this very step a moment ago: only the counts may have changed since
            os.replace(workplace / "progress.json", target / "progress.json")
        else:
            os.rename(workplace, target)
    except OSError as error:
        raise WorkdirError(_not_written(folder, error)) from error
    finally:
        _sweep(folder)
    for old in written(folder)[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return target


def _sweep(folder: Path) -> None:
    """Remove what an interrupted `save` left. The lock of the workdir makes sure that no other run is writing."""
    for path in folder.glob(".writing-*"):
        shutil.rmtree(path, ignore_errors=True)


def _flush(folder: Path) -> None:
    """Flush the files to the disk before the rename: after a power cut a name must not stand for an empty file."""
    for path in folder.iterdir():
        with open(path, "rb") as file:
            os.fsync(file.fileno())


def _not_written(folder: Path, error: OSError) -> str:
    last = written(folder)
    kept = f"The last checkpoint, {last[-1].name}, is intact" if last else "There is no earlier checkpoint"
    return (
        f"a checkpoint must fit into the workdir. Received: {one_line(error)} in {folder}. {kept}. "
        "Free some space and run the same command again."
    )


def written(folder: Path | str) -> list[Path]:
    """Return the folders of all checkpoints, oldest first."""
    return sorted(path for path in Path(folder).glob("step-*") if path.is_dir())


def restore(folder: Path) -> Checkpoint | None:
    """Read the newest checkpoint that is not damaged, and change nothing.

    Args:
        folder: Where the checkpoints of the run lie.

    Returns:
        The checkpoint, or None where there is none yet.

    Raises:
        WorkdirError: if every checkpoint is damaged, or an undamaged one cannot be loaded.
    """
    damaged = []
    for path in reversed(written(folder)):
        try:
            progress = _read_checked(path)
        except _SIGNS_OF_DAMAGE as error:
            damaged.append((path, one_line(error, 200)))
            continue
        age = max(0.0, time.time() - path.stat().st_mtime)
        return Checkpoint(_load(path), progress, path, age, tuple(damaged))
    # Those of earlier starts count, too: a run must not begin anew unasked.
    if count := len(damaged) + sum(1 for _ in folder.glob("damaged-*")):
        raise WorkdirError(
            f"at least one checkpoint of a run must be undamaged. Received: {count} damaged in {folder}. "
            "Bring one back from a backup, or start again in another --workdir."
        )
    return None


def set_aside(damaged: Iterable[tuple[Path, str]], say: Callable[[str], object] = print) -> None:
    """Rename damaged checkpoints to `damaged-…`, so that the run writes its own in their place.

    Args:
        damaged: As `Checkpoint.damaged`.
        say: Called with a line for each. Defaults to `print`.
    """
    for path, reason in damaged:
        taken = sum(1 for _ in path.parent.glob(f"damaged-{path.name}*"))
        aside = path.with_name(f"damaged-{path.name}" + (f"-{taken + 1}" if taken else ""))
        os.rename(path, aside)
        say(f"Checkpoint {path.name} is damaged ({reason}); it is kept as {aside.name}.")


def _read_checked(path: Path) -> Progress:
    """Check every byte of a checkpoint, and return its progress."""
    with zipfile.ZipFile(path / "model.keras") as archive:
        missing = {"config.json", "model.weights.h5"} - set(archive.namelist())
        broken = archive.testzip()
    if missing or broken:
        raise zipfile.BadZipFile(f"{min(missing)} is missing" if missing else f"wrong checksum of {broken}")
    return Progress(**json.loads((path / "progress.json").read_text()))


def _load(path: Path) -> keras.Model:
    try:
        return keras.models.load_model(path / "model.keras")
    except Exception as error:  # Keras raises any kind for a model of another version
        raise WorkdirError(
            f"a checkpoint must be of a model that this version can load. Received: {path} ({one_line(error, 200)}). "
            "Its files are whole: go on with the version of Copyart and Keras that wrote it."
        ) from error
