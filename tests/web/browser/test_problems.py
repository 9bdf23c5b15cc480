"""When something is in the way: no scripts, no runtime, no server, no picture, no patience."""

import base64
import io
import os
import re
import signal

import numpy as np
import pytest
from PIL import Image

from tests.web.browser.chromium import (
    begin,
    choose,
    downloaded,
    encoded,
    in_state,
    painted,
    picture,
    until,
    upload,
    violations,
    visit,
)


@pytest.fixture
def by_server(browser, server):
    """A page in a browser that cannot paint by itself."""
    with visit(browser, server, before="Object.defineProperty(window, 'WebAssembly', { value: undefined })") as page:
        yield page


def plain(browser, server, **options):
    return visit(browser, server, java_script_enabled=False, **options)


def test_without_scripts_the_form_paints_on_the_server(browser, server):
    with plain(browser, server) as page:
        page.locator("input[name=photo]").set_input_files([upload(picture())])
        page.get_by_role("radio", name="Vincent van Gogh").check()
        page.get_by_role("slider", name="Strength").fill("0")
        assert page.get_by_role("checkbox", name="Keep the colours").is_visible()
        assert "Painted by the server" in page.locator(".notes").inner_text()
        assert not page.locator("#painter").is_visible()
        page.get_by_role("button", name="Paint").click()
        assert page.get_by_role("heading", level=1).inner_text() == "The painting"
        link = page.get_by_role("link", name="Download the painting")
        assert link.get_attribute("download") == "vangogh.jpg"
        kind, _, data = link.get_attribute("href").partition(";base64,")
        painting = Image.open(io.BytesIO(base64.b64decode(data)))
        assert (kind, painting.size) == ("data:image/jpeg", (96, 64))
        assert np.abs(np.asarray(painting, int) - np.asarray(picture(), int)).mean() < 3  # nothing of it, as was asked


def test_without_scripts_a_refused_file_is_explained_in_the_visitors_language(browser, server):
    with plain(browser, f"{server}/fr") as page:
        notes = {"name": "notes.png", "mimeType": "image/png", "buffer": b"no picture at all"}
        page.locator("input[name=photo]").set_input_files([notes])
        page.get_by_role("button", name="Peindre").click()
        assert "n'est pas une image" in page.get_by_role("alert").inner_text()
        assert page.locator("input[name=photo]").is_visible()


def test_a_file_that_is_no_picture_is_refused_in_the_page(browser, server):
    with visit(browser, server) as page:
        page.locator("#photo").set_input_files(
            [{"name": "notes.png", "mimeType": "image/png", "buffer": b"no picture at all"}]
        )
        assert "not a picture" in page.get_by_role("alert").inner_text()
        in_state(page, "empty")
        assert violations(page) == []
        choose(page, picture())
        assert not page.get_by_role("alert").is_visible()


@pytest.mark.parametrize(
    ("start", "words"),
    [(b"\0\0\0\x18ftypheic", "“most compatible”"), (b"II*\0", "Save it as JPEG or PNG"), (b"MM\0*", "TIFF")],
)
def test_a_kind_of_picture_that_browsers_cannot_read_is_named_with_what_to_do(browser, server, start, words):
    with visit(browser, server) as page:
        photo = {"name": "a", "mimeType": "image/heic", "buffer": start + bytes(100)}
        page.locator("#photo").set_input_files([photo])
        assert words in page.get_by_role("alert").inner_text()


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_an_animation_is_named_and_its_first_frame_is_painted(browser, server, kind):
    frames, buffer = [picture(60, 40, seed) for seed in range(2)], io.BytesIO()
    frames[0].save(buffer, kind, save_all=True, append_images=frames[1:], loop=0)
    with visit(browser, server) as page:
        photo = {"name": "a", "mimeType": f"image/{kind.lower()}", "buffer": buffer.getvalue()}
        page.locator("#photo").set_input_files([photo])
        in_state(page, "ready")
        assert "first frame" in page.locator("#note").inner_text()
        choose_again(page, picture())
        assert not page.locator("#note").is_visible()


def test_cancelling_brings_the_photo_back_and_it_can_be_painted_again(browser, server):
    with visit(browser, server) as page:
        choose(page, picture(1000, 800))
        begin(page)
        until(page, "document.getElementById('status').textContent.startsWith('Painting')")
        page.get_by_role("button", name="Cancel").click()
        in_state(page, "ready")
        assert page.locator("#said").inner_text() == "Cancelled. Nothing was painted."
        choose_again(page, picture())
        painted(page)


