"""The workdir: the folder that holds everything of a training run. The same command on it resumes the run."""

import os
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

from filelock import FileLock, SoftFileLock, Timeout

from copyart.data.whole_files import write_whole
from copyart.errors import WorkdirError
from copyart.training.run_spec import RunSpec


class Workdir:
    """The files of a run.

    Args:
        path: The folder; `lock` makes it where it is missing.
    """

    def __init__(self, path: str | os.PathLike):
        self.path = Path(os.path.expanduser(path))

    @property
    def config(self) -> Path:
        """The `RunSpec` as JSON."""
        return self.path / "config.json"

    @property
    def checkpoints(self) -> Path:
        """The folder of checkpoints, one a folder."""
        return self.path / "checkpoints"

    @property
    def samples(self) -> Path:
        """The folder of sample grids."""
        return self.path / "samples"

    @property
    def history(self) -> Path:
        """The losses of each epoch."""
        return self.path / "history.csv"

    @property
    def report(self) -> Path:
        """The page with curves and grids."""
        return self.path / "report.html"

    @property
    def data_report(self) -> Path:
        """What was found in the pictures, as JSON."""
        return self.path / "data.json"

    @property
    def style(self) -> Path:
        """The style folder of the last checkpoint, ready to paint."""
        return self.path / "style"

    @property
    def figures(self) -> Path:
        """A row for each evaluation: KID, content preservation, checkerboard."""
        return self.path / "figures.csv"

    @property
    def best(self) -> Path:
        """The style folder with the best figures so far, and its model."""
        return self.path / "best"

    def lock(self) -> AbstractContextManager:
        """Return a lock that one run at a time can hold, already acquired.

        The operating system releases it when the process ends, however it ends. On a file system without `flock`, as
        some network drives are, a file stands for the lock, and a killed run leaves it behind.

        Raises:
            WorkdirError: if another run holds it, or the folder cannot be written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            file = self.path / (".lock" if _has_flock(self.path) else ".lock-file")
            lock = FileLock(file, timeout=0) if file.name == ".lock" else SoftFileLock(file, timeout=0)
            return lock.acquire()
        except Timeout as error:  # an OSError, too
            remedy = "" if file.name == ".lock" else f" If no run is at work there, delete {file}."
            raise WorkdirError(
                f"one run at a time can train in a workdir. Received: {self.path}, where another run is at work. "
                f"Wait for it, stop it, or name another --workdir.{remedy}"
            ) from error
        except OSError as error:
            raise WorkdirError(
                f"a workdir must be a folder that can be written. Received: {self.path} "
                f"({error.strerror or error}). Name another with --workdir."
            ) from error

    def has_learnt(self) -> bool:
        """Tell whether the folder holds a checkpoint, damaged or not."""
        return any(True for pattern in ("step-*", "damaged-*") for _ in self.checkpoints.glob(pattern))

    def read_spec(self) -> RunSpec | None:
        """Return the run that the folder holds, or None in a new folder.

        Raises:
            WorkdirError: if `config.json` is damaged.
        """
        if not os.path.exists(self.config):
            return None
        try:
            return RunSpec.from_json(self.config.read_text(encoding="utf-8", errors="surrogateescape"))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise WorkdirError(
                f"config.json of a workdir must be as copyart wrote it. Received: {self.config} ({error}). "
                "Restore it, or name another --workdir."
            ) from error

    def write_spec(self, spec: RunSpec) -> None:
        """Write `config.json`.

        Raises:
            WorkdirError: if it cannot be written.
        """
        write_text(self.config, spec.to_json())


def is_workdir(path: str | os.PathLike) -> bool:
    """Tell whether a path is the folder of a training run: one with its `config.json` beside its style."""
    # Unlike Path.is_file(), os.path.isfile() takes any text, and a path may come from outside.
    return os.path.isfile(Workdir(path).config) and os.path.isfile(Workdir(path).style / "config.json")


def _has_flock(folder: Path) -> bool:
    """Tell whether a file in a folder can be locked by the operating system."""
    try:
        import fcntl
    except ImportError:  # Windows locks in another way, which FileLock knows
        return True
    with tempfile.TemporaryFile(dir=folder) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True


def write_text(path: Path, text: str) -> None:
    """Write a text file as a whole or not at all.

    Raises:
        WorkdirError: if it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Names of files that are not UTF-8 pass through as they are.
        write_whole(path, text.encode("utf-8", "surrogateescape"))
    except OSError as error:
        raise WorkdirError(
            f"a run must be able to write into its workdir. Received: {error.strerror or error} for {path}. "
            "Free some space and run the same command again: it goes on from the last checkpoint."
        ) from error
