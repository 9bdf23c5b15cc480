"""Without a network the page paints with the styles that were used before."""

import pytest

from copyart.web.app import create_app
from copyart.web.settings import Settings
from copyart.web.site import write_site
from tests.web.browser.chromium import begin, choose, downloaded, in_state, painted, picture, plain_host, until, visit
from tests.web.serving import serving

#: How many files the page has for the time without a network.
KEPT = "async () => (await (await caches.open('copyart')).keys()).map(({ url }) => url)"


def awake(page):
    page.wait_for_selector("[data-awake]", state="attached")


def kept(page, *parts):
    """Wait until files whose addresses have these parts are kept."""
    there = f"async (part) => (await ({KEPT})()).some((url) => url.includes(part))"
    for part in parts:
        until(page, there, part)


def use_online(page):
    """Paint in one style, so that all it takes is kept."""
    choose(page, picture())
    painted(page)
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    kept(page, "/models/monet-", "/models/generator-", "threaded.wasm", "/painting_worker.js", "/large_strokes.js")


def paints_offline(page):
    """Reload without a network, paint in the style that was used, and in one that was not."""
    page.reload()
    awake(page)
    in_state(page, "ready")  # the photo is there again
    painted(page)
    assert downloaded(page)[1].size == picture().size
    begin(page, "Katsushika Hokusai")
    page.get_by_text("This artist could not be fetched").wait_for()
    painted(page)  # one style that cannot be fetched does not break another


@pytest.fixture
def options():
    return {"service_workers": "allow"}


def test_the_servers_page_paints_without_a_network(browser, options):
    with serving(create_app(Settings(paintings_a_minute=0)), port=0) as url:
        opened = visit(browser, url, **options)
        page = opened.__enter__()
        use_online(page)
    paints_offline(page)  # the server is gone
    page.get_by_role("link", name="Français").click()
    awake(page)
    assert page.locator("html").get_attribute("lang") == "fr"
    opened.__exit__(None, None, None)


def test_a_static_site_in_a_folder_paints_without_a_network(browser, options, tmp_path):
    write_site(tmp_path / "deep" / "public")
    with plain_host(tmp_path) as url:
        opened = visit(browser, f"{url}/deep/public/", **options)
        page = opened.__enter__()
        use_online(page)
        assert all("/deep/public/" in address for address in page.evaluate(KEPT))
    paints_offline(page)
    opened.__exit__(None, None, None)


def test_files_of_an_earlier_version_are_forgotten(browser, server, options):
    with visit(browser, server, **options) as page:
        page.evaluate(
            """async () => {
                const cache = await caches.open("copyart");
                for (const old of ["static/0123456789ab/page.js", "models/monet-0.bin"]) {
                    await cache.put(new URL(old, document.baseURI), new Response("old"));
                }
            }"""
        )
        choose(page, picture())
        kept(page, "/painting_worker.js")
        urls = page.evaluate(KEPT)
        assert not [url for url in urls if "0123456789ab" in url or "monet-0" in url]


def test_nothing_is_kept_before_a_photo_is_chosen(browser, server, options):
    with visit(browser, server, **options) as page:
        page.wait_for_timeout(500)
        assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0


def test_a_browser_without_service_workers_paints_all_the_same(browser, server):
    without = "Object.defineProperty(navigator, 'serviceWorker', { value: undefined })"
    with visit(browser, server, before=without) as page:
        choose(page, picture())
        painted(page)
