"""The live camera: a film stands before Chromium's camera, and is painted while one looks."""

import base64
import io

import av
import numpy as np
import pytest
from PIL import Image

from copyart.painting.loading import load
from tests.web.browser.chromium import CAMERA_SIZE, WATCHED, downloaded, in_state, until, violations, visit

WIDTH, HEIGHT = CAMERA_SIZE
#: Opens a page as most visitors do; the other tests' pages ask for less motion.
MOVING = {"reduced_motion": "no-preference"}


@pytest.fixture
def page(browser, site):
    """The page of a static site, with the live camera open and painting."""
    with visit(browser, site, before=WATCHED, **MOVING) as opened:
        live(opened)
        yield opened


def live(page, name="Live camera"):
    """Open the live camera and wait until it has a pace."""
    page.get_by_role("button", name=name).click()
    until(page, "/\\d.*\\d × \\d/.test(document.querySelector('#live-pace').textContent)")


def shown(page):
    """Return the canvas of the live camera as an array."""
    address = page.evaluate("document.querySelector('#live-painting').toDataURL()")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))).convert("RGB"), int)


def another_painting(page):
    """Wait until the canvas shows another painting."""
    before = page.evaluate("document.querySelector('#live-painting').toDataURL()")
    until(page, "before => document.querySelector('#live-painting').toDataURL() !== before", before)


def released(page):
    until(page, "tracks.length === 1 && tracks[0].readyState === 'ended'")
    assert not page.locator("#live").is_visible()


def test_it_paints_what_the_camera_sees_again_and_again(page):
    first = shown(page)
    assert first.shape == (HEIGHT, WIDTH, 3)
    assert first.std() > 10
    another_painting(page)
    assert page.get_by_role("img", name="What the camera sees, painted in the style of William Turner").is_visible()
    assert "Nothing leaves this device" in page.locator("#live-pace").inner_text()


def test_styles_are_chosen_and_mixed_while_it_runs_and_nothing_is_sent(page, site):
    asked = []
    page.on("request", lambda request: asked.append((request.method, request.url)))
    page.locator("#live").get_by_label("Painter", exact=True).select_option("Claude Monet")
    page.locator("#live").get_by_label("Mixed with").select_option("Vincent van Gogh")
    label = "painted in the style of Claude Monet and Vincent van Gogh"
    assert page.get_by_role("img", name=label).is_visible()
    while len(asked) < 2:
        page.wait_for_timeout(50)
    page.locator("#live").get_by_label("Painter", exact=True).select_option(
        "Vincent van Gogh"
    )  # nobody is mixed with himself
    assert page.locator("#live").get_by_label("Mixed with").input_value() == ""
    assert not page.locator("#live").get_by_role("slider", name="How much of the second").is_visible()
    assert [method for method, _ in asked] == ["GET", "GET"]
    assert {url.removeprefix(f"{site}/models/").partition("-")[0] for _, url in asked} == {"monet", "vangogh"}


def test_a_still_is_painted_as_copyart_paints_it_and_the_camera_is_released(page):
    page.locator("#live").get_by_label("Painter", exact=True).select_option("Claude Monet")
    page.locator("#live").get_by_label("Mixed with").select_option("Vincent van Gogh")
    page.locator("#live").get_by_role("slider", name="How much of the second").fill("0.3")
    page.get_by_role("button", name="Take it").click()
    released(page)
    in_state(page, "painted")
    name, painting = downloaded(page)
    page.get_by_role("slider", name="Strength").fill("0")
    page.wait_for_timeout(100)
    _, photo = downloaded(page)
    assert name == "photo-monet-vangogh.jpg"
    assert photo.size == (WIDTH, HEIGHT)
    wanted = np.asarray(load({"monet": 0.7, "vangogh": 0.3}).paint(photo), int)
    assert np.abs(np.asarray(painting, int) - wanted).mean() < 2  # both have been a JPEG
    assert np.abs(np.asarray(load("monet").paint(photo), int) - wanted).mean() > 4


def test_a_film_is_recorded_and_saved(page, tmp_path):
    page.get_by_role("button", name="Record").click()
    assert page.get_by_text("Recording.", exact=True).get_attribute("role") == "status"
    page.wait_for_timeout(1500)
    with page.expect_download() as download:
        page.get_by_role("button", name="Stop and save").click()
    assert download.value.suggested_filename == "copyart-turner.webm"
    download.value.save_as(tmp_path / "film.webm")
    with av.open(str(tmp_path / "film.webm")) as film:
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
        assert not film.streams.audio
        assert 1.4 < film.duration / av.time_base < 20  # players show it, and can seek
    assert len(frames) >= 2
    assert frames[-1].shape == (HEIGHT, WIDTH, 3)
    assert frames[-1].std() > 10
    assert page.get_by_role("button", name="Record").is_visible()


def test_a_film_that_is_recorded_while_one_closes_is_saved(page):
    page.get_by_role("button", name="Record").click()
    page.wait_for_timeout(700)
    with page.expect_download() as download:
        page.keyboard.press("Escape")
    assert download.value.suggested_filename == "copyart-turner.webm"
    released(page)


def test_closing_releases_the_camera_and_it_can_be_opened_again(page):
    page.get_by_role("button", name="Close").click()
    released(page)
    assert page.evaluate("document.activeElement.id") == "live-open"
    live(page)


def test_a_camera_that_is_unplugged_is_told(page):
    page.evaluate("tracks[0].dispatchEvent(new Event('ended'))")
    assert page.get_by_role("alert").inner_text() == "The camera has stopped."
    released(page)


