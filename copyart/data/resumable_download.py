"""Download a file of published weights, resume an interrupted download, and explain failures.

Why it does not use pooch: docs/decisions/0024-own-download.md.
"""

import contextlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from copyart.errors import DownloadError

if TYPE_CHECKING:
    import requests

#: Maximum size of a download in bytes. It is twice the size of the paper's generator, because old PyTorch files contain
#: more than weights.
MAX_BYTES = 100 << 20
_SECONDS = 30
#: Number of bytes to read at a time. An interrupted download loses at most one such block.
_BLOCK = 1 << 13


class Download:
    """A download in progress: a `.part` file, and a `.version` file with the remote file's ETag or date.

    Args:
        progress: Called with the downloaded and the total bytes. Defaults to None.
    """

    def __init__(self, url: str, part: Path, progress: Callable[[int, int], None] | None = None):
        self.url, self.part, self.progress = url, part, progress
        self.version_file = part.with_suffix(".version")
        self.answered = False

    def run(self) -> None:
        """Download the whole file.

        Raises:
            DownloadError: if the download fails. The received part is kept.
        """
        import requests

        try:
            with self._request_rest() as answer:
                self._save_body(answer)
        except requests.RequestException as error:
            if self.answered:
                raise _interrupted_error(self.url, self.part.stat().st_size) from error
            raise not_delivered_error(self.url, _no_answer_message(error)) from error
        self.version_file.unlink(missing_ok=True)

    def _request_rest(self) -> "requests.Response":
        import requests

        headers = {"Accept-Encoding": "identity"}
        version = self._saved_version()
        if version and self.part.exists():
            # If the file is unchanged, the server sends only the rest of it; otherwise it sends all of it.
            headers |= {"Range": f"bytes={self.part.stat().st_size}-", "If-Range": version}
        return requests.get(self.url, headers=headers, stream=True, timeout=_SECONDS)

    def _saved_version(self) -> str | None:
        with contextlib.suppress(OSError):
            return self.version_file.read_text()
        return None

    def _save_body(self, answer: "requests.Response") -> None:
        if answer.status_code == 416:  # the part is not shorter than the file, so start again
            self.part.unlink(missing_ok=True)
            raise _interrupted_error(self.url, 0)
        if answer.status_code not in (200, 206):
            raise not_delivered_error(self.url, f"{answer.status_code} {answer.reason}")
        start = self._start_of_response(answer)
        length = answer.headers.get("Content-Length", "")
        total = start + (int(length) if length.isdecimal() else 0)
        if total > MAX_BYTES:
            raise self._too_large_error()
        done = start
        with open(self.part, "ab" if start else "wb") as file:
            self.answered = True
            self._save_version(answer)
            for block in answer.iter_content(_BLOCK):
                done += file.write(block)
                if done > MAX_BYTES:
                    raise self._too_large_error()
                if self.progress:
                    self.progress(done, max(total, done))
        if done < total:
            raise _interrupted_error(self.url, done)

    def _too_large_error(self) -> DownloadError:
        for path in (self.part, self.version_file):
            path.unlink(missing_ok=True)
        return DownloadError(
            f"a published style must not be larger than {MAX_BYTES >> 20} MB. Received: more from {self.url}. "
            "Nothing was kept."
        )

    def _start_of_response(self, answer: "requests.Response") -> int:
        """Return the byte at which the response starts: the end of the part, or 0."""
        match = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
        begins = int(match[1]) if answer.status_code == 206 and match else 0
        if begins and begins != self.part.stat().st_size:
            self.part.unlink()
            raise _interrupted_error(self.url, 0)
        return begins

    def _save_version(self, answer: "requests.Response") -> None:
        version = answer.headers.get("ETag") or answer.headers.get("Last-Modified")
        if version and not version.startswith("W/"):  # a weak ETag may stay the same when the bytes change
            self.version_file.write_text(version)
        else:
            self.version_file.unlink(missing_ok=True)


def not_delivered_error(url: str, reason: str) -> DownloadError:
    """Return the error for a URL that does not deliver the file. The message names alternatives."""
    return DownloadError(
        f"the authors' server must deliver the file. Received: {reason} from {url}. The server may be gone for good. "
        "Alternatives: a bundled style (copyart artists lists them), a copy of the file from elsewhere (copyart "
        f"convert {url.rpartition('/')[2]} STYLE), or training (copyart train)."
    )


def _interrupted_error(url: str, came: int) -> DownloadError:
    return DownloadError(
        f"a download must be complete. Received: {came:,} bytes of {url}, then the connection broke. Run the same "
        "command again to resume it."
    )


def _no_answer_message(error: BaseException) -> str:
    inner = error
    while inner.__context__ is not None:
        inner = inner.__context__
    return f"no answer ({getattr(inner, 'strerror', None) or type(inner).__name__})"
