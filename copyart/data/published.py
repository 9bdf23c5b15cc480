"""The weights published with the paper: fetched once from the authors' address, then found again without a request."""

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from copyart.artists import find
from copyart.data.store import cache_folder
from copyart.errors import ArtistError, DownloadError

#: Where the authors' own script fetches them. Their server knows no https, so what comes is not vouched for.
ADDRESS = "http://efrosgans.eecs.berkeley.edu/cyclegan/pretrained_models"
#: Twice what a generator of the paper takes leaves room for what old PyTorch stored besides.
MAX_BYTES = 100 << 20
_SECONDS = 30
#: Bytes taken at a time; of a cut download, as many may be lost.
_BLOCK = 1 << 13


@dataclass(frozen=True)
class PublishedStyle:
    """One file of the authors.

    Args:
        slug: The artist's.
        file: Its name.
        sha256: Its checksum, where known. The authors publish none.
    """

    slug: str
    file: str
    sha256: str | None = None


PUBLISHED = {slug: PublishedStyle(slug, f"style_{slug}.pth") for slug in ("monet", "cezanne", "ukiyoe", "vangogh")}


@dataclass(frozen=True)
class Fetched:
    """A published file on this machine.

    Args:
        path: Where it lies.
        sha256: Its checksum.
        checked: What the checksum was held against: `"published"`, `"first download"`, or None, for nothing is known.
        address: Where it came from.
    """

    path: Path
    sha256: str
    checked: str | None
    address: str


def published_style(name):
    """Return the published style of an artist, by any name of theirs.

    Raises:
        ArtistError: The authors published none.
    """
    try:
        found = PUBLISHED.get(find(name).slug)
    except ArtistError:
        found = None
    if found is None:
        raise ArtistError(
            f"a published style must be one of {', '.join(PUBLISHED)}. Received: {str(name)[:80]!r}. "
            "`copyart artists` lists who can be learnt instead."
        )
    return found


def fetch_published(style, address=ADDRESS, progress=None, cache_dir=None):
    """Return a published file, fetching it the first time and going on where an earlier try was cut.

    Args:
        style: A `PublishedStyle`.
        address: Folder on the web in which the files lie. Defaults to the authors'.
        progress: Called with the bytes fetched and the bytes in all. Defaults to None.
        cache_dir: As for `copyart.data.store.cache_folder`.

    Returns:
        `Fetched`. Call `remember` once the file has proved good.

    Raises:
        DownloadError: The address is dead, the download was cut, or the file is not what it was.
    """
    folder = cache_folder(cache_dir) / "published"
    path, url = folder / style.file, f"{address.rstrip('/')}/{style.file}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            if not path.exists():
                _Download(url, folder / f"{style.file}.part", progress).run()
                os.replace(folder / f"{style.file}.part", path)
        return _checked(style, path, url)
    except OSError as error:
        raise DownloadError(
            f"a download must fit into the cache folder. Received: {error.strerror or error} in {folder}. "
            "Free some space, or name another folder in COPYART_CACHE."
        ) from error


def remember(fetched):
    """Record the checksum of a file that has proved good: later downloads are held against it."""
    record = _record(fetched.path)
    if not record.exists():
        temporary = record.with_suffix(".part")
        temporary.write_text(json.dumps({"sha256": fetched.sha256, "address": fetched.address}) + "\n")
        os.replace(temporary, record)


def discard(fetched):
    """Remove a file that proved bad, so that the next try fetches it anew."""
    fetched.path.unlink(missing_ok=True)


def _record(path):
    return path.with_name(f"{path.name}.json")


def _checked(style, path, url):
    """Hold a file against the checksum that is known, or that was recorded at the first download."""
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


def _whose(style):
    return "published" if style.sha256 else "first download"


def _recorded(path):
    try:
        found = json.loads(_record(path).read_text())["sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, str) else None


class _Download:
    """One file on its way, kept in a `.part` file with a note of which version of it that is."""

    def __init__(self, url, part, progress: Callable[[int, int], None] | None):
        self.url, self.part, self.progress = url, part, progress
        self.note = part.with_suffix(".version")
        self.answered = False

    def run(self):
        """Fetch it whole, or raise `DownloadError` and keep what has come."""
        import requests

        try:
            with self._answer() as answer:
                self._take(answer)
        except requests.RequestException as error:
            if self.answered:
                raise _cut(self.url, self.part.stat().st_size) from error
            raise dead(self.url, _reason(error)) from error
        self.note.unlink(missing_ok=True)

    def _answer(self):
        import requests

        headers = {"Accept-Encoding": "identity"}
        version = self._version()
        if version and self.part.exists():
            # Only if the file is still the same: else all of it comes.
            headers |= {"Range": f"bytes={self.part.stat().st_size}-", "If-Range": version}
        return requests.get(self.url, headers=headers, stream=True, timeout=_SECONDS)

    def _version(self):
        with contextlib.suppress(OSError):
            return self.note.read_text()
        return None

    def _take(self, answer):
        if answer.status_code == 416:  # a part that is longer than the file: begin anew
            self.part.unlink(missing_ok=True)
            raise _cut(self.url, 0)
        if answer.status_code not in (200, 206):
            raise dead(self.url, f"{answer.status_code} {answer.reason}")
        start = self._start(answer)
        total = start + int(answer.headers.get("Content-Length") or 0)
        if total > MAX_BYTES:
            raise _too_large(self.url)
        done = start
        with open(self.part, "ab" if start else "wb") as file:
            self.answered = True
            self._note(answer)
            for block in answer.iter_content(_BLOCK):
                done += file.write(block)
                if done > MAX_BYTES:
                    raise _too_large(self.url)
                if self.progress:
                    self.progress(done, max(total, done))
        if done < total:
            raise _cut(self.url, done)

    def _start(self, answer):
        """Return at which byte the answer begins: where the part ends, or at 0."""
        match = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
        begins = int(match[1]) if answer.status_code == 206 and match else 0
        if begins and begins != self.part.stat().st_size:
            self.part.unlink()
            raise _cut(self.url, 0)
        return begins

    def _note(self, answer):
        version = answer.headers.get("ETag") or answer.headers.get("Last-Modified")
        weak = not version or version.startswith("W/")
        if weak:
            self.note.unlink(missing_ok=True)
        else:
            self.note.write_text(version)


def dead(url, reason):
    """Return the error of an address that does not give the file, with what else works."""
    return DownloadError(
        f"the authors' address must answer with the file. Received: {reason} from {url}. The address may be gone for "
        "good. What works without it: a bundled style (copyart artists lists them), a copy of the file from elsewhere "
        f"(copyart convert {url.rpartition('/')[2]} STYLE), or training (copyart train)."
    )


def _cut(url, came):
    return DownloadError(
        f"a download must come whole. Received: {came:,} bytes of {url}, then it was cut. "
        "Run the same command again: it goes on from there."
    )


def _too_large(url):
    return DownloadError(
        f"a published style must not be larger than {MAX_BYTES >> 20} MB. Received: more from {url}. Nothing was kept."
    )


def _reason(error):
    inner = error
    while inner.__context__ is not None:
        inner = inner.__context__
    return f"no answer ({getattr(inner, 'strerror', None) or type(inner).__name__})"
