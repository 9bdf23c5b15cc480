"""What the page is made of is kept for good by browsers, under addresses that change with it."""

import io
import json
import re

import pytest
from PIL import Image

from copyart.web.page import static_files
from copyart.web.page.rendering import web_manifest
from copyart.web.page.runtime import RUNTIMES, installed_runtimes, runtime_file, vendor_version
from copyart.web.page.static_files import module_addresses, static_file, static_folder


def test_every_file_that_the_page_names_may_be_kept_for_good(client):
    html = client.get("/en").text
    named = set(re.findall(r'(?:href|src)="(static/[^"]+)', html)) | set(module_addresses())
    named |= {row[file] for row in installed_runtimes().values() for file in ("module", "loader", "binary")}
    assert len(named) > 30
    for address in named:
        answer = client.get(f"/{address}", buffered=True)
        assert (address, answer.status_code) == (address, 200)
        assert "immutable" in answer.headers["Cache-Control"]


def test_the_address_changes_with_a_file(monkeypatch, tmp_path):
    before = static_folder()
    for name in ("page.js", "page.css"):
        (tmp_path / name).write_text(name)
    caches = (static_folder, static_files._static_paths)
    monkeypatch.setattr(static_files, "STATIC", tmp_path)
    try:
        folders = []
        for text in ("one", "two"):
            (tmp_path / "page.js").write_text(text)
            for cache in caches:
                cache.cache_clear()
            folders.append(static_folder())
        assert len({before, *folders}) == 3
    finally:
        monkeypatch.undo()
        for cache in caches:
            cache.cache_clear()
    assert static_folder() == before


def test_the_address_of_a_runtime_changes_with_it(tmp_path):
    files = RUNTIMES["wasm"]
    for name in files:
        (tmp_path / name).write_text("one")
    before = vendor_version(tmp_path)
    (tmp_path / files[0]).write_text("other")
    assert vendor_version(tmp_path) != before
    assert installed_runtimes(tmp_path)["wasm"]["module"] == f"static/vendor/{vendor_version(tmp_path)}/{files[0]}"


def test_a_runtime_is_sent_as_small_as_the_browser_takes_it(tmp_path):
    name = RUNTIMES["wasm"][2]
    for suffix in ("", ".gz", ".br"):
        (tmp_path / f"{name}{suffix}").write_text("file")
    for accepted, suffix, encoding in (("gzip br", ".br", "br"), ("gzip", ".gz", "gzip"), ("", "", None)):
        assert runtime_file(name, accepted.split(), tmp_path) == (tmp_path / f"{name}{suffix}", encoding)
    (tmp_path / f"{name}.br").unlink()  # it was fetched without Node.js
    assert runtime_file(name, ["gzip", "br"], tmp_path)[1] == "gzip"
    assert runtime_file("VERSION", ["gzip"], tmp_path) is None


@pytest.mark.parametrize(
    "address", ["0123456789ab/page.js", "{}/../pages.py", "{}/VERSION", "{}/service_worker.js", "{}"]
)
def test_there_is_no_file_at_other_addresses(address):
    assert static_file(address.format(static_folder().removeprefix("static/"))) is None


def test_scripts_of_another_version_are_not_there(client):
    assert client.get("/static/0123456789ab/page.js").status_code == 404
    assert client.get("/static/vendor/0123456789ab/ort.wasm.min.js").status_code == 404


def test_browsers_look_for_a_new_service_worker_each_time(client):
    answer = client.get("/service_worker.js", buffered=True)
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"


def test_the_icons_have_the_sizes_that_the_manifest_says(client):
    for icon in web_manifest("en")["icons"]:
        content = client.get(f"/{icon['src']}", buffered=True)
        assert content.mimetype == icon["type"]
        if icon["type"] == "image/png":
            assert "{}x{}".format(*Image.open(io.BytesIO(content.data)).size) == icon["sizes"]
    assert {icon["purpose"] for icon in web_manifest("en")["icons"]} == {"any", "maskable"}


def test_other_sites_find_a_picture_at_its_whole_address(client):
    html = client.get("/fr", base_url="https://example.org/art").text
    address = re.search(r'property="og:image" content="([^"]+)"', html)[1]
    assert address == f"https://example.org/art/{static_folder()}/share.jpg"
    picture = Image.open(io.BytesIO(client.get(f"/{static_folder()}/share.jpg", buffered=True).data))
    assert picture.size == (1200, 630)


def test_what_the_page_knows_of_its_files_is_in_it(client):
    known = json.loads(re.search(r'id="page-data">(.*?)</script>', client.get("/en").text)[1])
    assert known["files"] == module_addresses()
