"""Every test runs with two logical CPU devices, a home and caches of its own, and sockets to this machine only."""

import os
import signal
import socket

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def pytest_configure():
    """Give TensorFlow two CPU devices, before anything uses it, and Ctrl-C its meaning, which `nohup` takes away."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)


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
    connect = socket.socket.connect

    def guarded(self, address):
        host = address[0] if isinstance(address, tuple) else None
        if self.family in (socket.AF_INET, socket.AF_INET6) and host not in ("127.0.0.1", "::1", "localhost"):
            raise OSError(f"tests reach this machine only, not {host}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _same_weights_every_time():
    import keras

    keras.utils.set_random_seed(0)
    yield
    keras.config.set_dtype_policy("float32")
