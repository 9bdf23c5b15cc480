"""A fixture that runs the command line through `copyart.cli.main` in this process."""

import io
import re
import signal
import sys
from dataclasses import dataclass

import pytest
import rich.console

from copyart import cli
from copyart.cli import console
from copyart.styles.networks import save_style
from tests.painting.networks import small_generator


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def complaint(self):
        """The one line that a failed command writes, with nothing on standard output."""
        assert self.status == 2
        assert self.out == ""
        (line,) = self.err.splitlines()
        assert line.startswith("copyart: ")
        return line.removeprefix("copyart: ")


@pytest.fixture
def copyart(monkeypatch, capfd):
    """Run a command; returns its `Result`."""
    terminate, verbosity = signal.getsignal(signal.SIGTERM), dict(console._verbosity)

    def run(*arguments):
        capfd.readouterr()
        monkeypatch.setattr(sys, "argv", ["copyart", *map(str, arguments)])
        with pytest.raises(SystemExit) as exit:
            cli.main()
        return Result(exit.value.code, *capfd.readouterr())

    yield run
    signal.signal(signal.SIGTERM, terminate)
    console._verbosity.update(verbosity)


@pytest.fixture
def terminal(monkeypatch):
    """A terminal to draw on; its text comes without what moves the cursor."""
    file, make = io.StringIO(), rich.console.Console
    monkeypatch.setattr(
        rich.console, "Console", lambda **options: make(file=file, force_terminal=True, width=100, legacy_windows=False)
    )
    return lambda: re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", file.getvalue())


@pytest.fixture(scope="session")
def style(tmp_path_factory):
    """A style folder called `tiny`."""
    folder = tmp_path_factory.mktemp("styles") / "tiny"
    save_style(folder, small_generator(), {"name": "Tiny"})
    return folder
