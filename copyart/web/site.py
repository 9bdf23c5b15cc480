"""The page as a folder that any host of plain files can serve: the browser paints, and nothing else runs."""

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from copyart.data.whole_files import whole
from copyart.errors import ConfigError, StyleError, one_line
from copyart.web.headers import CONTENT_SECURITY_POLICY
from copyart.web.page.rendering import SAMPLES, browser_files, contents, render, sample_photo, thumbnail, web_manifest
from copyart.web.page.runtime import FETCH, STATIC, VENDOR, installed_runtimes, vendor_version
from copyart.web.page.static_files import SERVICE_WORKER, static_folder
from copyart.web.style_registry import StyleEntry, open_registry

#: Language → its file. `stay` tells the English page that it was chosen, so that it ignores the browser's language.
_PAGES = {"en": "index.html?stay", "fr": "fr.html"}
#: For hosts that read a `_headers` file: the first two headers allow WebAssembly threads.
_HEADERS = """\
/*
  Cross-Origin-Opener-Policy: same-origin
  Cross-Origin-Embedder-Policy: require-corp
  X-Content-Type-Options: nosniff
  Referrer-Policy: no-referrer
/models/*
  Cache-Control: public, max-age=31536000, immutable
/static/*
  Cache-Control: public, max-age=31536000, immutable
"""


def write_site(
    out: str | os.PathLike, styles: Sequence[str | os.PathLike] = (), vendor: Path = VENDOR, url: str = ""
) -> int:
    """Write the page as a static folder, which appears whole or not at all.

    Args:
        out: Folder to write; it must be missing or empty.
        styles: Workdirs, style folders and packed styles to offer besides the bundled styles.
        vendor: Folder of onnxruntime-web's files. Defaults to the package's.
        url: Where the site will be, as "https://example.org/copyart/". Sites that show a picture of what they link to
            need it. Defaults to "": the picture's address is relative.

    Returns:
        The bytes that were written.

    Raises:
        ConfigError: if the folder is not empty or cannot be written, the url is not one, or onnxruntime-web's files are
            missing.
        StyleError: if a browser cannot paint with one of the styles.

    Example:
        >>> write_site("public") > 1_000_000
        True
    """
    out = Path(os.path.expanduser(out)).absolute()
    runtimes = _runtimes(vendor)
    files = dict(_files(open_registry(styles), runtimes, _root(url)))
    _require_empty(out)
    with _writing(out), whole(out) as temporary:
        for name, content in files.items():
            _write(temporary / name, content)
        left_out = shutil.ignore_patterns("vendor", SERVICE_WORKER.name)
        shutil.copytree(STATIC, temporary / static_folder(), ignore=left_out)
        packed = shutil.ignore_patterns("*.gz")  # hosts pack by themselves
        shutil.copytree(vendor, temporary / "static" / "vendor" / vendor_version(vendor), ignore=packed)
        return sum(file.stat().st_size for file in temporary.rglob("*") if file.is_file())


def _root(url: str) -> str:
    if url and not re.match(r"https?://[^\s/?#]+(/[^\s?#]*)?$", url):
        raise ConfigError(
            f"a site's url must begin with https:// and have no query. Received: {url!r}. Give one like "
            "https://example.org/copyart/"
        )
    return f"{url.rstrip('/')}/" if url else ""


def _runtimes(vendor: Path) -> dict[str, Any]:
    runtimes = installed_runtimes(vendor)
    if not runtimes:
        raise ConfigError(
            f"a static site needs onnxruntime-web's files, for the browser paints. Received: none in {str(vendor)!r}. "
            f"Fetch them from a clone of Copyart: {FETCH}"
        )
    return runtimes


def _files(registry: dict[str, StyleEntry], runtimes: dict[str, Any], root: str) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each file that is made here."""
    known = contents(registry, runtimes, server=None)
    policy = "; ".join(rule for rule in CONTENT_SECURITY_POLICY.split("; ") if "frame-ancestors" not in rule)
    for language, page in _PAGES.items():
        html = render(language, known, registry, pages=_PAGES, policy=policy, root=root, chooses=language == "en")
        yield page.partition("?")[0], html.encode()
    for style in registry.values():
        if (files := browser_files(style.slug, style.opens)) is None:
            raise StyleError(
                f"a style of a static site must be one that a browser can paint with. Received: {style.source!r}. "
                "Give a style folder, a packed style or a workdir of one of Copyart's own generators."
            )
        yield from ((file.address, file.content) for file in files)
        if style.preview:
            yield f"previews/{style.slug}.jpg", thumbnail(style.preview)
    yield from ((f"samples/{name}", sample_photo(name)) for name in SAMPLES)
    yield "app.webmanifest", json.dumps(web_manifest("en")).encode()
    yield SERVICE_WORKER.name, SERVICE_WORKER.read_bytes()
    yield "_headers", _HEADERS.encode()


def _require_empty(out: Path) -> None:
    with _writing(out):
        taken = os.path.lexists(out) and (not out.is_dir() or any(out.iterdir()))
    if taken:
        raise ConfigError(
            f"a static site needs a folder that is missing or empty. Received: {str(out)!r}, which holds something. "
            "Name another, or empty it."
        )


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


@contextlib.contextmanager
def _writing(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"a static site needs a folder that can be written. Received: {str(out)!r} "
            f"({one_line(error)}). Free some space, or name another."
        ) from error
