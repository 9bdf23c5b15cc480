"""Exports appear whole or not at all: made in a folder of their own, and named when they are done."""

import contextlib
import os
import secrets
import shutil
from pathlib import Path

from copyart.errors import ExportError
from copyart.export.card import card_beside, write_card


@contextlib.contextmanager
def temporary_beside(path):
    """Yield a new folder on the disk of an export; at the end it is gone, with what was not published.

    Args:
        path: Where the export is to go; there must be nothing yet.

    Raises:
        ExportError: if the path is taken, or cannot be written.
    """
    require_free(path)
    temporary = _existing(path.parent) / f".copyart-{secrets.token_hex(8)}.tmp"
    try:
        with writing(path):
            temporary.mkdir()
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def publish(made, path):
    """Give what was made, a file or a folder, its name.

    Raises:
        ExportError: if the path is taken meanwhile, or cannot be written.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        require_free(path)
        os.rename(made, path)


def publish_with_card(made, path, card):
    """Give an export that is a file its name, and write its card beside it: both or neither.

    Raises:
        ExportError: as for `publish`.
    """
    written = made.with_name("card.json")
    with writing(path):
        write_card(written, card)
    publish(written, card_beside(path))
    try:
        publish(made, path)
    except ExportError:
        card_beside(path).unlink(missing_ok=True)
        raise


def require_free(path):
    """Refuse a path where there is something, be it a link to nowhere."""
    if os.path.lexists(path):
        raise ExportError(
            f"an export must go where there is nothing yet. Received: {str(path)!r}, which exists. "
            "Name another place, or the next version."
        )


@contextlib.contextmanager
def writing(path):
    """Turn what goes wrong while an export is written into an `ExportError`."""
    try:
        yield
    except OSError as error:
        raise not_writable(path, error) from error


def not_writable(path, error):
    """Return the error of a place that cannot be written."""
    text = getattr(error, "strerror", None) or getattr(error, "message", None) or str(error)
    reason = " ".join(text.split())[:120].rstrip(".")
    return ExportError(
        f"{str(path)!r} must be a place that can be written. Received: {reason}. "
        "Check the permissions and the room on the disk."
    )


def _existing(folder):
    """Return the nearest folder that is there: on the disk of the target, and no new folder is left on failure."""
    return next(parent for parent in (folder, *folder.parents) if os.path.exists(parent))


def absolute(path):
    """Return a path that stays the same wherever the process goes."""
    return Path(path).absolute()
