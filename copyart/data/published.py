"""Download the weights published with the paper from the authors' server once, and then read them from the cache."""

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from copyart.artists import find
from copyart.data.atomic_files import write_atomically
from copyart.data.resumable_download import Download
from copyart.data.store import cache_folder
from copyart.errors import ArtistError, DownloadError, one_line

#: The URL in the authors' own script. Their server has no HTTPS, so the files could be altered in transit.
ADDRESS = "http://efrosgans.eecs.berkeley.edu/cyclegan/pretrained_models"


@dataclass(frozen=True)
class PublishedStyle:
    """A file that the authors published.

    Args:
        slug: Slug of the artist.
        file: File name.
        sha256: Its checksum, if known. The authors publish none.
    """

    slug: str
    file: str
    sha256: str | None = None


PUBLISHED = {slug: PublishedStyle(slug, f"style_{slug}.pth") for slug in ("monet", "cezanne", "ukiyoe", "vangogh")}


@dataclass(frozen=True)
class Fetched:
    """A published file on this machine.

    Args:
        path: Path of the file.
        sha256: Its checksum.
        checked: What the checksum was compared with: `"published"`, `"first download"`, or None if there was none to
            compare with.
        address: URL of the download.
    """

    path: Path
    sha256: str
    checked: str | None
    address: str


def published_style(name: str) -> PublishedStyle:
    """Return the published style of an artist, by any of the artist's names.

    Raises:
        ArtistError: if the authors published no style of the artist.
    """
    try:
        found = PUBLISHED.get(find(name).slug)
    except ArtistError:
        found = None
    if found is None:
        raise ArtistError(
            f"a published style must be one of {', '.join(PUBLISHED)}. Received: {str(name)[:80]!r}. "
            "`copyart artists` lists who can be trained instead."
        )
    return found


def fetch_published(
    style: PublishedStyle,
    address: str = ADDRESS,
    progress: Callable[[int, int], None] | None = None,
    cache_dir: str | os.PathLike | None = None,
) -> Fetched:
    """Return a published file. Download it the first time, resuming an interrupted download.

    Args:
        style: A `PublishedStyle`.
        address: URL of the folder with the files. Defaults to the authors'.
        progress: Called with the downloaded and the total bytes. Defaults to None.
        cache_dir: As for `copyart.data.store.cache_folder`.

    Returns:
        A `Fetched`. Call `remember` once the file is known to be good.

    Raises:
        DownloadError: if the server does not answer, the download breaks off, or the checksum differs from the recorded
            one.
    """
    folder = cache_folder(cache_dir) / "published"
    path, url = folder / style.file, f"{address.rstrip('/')}/{style.file}"
    with _in_cache(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            if not path.exists():
                Download(url, folder / f"{style.file}.part", progress).run()
                os.replace(folder / f"{style.file}.part", path)
        return _checked(style, path, url)


@contextlib.contextmanager
def _in_cache(folder) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DownloadError(
            f"the cache folder must have space for the download. Received: {one_line(error)} in {folder}. Free some "
            "space, or set COPYART_CACHE to another folder."
        ) from error


def remember(fetched: Fetched) -> None:
    """Record the checksum of a good file. Later downloads must have the same checksum."""
    record = _record(fetched.path)
    with _in_cache(record.parent):
        if not record.exists():
            facts = {"sha256": fetched.sha256, "address": fetched.address}
            write_atomically(record, (json.dumps(facts) + "\n").encode())


def discard(fetched: Fetched) -> None:
    """Remove a bad file, so that the next try downloads it again."""
    fetched.path.unlink(missing_ok=True)


def _record(path):
    return path.with_name(f"{path.name}.json")


def _checked(style, path, url) -> Fetched:
    """Compare a file with the known checksum, or with the one recorded at the first download."""
    with open(path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    recorded = _recorded(path)
    known = style.sha256 or recorded
    if known and digest != known:
        path.unlink()
        remedy = "" if style.sha256 else f" If the authors have changed it, delete {_record(path)}."
        raise DownloadError(
            f"{style.file} must have the SHA-256 {known}, that of {_whose(style)}. Received: {digest}; the file was "
            f"deleted. Run the same command again.{remedy}"
        )
    checked = _whose(style) if known else None
    return Fetched(path, digest, checked, url)


def _whose(style) -> str:
    return "published" if style.sha256 else "first download"


def _recorded(path):
    try:
        found = json.loads(_record(path).read_text())["sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, str) else None
