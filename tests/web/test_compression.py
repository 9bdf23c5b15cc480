"""Text is compressed for browsers that take it, and the same after that."""

import gzip
import re

import pytest


@pytest.mark.parametrize("address", ["/en", "/static/page.js", "/static/page.css", "/static/vendor/ort.wasm.min.js"])
def test_text_is_compressed_for_browsers_that_take_it(client, address):
    whole = client.get(address, buffered=True)
    packed = client.get(address, headers={"Accept-Encoding": "gzip, br"}, buffered=True)
    assert "Content-Encoding" not in whole.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == whole.data
    assert len(packed.data) == int(packed.headers["Content-Length"]) < len(whole.data) / 2
    assert "Accept-Encoding" in whole.headers["Vary"]


@pytest.mark.parametrize("address", ["/previews/monet.jpg", "/api/v1/artists", "/healthz"])
def test_pictures_and_the_rest_api_are_left_as_they_are(client, address):
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


def test_a_compressed_script_that_a_browser_has_is_not_sent_again(client):
    asked = {"Accept-Encoding": "gzip"}
    first = client.get("/static/page.js", headers=asked, buffered=True)
    again = client.get("/static/page.js", headers={**asked, "If-None-Match": first.headers["ETag"]}, buffered=True)
    assert (again.status_code, again.data) == (304, b"")


def test_models_are_compressed_too(client):
    page = client.get("/en", buffered=True).get_data(as_text=True)
    address = f"/models/{re.search(r'monet-[0-9a-f]+[.]bin', page)[0]}"
    whole = client.get(address, buffered=True)
    packed = client.get(address, headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert gzip.decompress(packed.data) == whole.data
    assert int(packed.headers["Content-Length"]) < 0.95 * len(whole.data)
