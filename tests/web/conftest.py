"""One application with the bundled styles for all tests of this folder, and a studio whose process does as told."""

import queue

import pytest

from copyart.web.app import create_app
from copyart.web.metrics import Metrics
from copyart.web.process import STOP, Painted
from copyart.web.settings import Settings
from copyart.web.studio import Studio


class PuppetProcess:
    """A process that says what the test has it say."""

    def __init__(self, *first):
        self.orders, self.stops, self.ended = queue.Queue(), 0, False
        self._said = queue.Queue()
        for message in first or (("loaded", None), ("ready", None)):
            self._said.put(message)

    def say(self, kind, content=None):
        self._said.put((kind, content))

    def paint(self, data=b"painting"):
        """Finish the painting at work."""
        self.say("painted", Painted(data, "jpeg", (2, 1), 0.1))

    def die(self):
        self._said.put(EOFError)

    def ask(self, order):
        assert order != STOP
        self.orders.put(order)

    def stop(self):
        self.stops += 1

    def hear(self, seconds):
        try:
            message = self._said.get(timeout=seconds or 0.001)
        except queue.Empty:
            return None
        if message is EOFError:
            raise EOFError
        return message

    def end(self):
        self.ended = True


class Troupe:
    """Starts puppets, one after the other."""

    def __init__(self):
        self.started = queue.Queue()

    def __call__(self, sources, settings):
        puppet = PuppetProcess()
        self.started.put(puppet)
        return puppet

    def next(self):
        return self.started.get(timeout=10)


@pytest.fixture
def troupe():
    return Troupe()


@pytest.fixture
def open_studio(troupe):
    """Open a studio of puppets, with these settings."""
    studios = []

    def opened(**settings):
        studios.append(Studio({}, Settings(**settings), Metrics(), troupe))
        studios[-1].wait_until_loaded()
        return studios[-1]

    yield opened
    for studio in studios:
        studio.close()


@pytest.fixture
def puppet_app(troupe):
    """An application whose studio is one of puppets; at most two wait."""
    app = create_app(Settings(queue=2, max_bytes=200_000, max_pixels=10_000), painter=troupe)
    yield app
    app.extensions["copyart"].close()


@pytest.fixture(scope="session")
def app():
    """An application that paints."""
    app = create_app(Settings(paintings_a_minute=0, queue=20))
    yield app
    app.extensions["copyart"].close()


@pytest.fixture
def client(app):
    return app.test_client()