def choose_again(page, image):
    page.locator("#photo").set_input_files([upload(image)])
    until(page, "document.getElementById('original').width === 96")


def test_a_browser_that_cannot_paint_lets_the_server_and_says_so(by_server):
    page = by_server
    assert "Painted by the server" in page.locator("#painter").inner_text()
    assert "lacks what it takes" in page.locator("#painter").inner_text()
    choose(page, picture())
    painted(page)
    name, painting = downloaded(page)
    assert (name, painting.size) == ("holiday-monet.png", (96, 64))


def test_what_only_the_browser_can_read_goes_to_the_server_as_a_jpeg(by_server):
    page = by_server
    page.evaluate(
        """() => {
            const append = FormData.prototype.append;
            FormData.prototype.append = function (name, value, ...more) {
                if (name === "photo") window.sent = value.type;
                return append.call(this, name, value, ...more);
            };
        }"""
    )
    photo = {"name": "a.heic", "mimeType": "image/heic", "buffer": encoded(picture())}
    page.locator("#photo").set_input_files([photo])
    in_state(page, "ready")
    painted(page)
    assert page.evaluate("sent") == "image/jpeg"
    assert downloaded(page)[1].size == (96, 64)


def test_a_server_that_is_down_is_told_and_the_page_recovers(by_server):
    page = by_server
    choose(page, picture())
    page.context.set_offline(True)
    begin(page)
    assert "cannot be reached" in page.get_by_role("alert").inner_text()
    page.context.set_offline(False)
    painted(page, button="Try again")


def test_a_server_that_is_busy_says_for_how_long(by_server):
    page = by_server
    busy = '{"title": "Service Unavailable", "status": 503, "detail": "…", "code": "busy"}'
    page.route(
        "**/api/v1/paintings",
        lambda route: route.fulfill(
            status=503, headers={"Retry-After": "7"}, body=busy, content_type="application/problem+json"
        ),
    )
    choose(page, picture())
    begin(page)
    assert page.get_by_role("alert").inner_text() == "Too many people are painting just now. Try again in 7 s."


def test_a_painter_that_is_killed_in_the_middle_costs_nothing_but_time(by_server, application):
    page, supervisor = by_server, application.extensions["copyart"]
    painter = supervisor.worker_pid
    choose(page, picture(1600, 1200))
    with page.expect_response(lambda answer: answer.url.endswith("/progress") and answer.ok):
        begin(page)
    os.kill(painter, signal.SIGKILL)
    in_state(page, "painted")
    assert supervisor.worker_pid != painter
    assert downloaded(page)[1].size == (1600, 1200)


def test_cancelling_on_the_server_frees_its_place(by_server):
    page = by_server
    asked = []
    page.on("request", lambda request: asked.append((request.method, request.url)))
    choose(page, picture(1600, 1200))
    begin(page)
    page.get_by_role("button", name="Cancel").click()
    in_state(page, "ready")
    page.wait_for_timeout(200)
    assert any(method == "DELETE" and re.search(r"/api/v1/paintings/[0-9a-f]{32}$", url) for method, url in asked)


def test_an_artist_that_cannot_be_fetched_is_told_and_the_server_is_offered_not_taken(browser, server):
    with visit(browser, server) as page:
        page.route("**/models/*", lambda route: route.abort())
        choose(page, picture())
        begin(page)
        assert "could not be fetched" in page.get_by_role("alert").inner_text()
        painted(page, button="Send it to the server instead")
        assert "Painted by the server" in page.locator("#painter").inner_text()


def test_a_large_photo_is_painted_smaller_and_the_server_is_offered_for_all_of_it(browser, server):
    with visit(browser, server) as page:
        page.evaluate("Object.defineProperty(navigator, 'deviceMemory', { value: 0.5 })")
        choose(page, picture(800, 600), name="large.jpg", format="JPEG")
        painted(page)
        assert "of 800 × 600 pixels" in page.locator("#note").inner_text()
        _, smaller = downloaded(page)
        assert 390_000 < smaller.width * smaller.height <= 400_000
        painted(page, button="Send it to the server, which paints 800 × 600 pixels")
        until(page, "document.getElementById('painting').width === 800")
        name, painting = downloaded(page)
        assert (name, painting.size) == ("large-monet.jpg", (800, 600))


def test_a_photo_turned_by_its_camera_stands_upright(browser, server):
    image = picture(60, 40)
    image.getexif()[0x0112] = 6
    with visit(browser, server) as page:
        choose(page, image, name="turned.jpg", format="JPEG")
        assert page.locator("#original").get_attribute("aria-label") == "Your photo, 40 by 60 pixels"
