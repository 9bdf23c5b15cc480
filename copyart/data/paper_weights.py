"""Download the weights that the paper's authors published from their server to the cache, once."""

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
#: Slugs of the artists whose weights the authors published, in files `style_<slug>.pth`.
SLUGS = ("monet", "cezanne", "ukiyoe", "vangogh")


@dataclass(frozen=True)
class PaperWeights:
    """A weights file of the authors, downloaded to this machine.

    Args:
        path: Path of the file.
        sha256: Checksum of the file. The authors publish none to compare it with.
        known_checksum: Whether the checksum was recorded at an earlier download.
        address: URL of the download.
    """

    path: Path
    sha256: str
    known_checksum: bool
    address: str


def paper_slug(name: str) -> str:
    """Return the slug of an artist whose weights the authors published, given any of the artist's names.

    Raises:
        ArtistError: if the authors published no weights of that artist.
    """
    try:
        slug = find(name).slug
    except ArtistError:
        slug = ""
    if slug not in SLUGS:
        raise ArtistError(
            f"a published style must be one of {', '.join(SLUGS)}. Received: {str(name)[:80]!r}. "
            "`copyart artists` lists who can be trained instead."
        )
    return slug


def fetch_paper_weights(
    slug: str, address: str = ADDRESS, progress: Callable[[int, int], None] | None = None
) -> PaperWeights:
    """Return the authors' weights file of an artist. Download it if needed, resuming an interrupted download.

    Args:
        slug: One of `SLUGS`.
        address: URL of the folder with the files. Defaults to the authors'.
        progress: Called with the downloaded and the total bytes. Defaults to None.

    Returns:
        `PaperWeights`. Call `record_checksum` once the file is known to be good.

    Raises:
        DownloadError: if the server does not answer, the download breaks off, or the checksum differs from the recorded
            one.
    """
    folder = cache_folder() / "published"
    path = folder / f"style_{slug}.pth"
    url = f"{address.rstrip('/')}/{path.name}"
    with _convert_cache_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            if not path.exists():
                part = folder / f"{path.name}.part"
                Download(url, part, progress).run()
                os.replace(part, path)
        return _checked_weights_file(path, url)


@contextlib.contextmanager
def _convert_cache_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DownloadError(
            f"the cache folder must have space for the download. Received: {one_line(error)} in {folder}. Free some "
            "space, or set COPYART_CACHE to another folder."
        ) from error


def record_checksum(weights: PaperWeights) -> None:
    """Record the checksum of a good file. Later downloads must have the same checksum."""
    record = _checksum_path(weights.path)
    with _convert_cache_errors(record.parent):
        if not record.exists():
            facts = {"sha256": weights.sha256, "address": weights.address}
            write_atomically(record, (json.dumps(facts) + "\n").encode())


def _checksum_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _checked_weights_file(path: Path, url: str) -> PaperWeights:
    """Check a file against the checksum of the first download, if one is recorded."""
    digest, known = hashlib.sha256(path.read_bytes()).hexdigest(), _read_recorded_checksum(path)
    if known and digest != known:
        path.unlink()
        raise DownloadError(
            f"{path.name} must have the SHA-256 {known}, that of the first download. Received: {digest}; the file was "
            f"deleted. Run the same command again. If the authors have changed it, delete {_checksum_path(path)}."
        )
    return PaperWeights(path, digest, known is not None, url)


def _read_recorded_checksum(path: Path) -> str | None:
    try:
        found = json.loads(_checksum_path(path).read_text())["sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, str) else None
