"""One browser and one server for all tests of the page."""

import pytest

from copyart.web.app import create_app
from copyart.web.settings import Settings
from copyart.web.site import write_site
from tests.web.browser.chromium import CAMERA_SIZE, chromium, picture, plain_host, y4m
from tests.web.serving import serving


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """Chromium without a window, whose camera sees a film of two seconds again and again."""
    film = tmp_path_factory.mktemp("camera") / "film.y4m"
    film.write_bytes(y4m([picture(*CAMERA_SIZE, seed=number / 20) for number in range(40)]))
    with chromium(f"--use-file-for-fake-video-capture={film}") as started:
        yield started


@pytest.fixture(scope="session")
def application():
    """The application, with a painter; `server` serves it, and closes it."""
    return create_app(Settings(paintings_a_minute=0))


@pytest.fixture(scope="session")
def server(application):
    """The address of a server with the page and a painter."""
    with serving(application, port=0) as url:
        yield url


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The address of a plain host with the static site."""
    folder = tmp_path_factory.mktemp("hosts") / "public"
    write_site(folder)
    with plain_host(folder) as url:
        yield url
