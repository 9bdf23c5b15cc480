"""Download with kagglehub, Kaggle's client: hide its output, check its archives, and raise clear errors."""

import contextlib
import functools
import logging
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib.metadata import version
from pathlib import Path, PureWindowsPath

from copyart.data.kaggle_failures import WITHOUT_KAGGLE
from copyart.errors import DownloadError

OnProgress = Callable[[int, int], None]

# RuntimeError: the archive is encrypted, or its compression is unknown.
_DAMAGED = (zipfile.BadZipFile, zlib.error, tarfile.TarError, EOFError, RuntimeError)


def fetch(handle: str, progress: OnProgress | None = None) -> Path:
    """Download and unpack a data set into kagglehub's cache. An interrupted download is resumed.

    Args:
        handle: `owner/slug`, or `owner/slug/versions/N`.
        progress: called with the downloaded and the total bytes. Defaults to None: a progress
            bar if stderr is a terminal, else nothing.

    Returns:
        The folder of the unpacked data set.

    Raises:
        DownloadError: if the archive is damaged or would write outside the cache folder, or cannot be checked with the
            installed kagglehub.
        Exception: one of `kaggle_failures.external_exceptions()`, which `kaggle_failures.explain_failure` explains.
    """
    import kagglehub
    from kagglehub import clients, http_resolver

    changes: list[tuple[object, str, Callable]] = [
        # kagglehub prints its version warning directly, not through its logger.
        (clients, "already_printed_version_warning", lambda _: True),
        (clients, "tqdm", lambda tqdm: _progress_bar_factory(tqdm, progress)),
        (http_resolver, "download_file", _closing_first_response),
        (http_resolver, "_extract_archive", _checking_archive),
    ]
    _require_known_internals(changes)
    with contextlib.ExitStack() as stack:
        stack.enter_context(_log_only_errors())
        for change in changes:
            stack.enter_context(_replace_attribute(*change))
        return Path(kagglehub.dataset_download(handle))


def _require_known_internals(changes: list[tuple[object, str, Callable]]) -> None:
    """Refuse a version of kagglehub whose internals have other names, because its archives could not be checked."""
    missing = [name for module, name, _ in changes if not hasattr(module, name)]
    if missing:
        raise DownloadError(
            f"kagglehub must be a version whose archives Copyart can check. Received: {version('kagglehub')}, which "
            f"lacks {', '.join(missing)}. Install one that has it: pip install 'kagglehub<1.1'. {WITHOUT_KAGGLE}"
        )


def _closing_first_response(download_file: Callable) -> Callable:
    """Wrap kagglehub's download to close its first response. kagglehub leaves it open when it resumes a download."""

    def download_file_closing(response: AbstractContextManager, *args: object, **kwargs: object) -> bool:
        with response:
            return download_file(response, *args, **kwargs)

    return download_file_closing


def _checking_archive(extract: Callable[[str, str], None]) -> Callable[[str, str], None]:
    """Wrap kagglehub's extraction, so that it unpacks only valid zip archives whose files stay inside the folder."""

    def extract_guarded(archive: str, folder: str) -> None:
        try:
            _check_archive_names(archive)
            extract(archive, folder)
        except (DownloadError, *_DAMAGED) as error:
            # Delete the archive. Otherwise the next attempt would treat it as fully downloaded.
            _remove_download(archive, folder)
            if isinstance(error, DownloadError):
                raise
            raise DownloadError(_not_a_zip_message(f"{type(error).__name__}: {error}")) from error
        except OSError:
            _remove_download(None, folder)
            raise

    return extract_guarded


def _check_archive_names(archive: str) -> None:
    if not zipfile.is_zipfile(archive):
        raise DownloadError(_not_a_zip_message("something else"))
    with zipfile.ZipFile(archive) as opened:
        escaping = next(filter(_leaves_folder, opened.namelist()), None)
    if escaping is not None:
        raise DownloadError(
            f"Every file of the archive must lie inside its own folder. Received: {escaping[:80]!r}. Nothing "
            "was unpacked and the archive was deleted: do not trust this copy of the data set. "
            f"{WITHOUT_KAGGLE}"
        )


def _leaves_folder(name: str) -> bool:
    # `PureWindowsPath` recognises `/`, `\\` and drives, so this check is valid on all systems.
    path = PureWindowsPath(name)
    return bool(path.anchor) or ".." in path.parts


def _not_a_zip_message(received: str) -> str:
    return (
        f"Kaggle's answer must be a zip archive. Received: {received}; it was deleted. "
        f"Run the same command again. {WITHOUT_KAGGLE}"
    )


def _remove_download(archive: str | None, folder: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if archive is not None:
        Path(archive).unlink(missing_ok=True)


class _ProgressMeter:
    """Replaces kagglehub's progress bar: calls `progress` instead of drawing."""

    def __init__(self, progress: OnProgress, total: int = 0, initial: int = 0, **_: object):
        self._progress, self._total, self._done = progress, total, initial

    def __enter__(self) -> "_ProgressMeter":
        self.update(0)
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def update(self, fetched: int) -> None:
        self._done += fetched
        self._progress(self._done, self._total)


def _progress_bar_factory(tqdm: type, progress: OnProgress | None) -> Callable:
    if progress is not None:
        return functools.partial(_ProgressMeter, progress)
    return functools.partial(tqdm, disable=None)  # None: drawn only on a terminal


@contextlib.contextmanager
def _log_only_errors() -> Iterator[None]:
    logger = logging.getLogger("kagglehub")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


@contextlib.contextmanager
def _replace_attribute(module: object, name: str, change: Callable) -> Iterator[None]:
    """Replace an attribute of kagglehub inside this context."""
    before = getattr(module, name)
    setattr(module, name, change(before))
    try:
        yield
    finally:
        setattr(module, name, before)
