"""Common behaviour of all commands: version, help, one-line errors and exit status."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

import copyart as package
from copyart import cli
from copyart.errors import CopyartError

ROOT = Path(package.__file__).parents[1]
COMMANDS = ["artists", "demo", "download", "export", "paint", "train"]


def python(code):
    environment = {"PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)


@pytest.fixture
def failing(monkeypatch):
    """A command that raises what it is given."""

    def add(error):
        @click.command()
        def fail():
            raise error

        monkeypatch.setitem(cli.cli.commands, "fail", fail)

    return add


def test_the_version_is_the_packages(copyart):
    assert copyart("--version").out == f"copyart, version {package.__version__}\n"


def test_help_names_every_command(copyart):
    result = copyart("--help")
    assert result.status == 0
    assert [name for name in COMMANDS if f"\n  {name} " in result.out] == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(copyart, command):
    result = copyart(command, "-h")
    assert result.status == 0
    assert result.out.startswith(f"Usage: copyart {command}")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_can_be_quiet_or_verbose(copyart, command):
    text = copyart(command, "-h").out
    assert "-q, --quiet" in text
    assert "--verbose" in text


def test_every_setting_is_an_option_of_train_with_its_help(copyart):
    from copyart.cli.train import _setting_help_texts
    from copyart.config import TrainingConfig

    text = copyart("train", "--help").out
    helps = _setting_help_texts()
    assert set(helps) == set(TrainingConfig().to_dict())
    for name, words in helps.items():
        assert re.search(rf"--{name.replace('_', '-')}[ ,]", text)
        assert words.endswith(".")


def test_version_and_help_do_not_wait_for_tensorflow():
    code = "import sys, copyart.cli; sys.argv = ['copyart', 'train', '--help']\ntry: copyart.cli.main()\n"
    code += "finally: print(sorted({'tensorflow', 'keras', 'numpy'} & set(sys.modules)))"
    assert python(code).stdout.splitlines()[-1] == "[]"


def test_an_expected_failure_is_one_line_and_status_2(copyart, failing):
    failing(CopyartError("a name must be plain. Received: 'two\nlines'."))
    assert copyart("fail").complaint == "a name must be plain. Received: 'two lines'."


@pytest.mark.parametrize(
    ("error", "status"), [(KeyboardInterrupt(), 130), (click.Abort(), 130), (click.ClickException("no"), 1)]
)
def test_other_ends_have_the_status_that_shells_expect(copyart, failing, error, status):
    failing(error)
    result = copyart("fail")
    assert result.status == status
    assert "Traceback" not in result.err


def test_a_bug_shows_its_traceback(copyart, failing):
    failing(ZeroDivisionError("a bug"))
    with pytest.raises(ZeroDivisionError):
        cli.cli.main(["fail"], standalone_mode=False)


@pytest.mark.parametrize("arguments", [["pint"], ["paint"], ["artists", "--yaml"], ["train", "--epochs", "many"]])
def test_a_command_that_is_misspelt_has_status_2(copyart, arguments):
    result = copyart(*arguments)
    assert result.status == 2
    assert result.out == ""
    assert "Error: " in result.err
    assert "Traceback" not in result.err


def test_a_reader_that_goes_away_ends_the_command_quietly():
    code = "import sys, copyart.cli; sys.argv = ['copyart', '--help']; copyart.cli.main()"
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        command, env={"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.close()
        complaints = process.stderr.read()
        process.wait(timeout=120)
    assert complaints == ""
    assert process.returncode in (0, 1)  # 0 where all was written before
