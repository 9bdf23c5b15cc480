"""What reaches the terminal: bars where there is one, nothing of the libraries underneath."""

import io
import os
import re

import pytest
import rich.console

from copyart.cli import console


@pytest.fixture
def terminal(monkeypatch):
    """A terminal to draw on; its text comes without what moves the cursor."""
    file, make = io.StringIO(), rich.console.Console
    monkeypatch.setattr(
        rich.console, "Console", lambda **options: make(file=file, force_terminal=True, width=100, legacy_windows=False)
    )
    return lambda: re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", file.getvalue())


@pytest.fixture
def loudness(monkeypatch):
    def choose(quiet=False, verbose=False):
        monkeypatch.setattr(console, "_loudness", {"quiet": quiet, "verbose": verbose})

    choose()
    return choose


def test_a_bar_counts_the_pieces(terminal, loudness):
    with console.counting("reading pictures") as count:
        count(1, 3)
        count(2, 3)
    assert "reading pictures" in terminal()
    assert "2/3" in terminal()


def test_there_is_no_bar_before_the_first_piece(terminal, loudness):
    with console.counting("reading pictures"):
        assert terminal() == ""


def test_the_bar_is_gone_after_the_last_piece(terminal, loudness):
    with console.counting("reading pictures") as count:
        count(3, 3)
        before = terminal()
        with console.counting("training") as other:
            other(1, 2)
    assert "3/3" in before
    assert "3/3" not in terminal()[len(before) :]


def test_a_quiet_command_has_no_bar(terminal, loudness):
    loudness(quiet=True)
    with console.counting("reading pictures") as count:
        count(1, 3)
    assert terminal() == ""


def test_without_a_terminal_nothing_is_drawn(loudness, capfd):
    with console.counting("reading pictures") as count:
        count(1, 3)
        count(3, 3)
    assert capfd.readouterr() == ("", "")


def test_what_libraries_write_while_they_are_imported_is_held_back(capfd):
    with console._hushed():
        os.write(2, b"port.cc: noise\n")
    os.write(2, b"ours\n")
    assert capfd.readouterr().err == "ours\n"


def fail_aloud():
    with console._hushed():
        os.write(2, b"the reason\n")
        raise ImportError


def test_what_libraries_write_before_they_fail_is_shown(capfd):
    with pytest.raises(ImportError):
        fail_aloud()
    assert capfd.readouterr().err == "the reason\n"


def test_quiet_says_nothing_but_complains(loudness, capfd):
    loudness(quiet=True)
    console.say("all is well")
    console.complain("it is not")
    assert capfd.readouterr() == ("", "copyart: it is not\n")
