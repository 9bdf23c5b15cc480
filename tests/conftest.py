"""Run every test with fixed random seeds, its own home folder and caches, and sockets only to this machine."""

import gc
import os
import random
import signal
import socket
import sys

import numpy as np
import pytest
from xdist.scheduler import LoadFileScheduling

_BROWSER = "tests/web/browser/"

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def pytest_configure():
    """Let Ctrl-C interrupt, which `nohup` prevents."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Importing the tests makes 600,000 objects that stay; looking through them took a fifth of the time.
    gc.disable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Run the tests of a file in one process, and all tests with a browser in one: it keeps several cores busy."""

    class FilesAndOneBrowser(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return _BROWSER if nodeid.startswith(_BROWSER) else super()._split_scope(nodeid)

    return FilesAndOneBrowser(config, log)


def pytest_collection_finish():
    """Let the garbage collector look at what the tests make, and not at all that was imported."""
    gc.enable()
    gc.freeze()


@pytest.fixture(autouse=True)
def _home_of_its_own(tmp_path_factory, monkeypatch):
    home = tmp_path_factory.mktemp("home")
    for name in [name for name in os.environ if name.startswith(("KAGGLE", "COPYART", "TF_CONFIG", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("COPYART_CACHE", str(home / "cache"))
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(home / "kagglehub"))


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch):
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _check_host(address[0])
        return connect(self, address)

    def guarded_look_up(host, *arguments, **options):
        # Without this, every look-up waits for a name server where there is none.
        _check_host(host)
        return look_up(host, *arguments, **options)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)


def _check_host(host):
    host = host.decode() if isinstance(host, bytes) else host
    if host not in (None, "", "127.0.0.1", "::1", "0.0.0.0", "localhost"):
        raise socket.gaierror(socket.EAI_NONAME, f"tests reach this machine only, not {host}")


@pytest.fixture(autouse=True)
def _same_weights_every_time():
    random.seed(0)
    np.random.seed(0)
    if keras := sys.modules.get("keras"):  # a Keras imported later takes its seed from `random`
        keras.utils.set_random_seed(0)
    yield
    if keras := sys.modules.get("keras"):
        keras.config.set_dtype_policy("float32")
