"""The page's own files, at addresses that change with their content, so that browsers may cache them forever."""

import functools
import re
from pathlib import Path

from copyart.web.page.runtime import STATIC, version_of_files

#: The script that lets the page work offline. Its address never changes. It only caches addresses below its folder.
SERVICE_WORKER = STATIC / "service_worker.js"

#: Scripts that browsers run in separate threads.
WORKERS = ("painting_worker.js",)


@functools.cache
def static_folder() -> str:
    """Return the address of the folder of scripts, style sheets and icons, relative to the page."""
    return f"static/{version_of_files(_static_paths())}"


def static_file(address: str) -> Path | None:
    """Return the file at an address below `static/`. Return None if there is none, or if the folder is outdated.

    Args:
        address: `<folder>/<name>`; untrusted text.
    """
    folder, _, name = address.partition("/")
    if f"static/{folder}" != static_folder():
        return None
    return next((path for path in _static_paths() if path.name == name), None)


def module_addresses() -> list[str]:
    """Return the addresses of all scripts and style sheets, which the page needs when it is offline."""
    return [f"{static_folder()}/{path.name}" for path in _static_paths() if re.search(r"\.(js|css)$", path.name)]


@functools.cache
def _static_paths() -> list[Path]:
    return sorted(path for path in STATIC.iterdir() if path.is_file() and path != SERVICE_WORKER)
