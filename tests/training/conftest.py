"""A tiny run on the bundled sample, trained once; tests that change or damage it take a copy."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import keras
import pytest

from copyart.training.train import train
from tests import two_devices  # noqa: F401

TINY = {
    "image_size": 32,
    "load_size": 36,
    "filters": 2,
    "discriminator_filters": 2,
    "blocks": 1,
    "pool_size": 4,
    "epochs": 2,
    "steps_per_epoch": 3,
    "samples": 1,
    "evaluation_epochs": 0,
}


class StepLogs(keras.callbacks.Callback):
    """The logs of every step, in order."""

    def __init__(self):
        super().__init__()
        self.logs = []

    def on_train_batch_end(self, batch, logs=None):
        self.logs.append(dict(logs))


@dataclass(frozen=True)
class Run:
    """A run of 2 epochs of 3 steps that nothing disturbed."""

    path: Path
    lines: list
    steps: list


@pytest.fixture(scope="session")
def learn(tmp_path_factory):
    """Train the tiny model in a workdir; returns the model. The pictures are decoded once for all tests."""
    cache = tmp_path_factory.mktemp("cache")

    def learn(workdir, say=lambda line: None, source="sample", **changes):
        defaults = {} if source is None else TINY
        arguments = {"cache_dir": cache, "verbose": False, "devices": "cpu", **defaults, **changes}
        return train(workdir=workdir, source=source, say=say, **arguments)

    return learn


@pytest.fixture(scope="session")
def trained(learn, tmp_path_factory):
    path, lines, logs = tmp_path_factory.mktemp("trained") / "run", [], StepLogs()
    learn(path, lines.append, callbacks=[logs])
    return Run(path, lines, logs.logs)


@pytest.fixture
def copied(trained, tmp_path):
    """The workdir of the run, to change or damage."""
    return Path(shutil.copytree(trained.path, tmp_path / "run"))
