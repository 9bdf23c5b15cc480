"""The command line. Each command parses its options, calls one function of the library, and prints the result."""

import signal
import sys
from types import FrameType
from typing import NoReturn

import click

from copyart._version import __version__
from copyart.cli.artists import artists
from copyart.cli.console import missing_tensorflow_error, print_error, verbosity_flags
from copyart.cli.convert import convert
from copyart.cli.demo import demo
from copyart.cli.distill import distill
from copyart.cli.download import download
from copyart.cli.evaluate import evaluate
from copyart.cli.export import export
from copyart.cli.paint import paint
from copyart.cli.serve import serve
from copyart.cli.site import site
from copyart.cli.style import style
from copyart.cli.train import train
from copyart.errors import CopyartError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="copyart")
@verbosity_flags
def cli(quiet: bool, verbose: bool) -> None:
    """Turn photographs into paintings in the style of an artist."""  # `verbosity_options` reads both flags


for _command in (artists, convert, demo, distill, download, evaluate, export, paint, serve, site, style, train):
    cli.add_command(_command)


def main() -> NoReturn:
    """Run the command line. An expected failure prints one line and exits with status 2."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        status = cli.main(prog_name="copyart", standalone_mode=False)
    except click.exceptions.Abort:
        status = 130
    except KeyboardInterrupt:
        status = 130
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except CopyartError as error:
        print_error(error)
        status = 2
    except ModuleNotFoundError as error:
        if error.name not in ("keras", "tensorflow"):
            raise
        print_error(missing_tensorflow_error())
        status = 2
    sys.exit(status or 0)


def _interrupt(signum: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
