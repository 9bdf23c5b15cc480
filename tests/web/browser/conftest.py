"""One browser and one server for the tests of a file."""

import pytest

from copyart.web.app import create_app
from copyart.web.settings import Settings
from copyart.web.site import write_site
from tests.web.browser.chromium import chromium, plain_host
from tests.web.serving import serving


@pytest.fixture(scope="module")
def browser():
    """Chromium without a window."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def application():
    """The application, with a painter; `server` serves it, and closes it."""
    return create_app(Settings(paintings_a_minute=0))


@pytest.fixture(scope="module")
def server(application):
    """The address of a server with the page and a painter."""
    with serving(application, port=0) as url:
        yield url


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The address of a plain host with the static site."""
    folder = tmp_path_factory.mktemp("hosts") / "public"
    write_site(folder)
    with plain_host(folder) as url:
        yield url
