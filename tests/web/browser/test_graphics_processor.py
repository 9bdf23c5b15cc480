"""WebGPU: there is none in here, so the page is made to believe in one, and its worker paints nothing."""

from tests.web.browser.chromium import choose, painted, picture, until, visit

THERE = """
    const adapter = { info: { isFallbackAdapter: false } };
    Object.defineProperty(navigator, 'gpu', { value: { requestAdapter: async () => adapter } });
    window.workers = 0;
    window.Worker = class extends Worker { constructor(...all) { super(...all); workers += 1; } };
"""
#: Gives the photo back in place of a painting.
PAINTS = """onmessage = ({ data: { id, runtime, pixels } }) =>
    pixels && postMessage({ id, done: true, pixels, seconds: 0.1, engine: runtime.name });"""
#: The same, but fails on a graphics processor.
FAILS = """onmessage = ({ data: { id, runtime, pixels } }) => {
    const painted = { done: true, pixels, seconds: 0.1 };
    const answer = runtime.name === "webgpu" ? { problem: "broken" } : painted;
    if (pixels) postMessage({ id, engine: runtime.name, ...answer });
};"""
EVERY_CARD = "document.querySelectorAll('.artist').length === document.querySelectorAll('.artist canvas').length"


def replace_worker(page, script):
    """Run a script in the place of the page's worker."""
    page.route("**/painting_worker.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))


def binaries(page):
    """Collect the runtimes that the page fetches."""
    asked = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    return lambda: [name for name in asked if name.endswith(".wasm")]


def test_where_it_paints_the_other_runtime_is_not_fetched(browser, site):
    with visit(browser, site, before=THERE, wall=True) as page:
        replace_worker(page, PAINTS)
        fetched = binaries(page)
        choose(page, picture())
        until(page, EVERY_CARD)
        painted(page)
        assert fetched() == ["ort-wasm-simd-threaded.jspi.wasm"]
        assert page.evaluate("workers") == 2  # one for all cards, one for the painting


def test_where_it_fails_on_the_cards_the_processor_paints_them_and_the_photo(browser, site):
    with visit(browser, site, before=THERE, wall=True) as page:
        replace_worker(page, FAILS)
        fetched = binaries(page)
        choose(page, picture())
        until(page, EVERY_CARD)
        painted(page)
        assert fetched() == ["ort-wasm-simd-threaded.jspi.wasm", "ort-wasm-simd-threaded.wasm"]


def test_where_it_fails_on_the_photo_the_processor_paints_it(browser, site):
    with visit(browser, site, before=THERE) as page:
        fetched = binaries(page)
        choose(page, picture())
        painted(page)  # with the page's own worker, which finds no graphics processor
        assert fetched() == ["ort-wasm-simd-threaded.jspi.wasm", "ort-wasm-simd-threaded.wasm"]
        assert "never leaves this device" in page.locator("#painter").inner_text()
