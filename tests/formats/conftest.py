import pytest

from copyart.formats import sandbox

from . import quick_sandbox


@pytest.fixture
def quick(monkeypatch):
    """Read foreign files without starting a process for each."""
    monkeypatch.setattr(sandbox.subprocess, "run", quick_sandbox.quick_run)


@pytest.fixture(scope="session")
def server():
    """The process that reads checkpoints: started before the tests watch what is started."""
    yield quick_sandbox.server()
    quick_sandbox.stop_server()
