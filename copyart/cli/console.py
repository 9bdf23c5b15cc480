"""What reaches the terminal, and what does not."""

import contextlib
import functools
import json
import logging
import os
import sys
import tempfile
import warnings

import click

from copyart.backend import choose_backend, is_installed
from copyart.errors import ConfigError, CopyartError

_loudness = {"quiet": False, "verbose": False}


def set_loudness(quiet, verbose):
    """Decide how much is said, before anything heavy is imported.

    Args:
        quiet: Whether only errors are shown.
        verbose: Whether the libraries underneath may speak too.
    """
    _loudness.update(quiet=quiet, verbose=verbose)
    if not verbose:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        warnings.simplefilter("ignore")


def loudness_flags(command):
    """Add `-q` and `--verbose` to a command that takes them as arguments."""
    command = click.option("--verbose", is_flag=True, help="Let the libraries underneath speak too.")(command)
    return click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")(command)


def loudness_options(command):
    """Let `-q` and `--verbose` stand after a command's name as well as before it: `copyart -q train …`."""

    @functools.wraps(command)
    def run(quiet, verbose, **arguments):
        before = click.get_current_context().find_root().params
        set_loudness(quiet or before["quiet"], verbose or before["verbose"])
        return command(**arguments)

    return loudness_flags(run)


def is_quiet():
    """Tell whether only errors are to be shown."""
    return _loudness["quiet"]


def say(line):
    """Tell the user something, on standard error: standard output is for results."""
    if not is_quiet():
        _print_above_bars(line)


def complain(error):
    """Tell the user what failed, on one line of standard error, however the names in it are spelt."""
    _print_above_bars(f"copyart: {' '.join(str(error).splitlines())}")


def _print_above_bars(line):
    print(line, file=sys.stderr, flush=True)  # click.echo would write past the bar, into its line


def print_json(value):
    """Print a value for a program to read."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def print_json_line(event, value):
    """Print what happened on one line of JSON, at once."""
    click.echo(json.dumps({"event": event, **value}, ensure_ascii=False))


def load_backend(name=None):
    """Import Keras on TensorFlow or JAX, without the lines that they print before their log levels count.

    Args:
        name: As for `copyart.backend.choose_backend`.
    """
    choose_backend(name)
    with hushed():
        import keras
    if keras.backend.backend() == "tensorflow":
        load_tensorflow()


def load_tensorflow():
    """Import TensorFlow, without the lines that it prints before its log level counts."""
    if not is_installed("tensorflow"):
        raise ConfigError("this needs TensorFlow. Received: none installed. Install it: pip install tensorflow")
    with hushed():
        import tensorflow as tf
    if not _loudness["verbose"]:
        tf.get_logger().setLevel("ERROR")
        logging.getLogger("absl").setLevel("ERROR")


@contextlib.contextmanager
def hushed():
    """Hold back what libraries write to file descriptor 2, unless --verbose; if they fail, show it after all."""
    if _loudness["verbose"]:
        yield
        return
    sys.stderr.flush()
    try:
        held = tempfile.TemporaryFile()  # noqa: SIM115 - closed below
    except OSError:  # no room for it: better loud than not at all
        yield
        return
    kept = os.dup(2)
    with held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except CopyartError:
            raise  # says all there is to say
        except BaseException:
            os.dup2(kept, 2)
            held.seek(0)
            os.write(2, held.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


@contextlib.contextmanager
def counting(description, unit="pictures"):
    """Show a bar, speed and time left for work that counts its pieces; yields the function to call with (done, total).

    The bar comes with the first piece and goes with the last, so that it is gone when the next one is drawn.

    Args:
        description: What is done.
        unit: What is counted; `"bytes"` are shown as MB. Defaults to `"pictures"`.
    """
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    if is_quiet() or not console.is_terminal:
        yield lambda done, total: None
        return
    # Seconds over which speed is averaged: a large photo alone takes a minute to paint.
    bar = Progress(*_columns(unit), console=console, transient=True, speed_estimate_period=600)
    task = bar.add_task(description, total=None, speed="")

    def count(done, total):
        if bar.finished:  # another piece of work of the same kind
            bar.reset(task)
        bar.update(task, completed=done, total=total or None)
        if speed := bar.tasks[0].speed:
            bar.update(task, speed=f"{speed:.1f} {unit}/s")
        bar.start()
        if done == total:
            bar.stop()

    try:
        yield count
    finally:
        bar.stop()


def _columns(unit):
    from rich import progress

    if unit == "bytes":
        amount = progress.DownloadColumn(), progress.TransferSpeedColumn()
    else:
        amount = progress.MofNCompleteColumn(), progress.TextColumn("{task.fields[speed]}")
    return progress.TextColumn("{task.description}"), progress.BarColumn(), *amount, progress.TimeRemainingColumn()


json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
