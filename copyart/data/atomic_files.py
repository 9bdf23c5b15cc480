"""Write files and folders atomically: write under a temporary name, then rename."""

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

_TEMPORARY = ".copyart-{}.tmp"


@contextlib.contextmanager
def temporary_path_beside(path: str | os.PathLike) -> Iterator[Path]:
    """Yield an unused temporary path on the same disk as `path`. At the end of the context, remove what is still there.

    The temporary path is in the nearest existing parent folder, so that a failure leaves no new folder behind.

    Args:
        path: Final path of the file or folder.
    """
    parents = Path(path).absolute().parents
    folder = next(parent for parent in parents if os.path.exists(parent))
    temporary = folder / _TEMPORARY.format(secrets.token_hex(8))
    try:
        yield temporary
    finally:
        _remove_file_or_folder(temporary)


@contextlib.contextmanager
def atomic_path(path: str | os.PathLike, *, new: bool = False) -> Iterator[Path]:
    """Yield a temporary path. If the context ends without an error, rename the file or folder there to `path`.

    Readers see either the old or the new content, never a part of it, and never a mixture of what two writers wrote.

    Args:
        path: Path of the file or folder; missing parents are created. A file replaces an existing file, and a
            folder replaces an empty folder.
        new: Whether the path must not exist yet. Defaults to False.

    Raises:
        FileExistsError: if `new` is true and the path exists.
        OSError: if the path cannot be written. No temporary file is left.

    Example:
        >>> with atomic("styles/mine") as folder:
        ...     folder.mkdir()
        ...     (folder / "config.json").write_text("{}")
    """
    with temporary_path_beside(path) as temporary:
        yield temporary
        rename(temporary, path, new=new)


def rename(temporary: Path, path: str | os.PathLike, *, new: bool = False) -> None:
    """Rename a temporary file or folder to its final path. Arguments and errors are those of `atomic_path`."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    if new and os.path.lexists(path):
        raise FileExistsError(17, "it exists", str(path))
    os.replace(temporary, path)


def write_atomically(path: str | os.PathLike, content: bytes) -> None:
    """Write a file atomically. Arguments and errors are those of `atomic_path`."""
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)


def remove_leftovers(folder: Path) -> None:
    """Remove the temporary files that killed processes left in a folder. The caller must hold the folder's lock."""
    for path in folder.glob(_TEMPORARY.format("*")):
        _remove_file_or_folder(path)


def _remove_file_or_folder(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        # NotADirectoryError: one of the path's parents is a file.
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            path.unlink()
