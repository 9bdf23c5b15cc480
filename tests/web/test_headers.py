"""Every response has security headers, and requests from other sites' pages are refused."""

import re

import pytest

ADDRESSES = ["/", "/api/v1/artists", "/api/v1/artists/monet/preview.jpg", "/api/v1/nothing", "/healthz", "/metrics"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_is_guarded(client, address):
    headers = client.get(address).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert policy["style-src"] == policy["form-action"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers
    assert "Strict-Transport-Security" not in headers


def test_parts_of_the_page_have_no_headers_that_are_for_pages(client):
    page = client.get("/en").text
    folder = re.search(r'"(static/[0-9a-f]{12})/page\.css"', page)[1]
    parts = [f"/{folder}/page.css", f"/{folder}/page.js", "/previews/monet.jpg", "/samples/photo-03.jpg"]
    for address in parts:
        headers = client.get(address, buffered=True).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Content-Security-Policy" not in headers
    workers = [f"/{folder}/painting_worker.js", "/service_worker.js", "/previews/nobody.jpg"]
    for address in workers:
        assert "Content-Security-Policy" in client.get(address, buffered=True).headers


def test_https_is_asked_for_where_it_is_spoken(client):
    assert "Strict-Transport-Security" in client.get("/healthz", base_url="https://localhost").headers


def test_only_what_never_changes_may_be_kept(client):
    assert client.get("/api/v1/artists").headers["Cache-Control"] == "no-store"
    assert client.post("/api/v1/paintings").headers["Cache-Control"] == "no-store"
    assert client.get("/api/v1/artists/monet/preview.jpg").headers["Cache-Control"] == "public, max-age=86400"


@pytest.mark.parametrize(("site", "refused"), [("cross-site", True), ("same-site", True), ("same-origin", False)])
def test_other_sites_pages_cannot_have_anything_painted(client, site, refused):
    response = client.post("/api/v1/paintings", headers={"Sec-Fetch-Site": site})
    assert (response.json["code"] == "forbidden") == refused


def test_nothing_is_debugged(app):
    assert not app.debug
    assert not app.testing
