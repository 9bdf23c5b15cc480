"""Terminal output: verbosity, messages, progress bars and errors."""

import contextlib
import functools
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import click

from copyart.backend import choose_backend, is_installed
from copyart.errors import ConfigError, CopyartError, json_text

_verbosity = {"quiet": False, "verbose": False}


def set_verbosity(quiet: bool, verbose: bool) -> None:
    """Set the verbosity. Call this before heavy imports.

    Args:
        quiet: Whether only errors are printed.
        verbose: Whether messages of libraries are also printed.
    """
    _verbosity.update(quiet=quiet, verbose=verbose)
    if not verbose:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        warnings.simplefilter("ignore")


def verbosity_flags(command: Callable) -> Callable:
    """Add `-q` and `--verbose` to a command, which gets them as the arguments `quiet` and `verbose`."""
    command = click.option("--verbose", is_flag=True, help="Also print messages of libraries.")(command)
    return click.option("-q", "--quiet", is_flag=True, help="Print errors only.")(command)


def verbosity_options(command: Callable) -> Callable:
    """Accept `-q` and `--verbose` both after a command's name and before it: `copyart -q train …`."""

    @functools.wraps(command)
    def run(quiet: bool, verbose: bool, **arguments: Any) -> Any:
        before = click.get_current_context().find_root().params
        set_verbosity(quiet or before["quiet"], verbose or before["verbose"])
        return command(**arguments)

    return verbosity_flags(run)


def is_quiet() -> bool:
    """Tell whether only errors are shown."""
    return _verbosity["quiet"]


def print_message(line: str) -> None:
    """Print a message to standard error, because standard output is for results."""
    if not is_quiet():
        _print_above_bars(line)


def print_error(error: Exception | str) -> None:
    """Print an error as one line to standard error, even if a name in it has line breaks."""
    _print_above_bars(f"copyart: {' '.join(str(error).splitlines())}")


def _print_above_bars(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # click.echo would write into the line of the progress bar


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    click.echo(json_text(value, indent=2))


def print_json_line(event: str, value: Any) -> None:
    """Print an event as one line of JSON, without delay."""
    click.echo(json_text({"event": event, **value}))


def load_backend(name: str | None = None) -> None:
    """Import Keras with TensorFlow or JAX. Hide the messages that they print at every log level.

    Args:
        name: As for `copyart.backend.choose_backend`.
    """
    choose_backend(name)
    if not is_installed("keras"):
        raise missing_tensorflow_error()
    if os.environ.get("KERAS_BACKEND", "tensorflow") == "tensorflow" and is_installed("tensorflow"):
        load_tensorflow()
    with suppress_stderr():
        import keras
    if keras.backend.backend() == "tensorflow":
        load_tensorflow()


def missing_tensorflow_error() -> ConfigError:
    """Return the error for a command that needs TensorFlow when TensorFlow is not installed."""
    return ConfigError("this needs TensorFlow. Received: none installed. Install it: pip install tensorflow")


def load_tensorflow() -> None:
    """Import TensorFlow. Hide the messages that it prints at every log level."""
    if not is_installed("tensorflow"):
        raise missing_tensorflow_error()
    with suppress_stderr(), _hide_jax():
        import tensorflow as tf
    if not _verbosity["verbose"]:
        tf.get_logger().setLevel("ERROR")
        logging.getLogger("absl").setLevel("ERROR")


@contextlib.contextmanager
def _hide_jax() -> Iterator[None]:
    """Hide JAX while TensorFlow is imported. Otherwise TensorFlow's LiteRT converter loads JAX, which wastes 117 MB."""
    if "jax" in sys.modules:
        yield
        return
    sys.modules["jax"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["jax"]


@contextlib.contextmanager
def suppress_stderr() -> Iterator[None]:
    """Hide what libraries write to file descriptor 2, except with --verbose. Print it after an unexpected error."""
    if _verbosity["verbose"]:
        yield
        return
    sys.stderr.flush()
    try:
        captured = tempfile.TemporaryFile()  # noqa: SIM115 - closed below
    except OSError:  # no space for a temporary file
        yield
        return
    original = os.dup(2)
    with captured:
        os.dup2(captured.fileno(), 2)
        try:
            yield
        except CopyartError:
            raise  # its message explains the failure
        except BaseException:
            os.dup2(original, 2)
            captured.seek(0)
            os.write(2, captured.read())
            raise
        finally:
            os.dup2(original, 2)
            os.close(original)


@contextlib.contextmanager
def count_bar(description: str, unit: str = "pictures") -> Iterator[Callable[[int, int | None], None]]:
    """Show a progress bar with speed and time left. Yield a function to call with (done, total).

    The bar appears at the first call. It disappears when `done` reaches `total`, so that another bar can be drawn.

    Args:
        description: Text before the bar.
        unit: Unit of the counts; `"bytes"` are shown as MB. Defaults to `"pictures"`.
    """
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    if is_quiet() or not console.is_terminal:
        yield lambda done, total: None
        return
    # The speed is an average over 600 seconds, because one large photo takes a minute to paint.
    bar = Progress(*_bar_columns(unit), console=console, transient=True, speed_estimate_period=600)
    task = bar.add_task(description, total=None, speed="")

    def count(done: int, total: int | None) -> None:
        if bar.finished:  # another task begins, and reuses the bar
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


def _bar_columns(unit: str) -> tuple[Any, ...]:
    from rich import progress

    amount: tuple[progress.ProgressColumn, ...]
    if unit == "bytes":
        amount = progress.DownloadColumn(), progress.TransferSpeedColumn()
    else:
        amount = progress.MofNCompleteColumn(), progress.TextColumn("{task.fields[speed]}")
    return progress.TextColumn("{task.description}"), progress.BarColumn(), *amount, progress.TimeRemainingColumn()


@contextlib.contextmanager
def require_extra(name: str, purpose: str) -> Iterator[None]:
    """If a package is missing in a `with` block, raise an error that names the extra to install (see `setup.cfg`).

    Args:
        purpose: The feature that needs the extra, for the error message.

    Raises:
        ConfigError: if a package is missing.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "copyart":  # a bug in Copyart; installing the extra would not help
            raise
        raise ConfigError(
            f"{purpose} needs the extra {name}. Received: {error.name}, which is missing. "
            f'Install it: pip install "copyart[{name}]"'
        ) from error


class UserPath(click.Path):
    """A path in which `~` is replaced by the home folder. Shells do not replace it in `--workdir=~/runs`."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path as a `path_type`, with `~` replaced by the home folder."""
        return super().convert(os.path.expanduser(value), param, ctx)


json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
