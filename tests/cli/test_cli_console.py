"""Output to the terminal: progress bars if it is one, and no messages of libraries."""

import os
import re
import subprocess
import sys
import warnings

import click
import pytest

from copyart.cli import cli, console
from copyart.cli.train import train


@pytest.fixture
def verbosity(monkeypatch):
    def choose(quiet=False, verbose=False):
        monkeypatch.setattr(console, "_verbosity", {"quiet": quiet, "verbose": verbose})

    choose()
    return choose


def test_a_bar_counts_the_pieces(terminal, verbosity):
    with console.count_bar("reading pictures") as count:
        count(1, 3)
        count(2, 3)
    assert "reading pictures" in terminal()
    assert "2/3" in terminal()


def test_there_is_no_bar_before_the_first_piece(terminal, verbosity):
    with console.count_bar("reading pictures"):
        assert terminal() == ""


def test_the_bar_is_gone_after_the_last_piece(terminal, verbosity):
    with console.count_bar("reading pictures") as count:
        count(3, 3)
        before = terminal()
        with console.count_bar("training") as other:
            other(1, 2)
    assert "3/3" in before
    assert "3/3" not in terminal()[len(before) :]


def test_a_quiet_command_has_no_bar(terminal, verbosity):
    verbosity(quiet=True)
    with console.count_bar("reading pictures") as count:
        count(1, 3)
    assert terminal() == ""


def test_a_bar_tells_the_speed_and_the_time_left(terminal, verbosity):
    with console.count_bar("reading pictures") as count:
        for done in range(1, 5):
            count(done, 5)
    assert re.search(r"[\d.]+ pictures/s 0:00:0\d", terminal())


def test_bytes_are_shown_as_megabytes_with_their_speed(terminal, verbosity):
    with console.count_bar("downloading", "bytes") as count:
        for done in (1_000_000, 2_000_000, 3_000_000):
            count(done, 5_000_000)
    assert re.search(r"3\.0/5\.0 MB [\d.]+ [MGT]B/s", terminal())


def test_a_second_download_of_the_same_size_starts_anew(terminal, verbosity):
    with console.count_bar("downloading", "bytes") as count:
        count(5_000_000, 5_000_000)
        count(1_000_000, 5_000_000)
    assert terminal().rstrip().endswith("-:--:--")


def test_without_a_terminal_nothing_is_drawn(verbosity, capfd):
    with console.count_bar("reading pictures") as count:
        count(1, 3)
        count(3, 3)
    assert capfd.readouterr() == ("", "")


def test_what_libraries_write_while_they_are_imported_is_held_back(capfd):
    with console.suppress_stderr():
        os.write(2, b"port.cc: noise\n")
    os.write(2, b"ours\n")
    assert capfd.readouterr().err == "ours\n"


def fail_aloud():
    with console.suppress_stderr():
        os.write(2, b"the reason\n")
        raise ImportError


def test_what_libraries_write_before_they_fail_is_shown(capfd):
    with pytest.raises(ImportError):
        fail_aloud()
    assert capfd.readouterr().err == "the reason\n"


def test_quiet_says_nothing_but_complains(verbosity, capfd):
    verbosity(quiet=True)
    console.print_message("all is well")
    console.print_error("it is not")
    assert capfd.readouterr() == ("", "copyart: it is not\n")


@pytest.fixture
def told(monkeypatch, verbosity):
    """A command line with one command, which tells how loud it is; run as a list of words."""

    @click.group()
    @console.verbosity_flags
    def group(quiet, verbose):
        pass

    @group.command()
    @console.verbosity_options
    def command():
        return dict(console._verbosity)

    return lambda *words: group.main(words, standalone_mode=False)


@pytest.mark.parametrize("flag", ["-q", "--quiet", "--verbose"])
def test_flags_count_before_and_after_the_command(told, flag):
    chosen = {"quiet": flag != "--verbose", "verbose": flag == "--verbose"}
    assert told(flag, "command") == told("command", flag) == chosen
    assert told("command") == {"quiet": False, "verbose": False}


def test_libraries_may_warn_also_where_verbose_comes_last(told):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        told("command", "--verbose")
        warnings.warn("from a library", stacklevel=1)
    assert len(caught) == 1


def commands(group):
    for command in group.commands.values():
        yield from commands(command) if isinstance(command, click.Group) else [command]


def test_a_tilde_that_the_shell_left_is_the_home_folder(monkeypatch):
    monkeypatch.setenv("HOME", "/home/jane")
    whole = click.Context(cli, **cli.context_settings)
    context = train.make_context("train", ["--workdir=~/run", "--photos=~/photos", "--art=art"], whole)
    assert context.params["workdir"] == "/home/jane/run"
    assert (context.params["photos"], context.params["art"]) == (("/home/jane/photos",), ("art",))


def test_every_path_of_every_command_takes_a_tilde():
    paths = [option for each in commands(cli) for option in each.params if isinstance(option.type, click.Path)]
    assert len(paths) > 15
    assert [option.name for option in paths if not isinstance(option.type, console.UserPath)] == []


def test_a_run_on_tensorflow_does_not_load_jax_and_still_can():
    code = """
import sys
from copyart.cli.console import load_backend
load_backend("tensorflow")
assert "tensorflow" in sys.modules and "jax" not in sys.modules, "JAX was loaded"
import jax
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)
