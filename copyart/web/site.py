"""Write the page as a static site, in which the visitor's browser paints."""

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from copyart.data.atomic_files import atomic_path
from copyart.errors import ConfigError, StyleError, one_line
from copyart.web.headers import CONTENT_SECURITY_POLICY
from copyart.web.page.rendering import (
    SAMPLES,
    browser_files,
    data_for_scripts,
    render_page,
    sample_photo,
    thumbnail,
    web_manifest,
)
from copyart.web.page.runtime import FETCH, STATIC, VENDOR, installed_runtimes, vendor_version
from copyart.web.page.static_files import SERVICE_WORKER, static_folder
from copyart.web.style_registry import StyleEntry, open_registry

#: Language → address of its page. `stay` marks English as chosen, so that the page ignores the browser's language.
_PAGES = {"en": "index.html?stay", "fr": "fr.html"}
#: Content of the `_headers` file, which some hosts read. The first two headers allow WebAssembly threads.
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
    """Write the page as a static folder, atomically.

    Args:
        out: Folder to write. It must be new or empty.
        styles: Workdirs, style folders and packed styles to offer in addition to the bundled ones.
        vendor: Folder of onnxruntime-web's files. Defaults to the package's.
        url: URL that the site will have, such as "https://example.org/copyart/". Other sites need it to show a picture
            next to a link to the page. Defaults to "": the picture's address is then relative.

    Returns:
        Number of bytes written.

    Raises:
        ConfigError: if the folder is not empty or cannot be written, the url is invalid, or onnxruntime-web's files are
            missing.
        StyleError: if a browser cannot paint with one of the styles.

    Example:
        >>> write_site("public") > 1_000_000
        True
    """
    out = Path(os.path.expanduser(out)).absolute()
    runtimes = _require_runtimes(vendor)
    files = dict(_generated_files(open_registry(styles), runtimes, _root_url(url)))
    _require_empty(out)
    with _convert_write_errors(out), atomic_path(out) as temporary:
        for name, content in files.items():
            _write_file(temporary / name, content)
        left_out = shutil.ignore_patterns("vendor", SERVICE_WORKER.name)
        shutil.copytree(STATIC, temporary / static_folder(), ignore=left_out)
        packed = shutil.ignore_patterns("*.gz", "*.br")  # hosts compress files by themselves
        shutil.copytree(vendor, temporary / "static" / "vendor" / vendor_version(vendor), ignore=packed)
        return sum(file.stat().st_size for file in temporary.rglob("*") if file.is_file())


def _root_url(url: str) -> str:
    if url and not re.match(r"https?://[^\s/?#]+(/[^\s?#]*)?$", url):
        raise ConfigError(
            f"a site's url must begin with https:// and have no query. Received: {url!r}. Give one like "
            "https://example.org/copyart/"
        )
    return f"{url.rstrip('/')}/" if url else ""


def _require_runtimes(vendor: Path) -> dict[str, Any]:
    runtimes = installed_runtimes(vendor)
    if not runtimes:
        raise ConfigError(
            "a static site needs onnxruntime-web's files, with which the browser paints. Received: none in "
            f"{str(vendor)!r}. Download them in a clone of Copyart: {FETCH}"
        )
    return runtimes


def _generated_files(
    registry: dict[str, StyleEntry], runtimes: dict[str, Any], root: str
) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each generated file."""
    known = data_for_scripts(registry, runtimes, server=None)
    policy = "; ".join(rule for rule in CONTENT_SECURITY_POLICY.split("; ") if "frame-ancestors" not in rule)
    for language, page in _PAGES.items():
        html = render_page(language, known, registry, pages=_PAGES, policy=policy, root=root, chooses=language == "en")
        yield page.partition("?")[0], html.encode()
    for style in registry.values():
        if (files := browser_files(style.slug, style.opens)) is None:
            raise StyleError(
                f"a browser must be able to paint with the styles of a static site. Received: {style.source!r}. Give a "
                "style folder, a packed style or a workdir of one of Copyart's own generators."
            )
        yield from ((file.address, file.content) for file in files)
        if style.preview:
            yield f"previews/{style.slug}.jpg", thumbnail(style.preview)
    yield from ((f"samples/{name}", photo) for name in SAMPLES if (photo := sample_photo(name)))
    yield "app.webmanifest", json.dumps(web_manifest("en")).encode()
    yield SERVICE_WORKER.name, SERVICE_WORKER.read_bytes()
    yield "_headers", _HEADERS.encode()


def _require_empty(out: Path) -> None:
    with _convert_write_errors(out):
        taken = os.path.lexists(out) and (not out.is_dir() or any(out.iterdir()))
    if taken:
        raise ConfigError(
            f"a static site needs a new or empty folder. Received: {str(out)!r}, which contains files. Choose another "
            "folder, or empty it."
        )


def _write_file(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


@contextlib.contextmanager
def _convert_write_errors(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"a static site needs a writable folder. Received: {str(out)!r} ({one_line(error)}). Free some space, or "
            "choose another folder."
        ) from error
