"""The page behind a proxy that serves it under a prefix: all it asks for lies below the prefix."""

import contextlib
import http.client
import http.server

import pytest

from copyart.web.app import create_app
from copyart.web.settings import Settings
from tests.web.browser.chromium import choose, downloaded, hosting, in_state, painted, picture, until, visit
from tests.web.serving import serving

PREFIX = "/pictures/copyart"
#: Headers that belong to one connection, and those that the answer gets anew.
_OWN = {"connection", "keep-alive", "transfer-encoding", "date", "server", "host"}


@contextlib.contextmanager
def proxied(server):
    """Serve a server under the prefix, as nginx does with `location /pictures/copyart/`; yields the address."""
    host = server.removeprefix("http://")

    class Proxy(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if not self.path.startswith(f"{PREFIX}/"):
                self.send_error(404)
                return
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _OWN}
            headers.update({"X-Forwarded-Prefix": PREFIX, "X-Forwarded-Host": self.headers["Host"]})
            with contextlib.closing(http.client.HTTPConnection(host, timeout=120)) as connection:
                connection.request(self.command, self.path.removeprefix(PREFIX), body, headers)
                answer = connection.getresponse()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in _OWN:
                        self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.read())

        def do_POST(self):
            self.do_GET()

        def do_DELETE(self):
            self.do_GET()

        def log_message(self, *arguments):
            pass

    with hosting(Proxy) as address:
        yield address


@pytest.fixture
def behind():
    """The address of the proxy."""
    application = create_app(Settings(paintings_a_minute=0))
    with serving(application, port=0, trusted_proxy="127.0.0.1") as server, proxied(server) as address:
        yield address


def requests_of(page):
    """Collect the addresses that the page asks for."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


def test_cards_painting_gallery_sharing_and_the_service_worker_stay_below_the_prefix(browser, behind):
    shares = """
        window.shared = [];
        navigator.canShare = () => true;
        navigator.share = async ({ files }) => { shared.push(files[0].name); };
    """
    with visit(browser, f"{behind}{PREFIX}/", before=shares, wall=True, service_workers="allow") as page:
        asked = requests_of(page)
        choose(page, picture())
        until(page, "document.querySelectorAll('.artist canvas').length > 0")
        painted(page)
        assert downloaded(page)[0] == "holiday-monet.png"
        page.get_by_role("button", name="Share", exact=True).click()
        until(page, "shared.length > 0")
        page.get_by_role("button", name="holiday, painted in the style of Claude Monet").wait_for()
        assert page.evaluate("navigator.serviceWorker.ready.then(({ scope }) => scope)") == f"{behind}{PREFIX}/"
        until(page, "async () => (await (await caches.open('copyart')).keys()).length > 20")
        page.get_by_role("link", name="Français").click()
        page.wait_for_url(f"{behind}{PREFIX}/fr")
        in_state(page, "ready")  # the photo is there again
        assert [url for url in asked if not url.startswith((f"{behind}{PREFIX}/", "blob:", "data:"))] == []


def test_the_server_paints_behind_the_prefix_too(browser, behind):
    without = "Object.defineProperty(window, 'WebAssembly', { value: undefined })"
    with visit(browser, f"{behind}{PREFIX}/", before=without) as page:
        asked = requests_of(page)
        choose(page, picture())
        painted(page)
        assert f"{behind}{PREFIX}/api/v1/paintings" in asked
        assert "Painted by the server" in page.locator("#painter").inner_text()
        assert downloaded(page)[1].size == picture().size


def test_the_picture_for_other_sites_has_the_address_of_the_proxy(browser, behind):
    with visit(browser, f"{behind}{PREFIX}/") as page:
        image = page.locator('meta[property="og:image"]').get_attribute("content")
        assert image.startswith(f"{behind}{PREFIX}/static/")
        assert page.request.get(image).ok