def test_a_style_that_cannot_be_fetched_is_told_and_another_goes_on(page):
    page.route("**/models/monet-*", lambda route: route.abort())
    page.locator("#live").get_by_label("Painter", exact=True).select_option("Claude Monet")
    assert "could not be fetched" in page.get_by_role("alert").inner_text()
    page.locator("#live").get_by_label("Painter", exact=True).select_option("Vincent van Gogh")
    page.get_by_role("alert").wait_for(state="hidden")
    another_painting(page)


def test_it_works_with_the_keyboard_alone_and_is_in_nobodys_way(page):
    assert page.evaluate("document.activeElement.id") == "live-first"
    assert violations(page) == []
    page.keyboard.press("Tab")
    page.keyboard.type("Vincent")
    assert page.locator("#live").get_by_label("Mixed with").input_value() == "vangogh"
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert page.locator("#live").get_by_role("slider", name="How much").get_attribute("aria-valuetext") == "55 %"
    assert violations(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    released(page)
    in_state(page, "painted")


def test_it_speaks_french(browser, site):
    with visit(browser, f"{site}/fr.html", **MOVING) as page:
        live(page, "Caméra en direct")
        assert "Rien ne quitte cet appareil" in page.locator("#live-pace").inner_text()
        assert page.get_by_role("button", name="Photographier et peindre en grand").is_visible()
        assert page.locator("#live").get_by_label("Mêlé à").is_visible()


def test_it_is_not_offered_to_who_asks_for_less_motion(browser, site):
    with visit(browser, site) as page:
        page.wait_for_timeout(300)
        assert not page.get_by_role("button", name="Live camera").is_visible()
        page.emulate_media(reduced_motion="no-preference")
        page.get_by_role("button", name="Live camera").wait_for()


def test_it_is_offered_when_a_camera_is_plugged_in(browser, site):
    none = "navigator.mediaDevices.enumerateDevices = async () => window.cameras ?? [];"
    with visit(browser, site, before=none, **MOVING) as page:
        page.wait_for_timeout(300)
        assert not page.get_by_role("button", name="Live camera").is_visible()
        page.evaluate("""() => {
            window.cameras = [{ kind: 'videoinput' }];
            navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
        }""")
        page.get_by_role("button", name="Live camera").wait_for()


def test_a_camera_that_is_not_allowed_is_told(browser, site):
    refused = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));"
    with visit(browser, site, before=refused, **MOVING) as page:
        page.get_by_role("button", name="Live camera").click()
        assert "camera cannot be used" in page.get_by_role("alert").inner_text()


def test_the_server_offers_it_too_while_it_may_be_where_the_browser_paints(browser, server):
    with visit(browser, server, **MOVING) as page:
        live(page)


#: A worker that paints black by a slow graphics processor, and white without one.
SLOW_GRAPHICS = """onmessage = ({ data: { id, runtime, width, height } }) => {
    const graphics = runtime.name === "webgpu";
    const pixels = new Uint8ClampedArray(4 * width * height).fill(graphics ? 0 : 255);
    for (let at = 3; at < pixels.length; at += 4) pixels[at] = 255;
    const answer = { id, done: true, pixels, seconds: 0.3, engine: graphics ? "webgpu" : "wasm" };
    setTimeout(() => postMessage(answer), graphics ? 300 : 10);
};"""


def test_a_graphics_processor_that_is_too_slow_is_left_alone(browser, site):
    gpu = "{ requestAdapter: async () => ({ info: { isFallbackAdapter: false } }) }"
    there = f"Object.defineProperty(navigator, 'gpu', {{ value: {gpu} }})"
    with visit(browser, site, before=there, **MOVING) as page:
        page.route(
            "**/painting_worker.js", lambda route: route.fulfill(body=SLOW_GRAPHICS, content_type="text/javascript")
        )
        live(page)
        assert shown(page).max() == 0
        until(
            page, "document.querySelector('#live-painting').getContext('2d').getImageData(0, 0, 1, 1).data[0] === 255"
        )


@pytest.mark.parametrize(
    ("cost", "least", "most"), [(1e-7, 300_000, 307_200), (4e-6, 25_000, 40_000), (1e-3, 6_000, 7_000)]
)
def test_the_size_keeps_the_pace(browser, site, cost, least, most):
    script = """async (cost) => {
        const { src } = document.querySelector('script[type=module]');
        const { FrameSize } = await import(new URL('live_frame_size.js', src));
        const size = new FrameSize();
        for (let frame = 0; frame < 30; frame++) size.frameTook(cost * size.pixels * (0.9 + 0.2 * (frame % 2)));
        return size.pixels;
    }"""
    with visit(browser, site) as page:
        assert least <= page.evaluate(script, cost) <= most


def test_what_stands_still_stays_as_it_was_painted_and_what_changes_does_not(browser, site):
    script = """async () => {
        const { src } = document.querySelector('script[type=module]');
        const { FlickerFilter } = await import(new URL('live_flicker_filter.js', src));
        const filled = (level) => new ImageData(new Uint8ClampedArray(64).fill(level), 4, 4);
        const filter = new FlickerFilter();
        const painted = (photo, painting) => {
            const result = filled(painting);
            filter.apply(filled(photo), result);
            return result.data[0];
        };
        const levels = [painted(100, 50), painted(100, 150), painted(180, 200)];
        filter.reset();
        return [...levels, painted(180, 100)];
    }"""
    with visit(browser, site) as page:
        assert page.evaluate(script) == [50, 70, 200, 100]
