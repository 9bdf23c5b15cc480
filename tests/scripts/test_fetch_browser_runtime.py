"""Downloads of the browser runtime are checked by their hash, and only needed files are stored."""

import base64
import dataclasses
import gzip
import hashlib
import io
import os
import subprocess
import tarfile

import pytest

from copyart.web.page.runtime import RUNTIMES, VENDOR
from scripts import fetch_browser_runtime as script

CONTENT = {"package/dist/a.mjs": b"module", "package/dist/b.wasm": b"binary", "package/dist/other.js": b"more"}


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "archive.tgz"
    with tarfile.open(path, "w:gz") as tar:
        for name, content in CONTENT.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return path


@pytest.fixture
def package(archive):
    hashed = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    return script.Package("thing", "1.0.0", f"sha512-{hashed}", ("dist/a.mjs", "dist/b.wasm"))


def unpacked_by_node(path):
    script = "process.stdout.write(require('zlib').brotliDecompressSync(require('fs').readFileSync(process.argv[1])))"
    return subprocess.run(["node", "-e", script, str(path)], capture_output=True, check=True).stdout


def test_without_node_there_is_no_brotli_copy(tmp_path, archive, package, monkeypatch):
    monkeypatch.setattr(script.shutil, "which", lambda name: None)
    script.fetch(package, tmp_path / "vendor", lambda *_: archive)
    assert not (tmp_path / "vendor" / "b.wasm.br").exists()


def test_zopfli_compresses_where_it_is_installed(tmp_path, monkeypatch):
    program = tmp_path / "zopfli"
    program.write_text('#!/bin/sh\n[ "$1 $2" = "--i5 -c" ] && printf packed:"$(cat "$3")"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    (tmp_path / "b.wasm").write_bytes(b"binary")
    assert script.compress_with_gzip(tmp_path / "b.wasm") == b"packed:binary"


def test_the_files_that_are_asked_for_are_kept(tmp_path, archive, package):
    script.fetch(package, tmp_path / "vendor", lambda *_: archive)
    found = {path.name: path.read_bytes() for path in (tmp_path / "vendor").iterdir()}
    assert gzip.decompress(found.pop("b.wasm.gz")) == b"binary"
    assert unpacked_by_node(tmp_path / "vendor" / "b.wasm.br") == b"binary"
    del found["b.wasm.br"]
    assert found == {"a.js": b"module", "b.wasm": b"binary", "VERSION": b"thing 1.0.0\n"}


def test_what_is_there_is_not_fetched_again_unless_it_is_of_another_version(tmp_path, archive, package):
    fetched = []

    def pack(wanted, folder):
        fetched.append(wanted.version)
        return archive

    for version in ("1.0.0", "1.0.0", "1.0.1"):
        script.fetch(dataclasses.replace(package, version=version), tmp_path / "vendor", pack)
    assert fetched == ["1.0.0", "1.0.1"]
    assert (tmp_path / "vendor" / "VERSION").read_text() == "thing 1.0.1\n"


def test_an_archive_that_was_tampered_with_is_refused_and_nothing_is_written(tmp_path, archive, package):
    archive.write_bytes(archive.read_bytes() + b"\0")
    with pytest.raises(SystemExit, match="must have the hash sha512-"):
        script.fetch(package, tmp_path / "vendor", lambda *_: archive)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive.tgz"]


def test_a_missing_npm_is_said_in_one_line(tmp_path, package, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit, match="npm must be on the PATH"):
        script.fetch(package, tmp_path / "vendor")


def test_what_is_fetched_is_what_the_page_asks_for_where_it_asks_for_it():
    assert {script.stored_name(name) for name in script.RUNTIME.files} == {
        n for files in RUNTIMES.values() for n in files
    }
    assert script.VENDOR == VENDOR
