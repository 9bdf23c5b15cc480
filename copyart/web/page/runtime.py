"""Find the files of onnxruntime-web, with which the browser paints. `scripts/fetch_browser_runtime.py` downloads
them."""

import functools
import hashlib
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

STATIC = Path(__file__).parent.parent / "static"
VENDOR = STATIC / "vendor"
#: The command that downloads the files, for messages.
FETCH = "make web"
#: (Encoding, suffix) of each compressed copy, the smallest copy first.
_PACKED = (("br", ".br"), ("gzip", ".gz"))
#: Runtime → the module that the page imports, and the loader and the WebAssembly file that the module loads. Of
#: onnxruntime-web's builds with WebGPU, `jspi` is the smaller; it needs browsers with WebAssembly JSPI.
RUNTIMES = {
    "webgpu": ("ort.jspi.min.js", "ort-wasm-simd-threaded.jspi.js", "ort-wasm-simd-threaded.jspi.wasm"),
    "wasm": ("ort.wasm.min.js", "ort-wasm-simd-threaded.js", "ort-wasm-simd-threaded.wasm"),
}


def runtime_file(name: str, accepted: Collection[str], vendor: Path = VENDOR) -> tuple[Path, str | None] | None:
    """Return the runtime file to send, compressed if possible. Return None if there is no such file.

    Args:
        name: Name of the file; untrusted text.
        accepted: Encodings that the browser accepts. "br" is preferred: it makes WebAssembly smaller than "gzip".
        vendor: Folder of the files. Defaults to the package's.

    Returns:
        The path of the file, and its encoding, which is None if the file is not compressed.
    """
    if not any(name in files for files in RUNTIMES.values()):
        return None
    packed = [(vendor / f"{name}{suffix}", encoding) for encoding, suffix in _PACKED if encoding in accepted]
    return next((choice for choice in [*packed, (vendor / name, None)] if choice[0].is_file()), None)


def installed_runtimes(vendor: Path = VENDOR) -> dict[str, Any]:
    """Return the installed runtimes: name → relative URLs, and the size of the WebAssembly in bytes.

    Args:
        vendor: Folder of the files. Defaults to the package's.
    """
    there = {name: files for name, files in RUNTIMES.items() if all((vendor / file).is_file() for file in files)}
    return {
        name: {
            "module": f"static/vendor/{vendor_version(vendor)}/{module}",
            "loader": f"static/vendor/{vendor_version(vendor)}/{loader}",
            "binary": f"static/vendor/{vendor_version(vendor)}/{binary}",
            "bytes": (vendor / binary).stat().st_size,
        }
        for name, (module, loader, binary) in there.items()
    }


def vendor_version(vendor: Path = VENDOR) -> str:
    """Return twelve hexadecimal digits that change with the runtimes' files, for the addresses of these files.

    Args:
        vendor: Folder of the files. Defaults to the package's.
    """
    paths = sorted(vendor / name for files in RUNTIMES.values() for name in files if (vendor / name).is_file())
    return _runtime_digest(tuple((path, path.stat().st_size, path.stat().st_mtime_ns) for path in paths))


@functools.lru_cache(maxsize=8)
def _runtime_digest(files: tuple[tuple[Path, int, int], ...]) -> str:
    return version_of_files(path for path, _, _ in files)


def version_of_files(files: Iterable[Path]) -> str:
    """Read files, and return twelve hexadecimal digits that change with their names and their content."""
    content = hashlib.sha256()
    for path in files:
        content.update(path.name.encode() + path.read_bytes())
    return content.hexdigest()[:12]
