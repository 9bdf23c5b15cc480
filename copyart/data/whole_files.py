"""Write files and folders atomically: under a temporary name, then rename. They appear whole or not at all."""

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

_TEMPORARY = ".copyart-{}.tmp"


@contextlib.contextmanager
def temporary_beside(path: str | os.PathLike) -> Iterator[Path]:
    """Yield a path on the disk of another, where there is nothing yet; what is written there is removed at the end.

    The path lies in the nearest folder that exists, so that a failure leaves no new folder behind.

    Args:
        path: Where the file or folder is to go.
    """
    parents = Path(path).absolute().parents
    folder = next(parent for parent in parents if os.path.exists(parent))
    temporary = folder / _TEMPORARY.format(secrets.token_hex(8))
    try:
        yield temporary
    finally:
        _remove(temporary)


@contextlib.contextmanager
def whole(path: str | os.PathLike, *, new: bool = False) -> Iterator[Path]:
    """Yield a temporary path; what is written there, a file or a folder, gets its name when the context ends well.

    A reader finds the old content or the new one, and two writers do not mix.

    Args:
        path: Path of the file or folder; missing parents are made. A file replaces an older file, and a folder an
            empty one.
        new: Whether there must be nothing at the path. Defaults to False.

    Raises:
        FileExistsError: if `new`, and there is something at the path.
        OSError: if it cannot be written; nothing is left behind.

    Example:
        >>> with whole("styles/mine") as folder:
        ...     folder.mkdir()
        ...     (folder / "config.json").write_text("{}")
    """
    with temporary_beside(path) as temporary:
        yield temporary
        rename(temporary, path, new=new)


def rename(temporary: Path, path: str | os.PathLike, *, new: bool = False) -> None:
    """Give what was written at a temporary path its name. Args and errors as for `whole`."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    if new and os.path.lexists(path):
        raise FileExistsError(17, "it exists", str(path))
    os.replace(temporary, path)


def write_whole(path: str | os.PathLike, content: bytes) -> None:
    """Write a file whole or not at all. Args and errors as for `whole`."""
    with whole(path) as temporary:
        temporary.write_bytes(content)


def remove_leftovers(folder: Path) -> None:
    """Remove what writers that were killed left in a folder. Only for one who holds the folder's lock."""
    for path in folder.glob(_TEMPORARY.format("*")):
        _remove(path)


def _remove(path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        # Something above it may have turned out to be a file.
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            path.unlink()
