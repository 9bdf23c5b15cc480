"""Visitors who do not wait, and things that fail halfway: nothing is mixed up, and nothing that was there is lost."""

import base64

from tests.web.browser.chromium import (
    WATCHED,
    begin,
    choose,
    downloaded,
    encoded,
    in_state,
    painted,
    picture,
    until,
    violations,
    visit,
)

#: In place of the worker: it paints nothing, and gives the photo back after some milliseconds.
NO_PAINTER = """
    onmessage = ({ data: { id, pixels } }) =>
        setTimeout(() => pixels && postMessage({ id, done: true, pixels, seconds: 0.1, engine: "wasm" }), %d);
"""
SLOW_TO_READ = """() => {
    const read = window.createImageBitmap;
    window.createImageBitmap = async (file, options) => {
        const bitmap = await read(file, options);
        if (bitmap.width === 300) await new Promise((resolve) => { window.goOn = resolve; });
        return bitmap;
    };
}"""


def without_painter(page, milliseconds=0):
    """Let photos be given back in place of paintings."""
    headers = {"Content-Type": "text/javascript", "Cross-Origin-Embedder-Policy": "require-corp"}
    page.route("**/painting_worker.js", lambda route: route.fulfill(body=NO_PAINTER % milliseconds, headers=headers))


def paste(page, image):
    """Paste a photo, and do not wait for anything."""
    page.evaluate(
        """(data) => {
            const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt());
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], "given.png", { type: "image/png" }));
            document.body.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, clipboardData: transfer }));
        }""",
        base64.b64encode(encoded(image)).decode(),
    )


def test_of_two_photos_the_one_that_came_last_stays(browser, server):
    with visit(browser, server) as page:
        page.evaluate(SLOW_TO_READ)
        paste(page, picture(300, 200))
        until(page, "Boolean(window.goOn)")
        paste(page, picture(40, 30))
        in_state(page, "ready")
        page.evaluate("goOn()")
        page.wait_for_timeout(100)
        assert page.locator("#original").get_attribute("aria-label") == "Your photo, 40 by 30 pixels"


def test_what_is_painted_while_another_photo_is_read_does_not_become_its_painting(browser, server):
    with visit(browser, server) as page:
        without_painter(page, 300)
        choose(page, picture())
        page.evaluate(SLOW_TO_READ)
        paste(page, picture(300, 200))
        until(page, "Boolean(window.goOn)")
        page.evaluate("() => { document.querySelector('.artist input').click(); goOn(); }")
        until(page, "document.getElementById('original').width === 300")
        page.wait_for_timeout(500)
        in_state(page, "ready")
        assert page.locator("#original").get_attribute("aria-label") == "Your photo, 300 by 200 pixels"
        assert not page.locator("#split").is_visible()


def test_another_card_that_is_clicked_while_it_paints_takes_over(browser, server):
    with visit(browser, server) as page:
        choose(page, picture(1000, 800))
        begin(page)
        in_state(page, "painting")
        assert page.locator("#style-caption").inner_text().lower() == "in the style of claude monet"
        assert violations(page) == []
        painted(page, "Vincent van Gogh")
        assert page.locator("#style-caption").inner_text().lower() == "in the style of vincent van gogh"
        assert downloaded(page)[0] == "holiday-vangogh.png"


def test_cancelling_brings_back_the_painting_that_hung_before(browser, server):
    with visit(browser, server) as page:
        without_painter(page)
        choose(page, picture())
        painted(page, "Vincent van Gogh")
        page.evaluate("Worker.prototype.postMessage = () => {}")  # the next painting never comes
        begin(page)
        page.get_by_role("button", name="Cancel").click()
        in_state(page, "painted")
        assert page.locator("#style-caption").inner_text().lower() == "in the style of vincent van gogh"
        assert page.get_by_role("radio", name="Vincent van Gogh").is_checked()


