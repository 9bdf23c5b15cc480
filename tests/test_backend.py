"""Choosing Keras' backend: the requested one, else the installed one."""

import os
import subprocess
import sys

import pytest

from copyart import backend
from copyart.backend import choose_backend, is_installed, prefer_installed_backend
from copyart.errors import ConfigError


@pytest.fixture
def machine(monkeypatch):
    """A process that has not imported Keras yet, on a machine with these packages."""

    def machine(*installed, asked=None, running=None):
        monkeypatch.setattr(backend, "is_installed", lambda package: package in installed)
        monkeypatch.setattr(backend, "_backend_in_use", lambda: running)
        monkeypatch.delitem(sys.modules, "keras", raising=False)
        # Set before it is taken away: so what the code under test sets goes away afterwards, too.
        monkeypatch.setenv("KERAS_BACKEND", "")
        monkeypatch.delenv("KERAS_BACKEND")
        if asked:
            monkeypatch.setenv("KERAS_BACKEND", asked)

    return machine


@pytest.mark.parametrize(
    ("installed", "asked", "chosen"),
    [
        (("tensorflow", "jax"), None, None),
        (("jax",), None, "jax"),
        (("tensorflow",), None, None),
        (("jax",), "tensorflow", "tensorflow"),
        ((), None, None),
    ],
)
def test_jax_is_chosen_only_where_nothing_else_was_asked_for_or_is_there(machine, installed, asked, chosen):
    machine(*installed, asked=asked)
    prefer_installed_backend()
    assert os.environ.get("KERAS_BACKEND") == chosen


def test_the_environment_is_no_matter_once_keras_runs(machine):
    machine("tensorflow", "jax", asked="jax", running="tensorflow")
    choose_backend()
    assert os.environ["KERAS_BACKEND"] == "jax"


def test_what_is_asked_for_goes_before_the_environment(machine):
    machine("tensorflow", "jax", asked="tensorflow")
    choose_backend("jax")
    assert os.environ["KERAS_BACKEND"] == "jax"


def test_a_backend_that_is_not_installed_is_refused_with_the_other(machine):
    machine("tensorflow")
    with pytest.raises(ConfigError, match=r"Received: jax, which is not\. Run pip .*--backend tensorflow"):
        choose_backend("jax")


@pytest.mark.parametrize("asked", [None, "torch"])
def test_another_backend_is_refused_with_the_known_ones(machine, asked):
    machine("tensorflow", "jax", asked=asked)
    with pytest.raises(ConfigError, match=r"one of tensorflow, jax\. Received: torch"):
        choose_backend(None if asked else "torch")


def test_a_backend_is_refused_once_keras_runs_on_another(machine):
    machine("tensorflow", "jax", running="tensorflow")
    with pytest.raises(ConfigError, match=r"Received: jax, while Keras uses tensorflow\. Set KERAS"):
        choose_backend("jax")


def test_a_package_is_looked_for_without_importing_it():
    assert is_installed("json")
    assert not is_installed("no_such_package")
    assert not is_installed("json.no_such_part.of_it")


def test_a_model_on_another_backend_is_refused_in_one_line():
    script = "import sys, types, keras.backend; keras.backend.backend = lambda: 'torch'; import copyart.models.steps"
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "PYTHONPATH": os.pathsep.join(sys.path)}
    result = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert "ConfigError: a CycleGAN trains on TensorFlow or JAX. Received: KERAS_BACKEND=torch." in result.stderr
