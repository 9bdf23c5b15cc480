"""Write an export atomically: create it in a temporary folder, then move it into place."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from copyart.data.atomic_files import rename, temporary_path_beside
from copyart.errors import ExportError, one_line
from copyart.export.report import report_path, write_report


@contextlib.contextmanager
def temporary_folder(path: Path) -> Iterator[Path]:
    """Yield a temporary folder on the same disk as an export. When the context ends, the folder is deleted with all
    files that are still in it.

    Args:
        path: Path of the export. It must not exist yet.

    Raises:
        ExportError: if the path exists or cannot be written.
    """
    require_new_path(path)
    with temporary_path_beside(path) as temporary:
        with convert_write_errors(path):
            temporary.mkdir()
        yield temporary


def move_into_place(made: Path, path: Path) -> None:
    """Move a finished file or folder to the path of its export.

    Raises:
        ExportError: if the path exists or cannot be written.
    """
    with convert_write_errors(path):
        require_new_path(path)
        rename(made, path, new=True)


def move_with_report(made: Path, path: Path, report: dict[str, Any]) -> None:
    """Move an exported file into place, and write its report next to it: both or neither.

    Raises:
        ExportError: as `move_into_place` does.
    """
    written = made.with_name("report.json")
    with convert_write_errors(path):
        write_report(written, report)
    move_into_place(written, report_path(path))
    try:
        move_into_place(made, path)
    except ExportError:
        report_path(path).unlink(missing_ok=True)
        raise


def require_new_path(path: Path) -> None:
    """Check that nothing exists at a path, not even a broken link."""
    if os.path.lexists(path):
        raise ExportError(
            f"an export must have a new path. Received: {str(path)!r}, which exists. Choose another path, or the next "
            "version."
        )


@contextlib.contextmanager
def convert_write_errors(path: Path) -> Iterator[None]:
    """Convert an `OSError` while writing an export to an `ExportError`."""
    try:
        yield
    except OSError as error:
        raise not_writable_error(path, error) from error


def not_writable_error(path: Path, error: OSError) -> ExportError:
    """Return the error for a path that cannot be written."""
    return ExportError(
        f"{str(path)!r} must be writable. Received: {one_line(error)}. Check the permissions and the free space."
    )


def absolute_path(path: str | os.PathLike) -> Path:
    """Return an absolute path, with `~` expanded."""
    return Path(os.path.expanduser(path)).absolute()
