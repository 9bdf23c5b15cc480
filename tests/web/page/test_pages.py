"""What the page's routes answer; how it looks and works is tested in a browser, in tests/web/browser."""

import gzip
import io
import json
import re

import pytest
from PIL import Image

from copyart.web.page import pages
from copyart.web.page.translations import TRANSLATIONS
from copyart.web.style_registry import open_registry


def known(html):
    return json.loads(re.search(r'<script type="application/json" id="page-data">(.*?)</script>', html)[1])


def photo():
    buffer = io.BytesIO()
    Image.new("RGB", (20, 12), "teal").save(buffer, "PNG")
    return io.BytesIO(buffer.getvalue()), "photo.png"


@pytest.mark.parametrize(
    ("asked", "language"), [("fr-CH, fr;q=0.9, en;q=0.8", "fr"), ("de, en;q=0.5, fr;q=0.4", "en"), ("ja", "en")]
)
def test_the_front_page_is_in_the_language_that_is_asked_for(client, asked, language):
    answer = client.get("/", headers={"Accept-Language": asked})
    assert f'<html lang="{language}">' in answer.text
    assert TRANSLATIONS[language]["headline"] in answer.text
    assert "Accept-Language" in answer.headers["Vary"]


def test_the_page_knows_every_artist_and_where_its_model_lies(client):
    styles = known(client.get("/en").text)["styles"]
    assert [style["slug"] for style in styles] == list(open_registry())
    for style in styles:
        for file in (style["weights"], style["generator"]):
            answer = client.get(f"/{file['address']}")
            assert (answer.status_code, len(answer.data)) == (200, file["bytes"])
            assert "max-age=31536000" in answer.headers["Cache-Control"]
        assert Image.open(io.BytesIO(client.get(f"/previews/{style['slug']}.jpg").data)).format == "JPEG"


def test_what_was_fetched_once_is_not_sent_again(client):
    first = client.get("/previews/monet.jpg")
    again = client.get("/previews/monet.jpg", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "address",
    ["/models/monet-0.bin", "/previews/kahlo.jpg", "/de", "/static/../pages.py", "/static/vendor/VERSION"],
)
def test_there_is_nothing_at_other_addresses(client, address):
    assert client.get(address).status_code == 404


def test_modules_and_webassembly_are_called_what_browsers_insist_on(client):
    kinds = {"page.js": "text/javascript", "vendor/ort.wasm.min.js": "text/javascript"}
    kinds["vendor/ort-wasm-simd-threaded.wasm"] = "application/wasm"
    for name, kind in kinds.items():
        assert client.get(f"/static/{name}", buffered=True).mimetype == kind


def test_webassembly_is_sent_packed_to_browsers_that_take_it(client):
    address = "/static/vendor/ort-wasm-simd-threaded.wasm"
    whole = client.get(address, buffered=True)
    packed = client.get(address, headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(whole.data) / 2
    assert gzip.decompress(packed.data) == whole.data
    assert packed.mimetype == whole.mimetype == "application/wasm"
    assert "Content-Encoding" not in whole.headers


def test_without_the_runtime_the_page_says_that_the_server_paints(client, monkeypatch):
    monkeypatch.setattr(pages, "installed_runtimes", dict)
    html = client.get("/en").text
    assert known(html)["runtimes"] == {}
    assert TRANSLATIONS["en"]["on_server"] in re.search(r'id="painter">(.*?)</p>', html)[1]


def test_a_form_is_painted_into_the_page_that_comes_back(client):
    answer = client.post("/paint?language=fr", data={"photo": photo(), "artist": "monet"})
    assert answer.status_code == 200
    assert TRANSLATIONS["fr"]["result_title"] in answer.text
    assert 'download="monet.jpg"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("query", "page"), [("?language=fr", "fr"), ("?language=//other.example", "en"), ("", "en")])
def test_the_address_of_a_painting_leads_back_to_the_form(client, query, page):
    answer = client.get(f"/paint{query}")
    assert (answer.status_code, answer.headers["Location"]) == (302, page)


def test_a_form_without_a_photo_is_explained_with_its_status(client):
    answer = client.post("/paint?language=fr", data={"artist": "monet"}, content_type="multipart/form-data")
    assert answer.status_code == 400
    assert TRANSLATIONS["fr"]["problem_bad-request"].replace("'", "&#39;") in answer.text


def test_no_words_from_outside_become_part_of_the_page(client):
    answer = client.post("/paint?language=<b>", data={"photo": photo(), "artist": "<script>alert(1)</script>"})
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text
    assert "<b>" not in answer.text


def test_what_the_page_knows_cannot_end_its_element(client, monkeypatch):
    monkeypatch.setitem(TRANSLATIONS["en"], "title", "</script><script>alert(1)</script>")
    html = client.get("/en").text
    assert "<script>alert" not in html
    assert known(html)["words"]["title"] == "</script><script>alert(1)</script>"


def test_the_page_can_be_put_on_a_home_screen(client):
    answer = client.get("/app.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    icon = answer.get_json(force=True)["icons"][0]
    assert client.get(f"/{icon['src']}", buffered=True).mimetype == "image/svg+xml"
