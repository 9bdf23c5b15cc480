"""Download onnxruntime-web, with which browsers paint: `make web` or `python scripts/fetch_browser_runtime.py`.

It needs npm and a package index, and stores only the files that the page loads, by default in
copyart/web/static/vendor. `--tests` also downloads axe-core, with which the tests check the page's accessibility. Files
that exist are not downloaded again.
"""

import argparse
import base64
import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "copyart" / "web" / "static" / "vendor"
AXE = ROOT / "tests" / "web" / "browser" / "vendor"
#: Name of the file that records the version of the files beside it.
STAMP = "VERSION"


@dataclass(frozen=True)
class Package:
    """A version of a package, the hash of its archive, and the files to store."""

    name: str
    version: str
    integrity: str
    files: tuple


RUNTIME = Package(
    "onnxruntime-web",
    "1.30.0",
    "sha512-q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ==",
    (
        "dist/ort.wasm.min.mjs",
        "dist/ort-wasm-simd-threaded.mjs",
        "dist/ort-wasm-simd-threaded.wasm",
        "dist/ort.jspi.min.mjs",
        "dist/ort-wasm-simd-threaded.jspi.mjs",
        "dist/ort-wasm-simd-threaded.jspi.wasm",
    ),
)
AXE_CORE = Package(
    "axe-core",
    "4.14.1",
    "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
    ("axe.min.js", "LICENSE"),
)


def main(arguments=None):
    """Download the missing packages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=VENDOR)
    parser.add_argument("--tests", action="store_true", help="axe-core too")
    options = parser.parse_args(arguments)
    fetch(RUNTIME, options.folder)
    if options.tests:
        fetch(AXE_CORE, AXE)


def fetch(package, folder, pack=None):
    """Store the files of a package in a folder, all of them or none. An older version is replaced.

    Args:
        package: A `Package`.
        folder: Path of the folder.
        pack: Function that downloads the archive of a package to a folder. Defaults to `download_archive`.
    """
    label = f"{package.name} {package.version}\n"
    stamp = folder / STAMP
    if stamp.is_file() and stamp.read_text() == label:
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetching-") as workplace:
        archive = (pack or download_archive)(package, Path(workplace))
        check_hash(archive, package)
        new = Path(workplace) / "new"
        unpack(archive, package.files, new)
        (new / STAMP).write_text(label)
        if folder.exists():
            shutil.rmtree(folder)
        os.rename(new, folder)
    print(f"{folder}: {package.name} {package.version}")


def download_archive(package, folder):
    """Download the archive of a package with npm, without running or installing it."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm must be on the PATH. Received: none. Install Node.js, and try again.")
    wanted = f"{package.name}@{package.version}"
    command = [npm, "pack", wanted, "--pack-destination", str(folder), "--ignore-scripts", "--silent"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if result.returncode:
        lines = (result.stderr or result.stdout).strip().splitlines()
        sys.exit(f"npm must find {wanted}. Received from npm: {lines[-1] if lines else 'nothing'}.")
    return folder / result.stdout.split()[-1]


def check_hash(archive, package):
    """Exit with one line if an archive does not have the expected hash."""
    kind, _, wanted = package.integrity.partition("-")
    found = base64.b64encode(hashlib.new(kind, archive.read_bytes()).digest()).decode()
    if found != wanted:
        sys.exit(f"{package.name} {package.version} must have the hash {package.integrity}. Received: {kind}-{found}.")


def unpack(archive, files, folder):
    """Extract files of an npm archive into one folder. Also write compressed copies of WebAssembly files."""
    folder.mkdir()
    with tarfile.open(archive) as tar:
        for name in files:
            with tar.extractfile(f"package/{name}") as source:
                content = source.read()
            path = folder / stored_name(name)
            path.write_bytes(content)
            if path.suffix == ".wasm":  # a quarter of the size to transfer
                path.with_name(f"{path.name}.gz").write_bytes(compress_with_gzip(path))
                pack_with_brotli(path)


def compress_with_gzip(path):
    """Compress a file with gzip. The program zopfli, where it is installed, takes half a minute for 4 % fewer bytes."""
    if zopfli := shutil.which("zopfli"):
        return subprocess.run([zopfli, "--i5", "-c", str(path)], capture_output=True, check=True).stdout
    return gzip.compress(path.read_bytes(), mtime=0)


def pack_with_brotli(path):
    """Write a copy compressed with Brotli by Node.js, which comes with npm. Without Node.js, write none."""
    if node := shutil.which("node"):
        script = (
            "const [from, to] = process.argv.slice(1), fs = require('fs'), zlib = require('zlib');"
            # Quality 11, the default, takes a minute or more, and makes the file only a few percent smaller.
            "const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: 9, [zlib.constants.BROTLI_PARAM_LGWIN]: 24 };"
            "fs.writeFileSync(to, zlib.brotliCompressSync(fs.readFileSync(from), { params }))"
        )
        subprocess.run([node, "-e", script, str(path), f"{path}.br"], check=True)


def stored_name(name):
    """Return the name under which a file is stored: .js for .mjs, which some static hosts serve with the wrong type."""
    path = Path(name)
    return f"{path.stem}.js" if path.suffix == ".mjs" else path.name


if __name__ == "__main__":
    main()
