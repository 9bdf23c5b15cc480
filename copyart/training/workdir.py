"""The workdir: the folder with all files of a training run. Running the same command again resumes the run."""

import os
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

from filelock import FileLock, SoftFileLock, Timeout

from copyart.data.atomic_files import write_atomically
from copyart.errors import WorkdirError
from copyart.training.run_spec import RunSpec


class Workdir:
    """The paths of a run's files.

    Args:
        path: Path of the folder. `lock` creates it if it is missing.
    """

    def __init__(self, path: str | os.PathLike):
        self.path = Path(os.path.expanduser(path))
        #: The `RunSpec` as JSON.
        self.config = self.path / "config.json"
        #: The folder of checkpoints; each checkpoint is a folder.
        self.checkpoints = self.path / "checkpoints"
        #: The folder of sample grids.
        self.samples = self.path / "samples"
        #: The CSV file with the losses of each epoch.
        self.history = self.path / "history.csv"
        #: The HTML page with loss curves and sample grids.
        self.report = self.path / "report.html"
        #: The JSON file with the report on the pictures.
        self.data_report = self.path / "data.json"
        #: The style folder of the last checkpoint.
        self.style = self.path / "style"
        #: The CSV file with a row for each evaluation: KID, content preservation, checkerboard.
        self.figures = self.path / "figures.csv"
        #: The folder of the style with the best figures so far. Its `model.keras` holds the whole `CycleGAN`.
        self.best = self.path / "best"

    def lock(self) -> AbstractContextManager:
        """Acquire and return the lock that only one run at a time can hold.

        The operating system releases it when the process ends or is killed. On a file system without `flock`, such as
        some network drives, the existence of a file is the lock, and a killed run leaves the file behind.

        Raises:
            WorkdirError: if another run holds the lock, or the folder cannot be written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            file = self.path / (".lock" if _supports_file_locks(self.path) else ".lock-file")
            # filelock removes the file that a killed run left on this machine, but only after a second or two.
            lock = FileLock(file, timeout=0) if file.name == ".lock" else SoftFileLock(file, timeout=4)
            return lock.acquire()
        except Timeout as error:  # comes first, because it is also an OSError
            remedy = "" if file.name == ".lock" else f" If no run is active there, delete {file}."
            raise WorkdirError(
                f"only one run at a time can train in a workdir. Received: {self.path}, where another run is active. "
                f"Wait for it, stop it, or choose another --workdir.{remedy}"
            ) from error
        except OSError as error:
            raise WorkdirError(
                f"a workdir must be a writable folder. Received: {self.path} ({error.strerror or error}). Choose "
                "another with --workdir."
            ) from error

    def has_checkpoint(self) -> bool:
        """Tell whether the folder contains a checkpoint, damaged or not."""
        return any(True for pattern in ("step-*", "damaged-*") for _ in self.checkpoints.glob(pattern))

    def read_spec(self) -> RunSpec | None:
        """Return the spec of the run in the folder, or None in a new folder.

        Raises:
            WorkdirError: if `config.json` is damaged.
        """
        if not os.path.exists(self.config):
            return None
        try:
            return RunSpec.from_json(self.config.read_text(encoding="utf-8", errors="surrogateescape"))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise WorkdirError(
                f"config.json of a workdir must be as copyart wrote it. Received: {self.config} ({error}). Restore it, "
                "or choose another --workdir."
            ) from error

    def write_spec(self, spec: RunSpec) -> None:
        """Write `config.json`.

        Raises:
            WorkdirError: if it cannot be written.
        """
        write_text(self.config, spec.to_json())


def is_workdir(path: str | os.PathLike) -> bool:
    """Tell whether a path is the folder of a training run: it contains the run's `config.json` and a style folder."""
    # The path may come from a web request. os.path.isfile() accepts any string; Path.is_file() raises errors for some.
    return os.path.isfile(Workdir(path).config) and os.path.isfile(Workdir(path).style / "config.json")


def _supports_file_locks(folder: Path) -> bool:
    """Tell whether the operating system can lock files in a folder."""
    try:
        import fcntl
    except ImportError:  # Windows locks differently; FileLock supports it
        return True
    with tempfile.TemporaryFile(dir=folder) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True


def write_text(path: Path, text: str) -> None:
    """Write a text file atomically.

    Raises:
        WorkdirError: if it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # "surrogateescape" preserves file names that are not valid UTF-8.
        write_atomically(path, text.encode("utf-8", "surrogateescape"))
    except OSError as error:
        raise WorkdirError(
            f"a run must be able to write into its workdir. Received: {error.strerror or error} for {path}. Free some "
            "space and run the same command again to resume from the last checkpoint."
        ) from error
