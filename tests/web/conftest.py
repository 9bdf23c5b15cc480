"""One application with the bundled styles for all tests of this folder, and a supervisor whose process does as told."""

import queue

import pytest

from copyart.web.app import create_app
from copyart.web.server.monitoring import Metrics
from copyart.web.settings import Settings
from copyart.web.worker.supervisor import Supervisor
from copyart.web.worker.worker import STOP, PaintResult


class FakeWorker:
    """A process that says what the test has it say."""

    def __init__(self, *first):
        self.requests, self.stops, self.ended = queue.Queue(), 0, False
        self._said = queue.Queue()
        for message in first or (("loaded", None), ("ready", None)):
            self._said.put(message)

    def say(self, kind, content=None):
        self._said.put((kind, content))

    def paint(self, data=b"painting"):
        """Finish the painting at work."""
        self.say("painted", PaintResult(data, "jpeg", (2, 1), 0.1))

    def die(self):
        self._said.put(EOFError)

    def send(self, request):
        assert request != STOP
        self.requests.put(request)

    def stop(self):
        self.stops += 1

    def receive(self, seconds):
        try:
            message = self._said.get(timeout=seconds or 0.001)
        except queue.Empty:
            return None
        if message is EOFError:
            raise EOFError
        return message

    def end(self):
        self.ended = True


class FakeWorkers:
    """Starts fake workers, one after the other."""

    def __init__(self):
        self.started = queue.Queue()

    def __call__(self, sources, settings):
        worker = FakeWorker()
        self.started.put(worker)
        return worker

    def next(self):
        return self.started.get(timeout=10)


@pytest.fixture
def workers():
    return FakeWorkers()


@pytest.fixture
def open_supervisor(workers):
    """Open a supervisor of fake workers, with these settings."""
    supervisors = []

    def opened(**settings):
        supervisors.append(Supervisor({}, Settings(**settings), Metrics(), workers))
        supervisors[-1].wait_until_loaded()
        return supervisors[-1]

    yield opened
    for supervisor in supervisors:
        supervisor.close()


@pytest.fixture
def fake_app(workers):
    """An application whose supervisor is one of fake workers; at most two wait."""
    app = create_app(Settings(queue=2, max_bytes=200_000, max_pixels=10_000), start_worker=workers)
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
