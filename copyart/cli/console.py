"""What reaches the terminal, and what does not."""

import contextlib
import json
import logging
import os
import sys
import tempfile
import warnings

import click

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


def is_quiet():
    """Tell whether only errors are to be shown."""
    return _loudness["quiet"]


def say(line):
    """Tell the user something, on standard error: standard output is for results."""
    if not is_quiet():
        click.echo(line, err=True)


def complain(error):
    """Tell the user what failed, on one line of standard error, however the names in it are spelt."""
    click.echo(f"copyart: {' '.join(str(error).splitlines())}", err=True)


def print_json(value):
    """Print a value for a program to read."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def load_tensorflow():
    """Import TensorFlow and Keras, without the lines that TensorFlow prints before its log level counts."""
    with contextlib.nullcontext() if _loudness["verbose"] else _hushed():
        import keras  # noqa: F401
        import tensorflow as tf
    if not _loudness["verbose"]:
        tf.get_logger().setLevel("ERROR")
        logging.getLogger("absl").setLevel("ERROR")


@contextlib.contextmanager
def _hushed():
    """Hold back what is written to file descriptor 2; show it after all if the import fails."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(kept, 2)
            held.seek(0)
            os.write(2, held.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


@contextlib.contextmanager
def counting(description):
    """Show a bar for work that counts its pieces; yields the function to call with (done, total).

    The bar comes with the first piece and goes with the last, so that it is gone when the next one is drawn.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if is_quiet() or not console.is_terminal:
        yield lambda done, total: None
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    bar = Progress(*columns, console=console, transient=True)
    task = bar.add_task(description, total=None)

    def count(done, total):
        bar.start()
        bar.update(task, completed=done, total=total or None)
        if done == total:
            bar.stop()

    try:
        yield count
    finally:
        bar.stop()


json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