def test_a_painting_is_still_there_when_the_server_does_not_paint_it_in_full_size(browser, server):
    with visit(browser, server) as page:
        without_painter(page)
        page.evaluate("Object.defineProperty(navigator, 'deviceMemory', { value: 0.5 })")
        choose(page, picture(800, 600))
        painted(page)
        page.route("**/api/v1/paintings", lambda route: route.abort())
        page.get_by_role("button", name="Send it to the server, which paints 800 × 600 pixels").click()
        assert "cannot be reached" in page.get_by_role("alert").inner_text()
        in_state(page, "painted")
        assert page.get_by_role("button", name="Send it to the server, which paints 800 × 600 pixels").is_visible()
        assert downloaded(page)[1].width < 800


def test_a_photo_that_comes_while_the_painting_is_unveiled_is_seen_whole(browser, server):
    with visit(browser, server, reduced_motion="no-preference") as page:
        without_painter(page)
        choose(page, picture())
        painted(page)
        paste(page, picture(50, 20))
        until(page, "document.getElementById('original').width === 50")
        page.wait_for_timeout(200)
        assert page.locator("#split").input_value() == "100"


def test_a_camera_that_is_asked_for_twice_is_opened_once_and_closed(browser, server):
    with visit(browser, server, before=WATCHED) as page:
        page.evaluate("() => { const button = document.getElementById('camera'); button.click(); button.click(); }")
        until(page, "document.querySelector('#viewfinder video').videoWidth > 0")
        page.get_by_role("button", name="Close").click()
        until(page, "tracks.every((track) => track.readyState === 'ended')")
        assert page.evaluate("tracks.length") == 1


def test_a_painter_whose_script_cannot_be_fetched_is_told_as_that(browser, server):
    with visit(browser, server) as page:
        page.route("**/painting_worker.js", lambda route: route.abort())
        choose(page, picture())
        begin(page)
        assert "could not be fetched" in page.get_by_role("alert").inner_text()
        page.unroute("**/painting_worker.js")
        without_painter(page)
        painted(page, button="Try again")


def test_a_style_that_only_the_server_can_paint_leaves_the_others_to_the_browser(browser, server):
    def without_van_gogh(route):
        answer = route.fetch()
        rows = answer.text().split('"weights":{"address":"models/vangogh')
        assert len(rows) == 2
        route.fulfill(response=answer, body=f'{rows[0]}"weights": null, "was": {{"address":"models/vangogh{rows[1]}')

    with visit(browser, f"{server}/en") as page:
        without_painter(page)
        page.route("**/en", without_van_gogh)
        page.reload()
        page.wait_for_selector("[data-awake]", state="attached")
        painter = page.locator("#painter")
        assert "never leaves this device" in painter.inner_text()
        page.get_by_role("radio", name="Vincent van Gogh").check()
        assert "Only the server paints in this style" in painter.inner_text()
        choose(page, picture())
        painted(page, "Vincent van Gogh")
        assert "Painted by the server" in painter.inner_text()
        painted(page)
        assert "never leaves this device" in painter.inner_text()


def test_a_browser_that_does_not_let_pages_read_pictures_gets_the_plain_form(browser, server):
    blank = "CanvasRenderingContext2D.prototype.getImageData = (x, y, width, height) => new ImageData(width, height)"
    with visit(browser, server, before=blank) as page:
        assert "does not let pages read pictures back" in page.locator("#painter").inner_text()
        assert violations(page) == []
        page.locator("input[name=photo]").set_input_files(
            [{"name": "a.png", "mimeType": "image/png", "buffer": encoded(picture())}]
        )
        page.get_by_role("button", name="Paint", exact=True).click()
        assert page.get_by_role("heading", level=1).inner_text() == "The painting"


def test_the_worker_goes_on_with_the_next_card_without_a_new_start(browser, site):
    counting = """
        window.started = 0;
        window.Worker = class extends Worker { constructor(...all) { super(...all); started += 1; } };
    """
    with visit(browser, site, before=counting) as page:
        fetched = []
        page.on("request", lambda request: fetched.append(request.url.rpartition("/")[2]))
        choose(page, picture(900, 700))
        begin(page)
        until(page, "document.getElementById('progress').value > 0.05")
        begin(page, "Vincent van Gogh")
        page.get_by_role("button", name="Cancel").click()
        painted(page, "Paul Cezanne")
        assert page.evaluate("started") == 1
        assert len([name for name in fetched if name.endswith(".wasm")]) == 1
        assert downloaded(page)[0] == "holiday-cezanne.png"
