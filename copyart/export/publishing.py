"""Write an export in a temporary folder, then move it into place: it appears whole or not at all."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from copyart.data.whole_files import rename, temporary_beside
from copyart.errors import ExportError, one_line
from copyart.export.report import report_beside, write_report


@contextlib.contextmanager
def temporary_folder(path: Path) -> Iterator[Path]:
    """Yield a new folder on the disk of an export; at the end it is deleted with what was not moved into place.

    Args:
        path: Where the export is to go; there must be nothing yet.

    Raises:
        ExportError: if the path is taken, or cannot be written.
    """
    require_free(path)
    with temporary_beside(path) as temporary:
        with writing(path):
            temporary.mkdir()
        yield temporary


def publish(made: Path, path: Path) -> None:
    """Move a file or folder to its place.

    Raises:
        ExportError: if something has taken the path meanwhile, or it cannot be written.
    """
    with writing(path):
        require_free(path)
        rename(made, path, new=True)


def publish_with_report(made: Path, path: Path, report: dict[str, Any]) -> None:
    """Move an export that is a file to its place, and write its report beside it: both or neither.

    Raises:
        ExportError: as for `publish`.
    """
    written = made.with_name("report.json")
    with writing(path):
        write_report(written, report)
    publish(written, report_beside(path))
    try:
        publish(made, path)
    except ExportError:
        report_beside(path).unlink(missing_ok=True)
        raise


def require_free(path: Path) -> None:
    """Refuse a path that exists, even a broken link."""
    if os.path.lexists(path):
        raise ExportError(
            f"an export must go where there is nothing yet. Received: {str(path)!r}, which exists. "
            "Name another place, or the next version."
        )


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an `OSError` while an export is written into an `ExportError`."""
    try:
        yield
    except OSError as error:
        raise not_writable(path, error) from error


def not_writable(path: Path, error: OSError) -> ExportError:
    """Return the error of a place that cannot be written."""
    return ExportError(
        f"{str(path)!r} must be a place that can be written. Received: {one_line(error)}. "
        "Check the permissions and the room on the disk."
    )


def absolute(path: str | os.PathLike) -> Path:
    """Return a path that does not depend on the current folder; `~` is the home folder."""
    return Path(os.path.expanduser(path)).absolute()
