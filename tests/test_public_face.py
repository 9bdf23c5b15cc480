"""The public names are exactly this list, and listing them imports nothing heavy."""

import subprocess
import sys

import pytest

import copyart

PUBLIC = [
    "CopyartError",
    "CycleGAN",
    "Painter",
    "TrainingConfig",
    "__version__",
    "artists",
    "callbacks",
    "distill",
    "errors",
    "evaluate",
    "evaluation",
    "export",
    "images",
    "import_torch",
    "load",
    "load_data",
    "paint_video",
    "styles",
    "train",
    "weights",
]
HEAVY = ("tensorflow", "keras", "PIL", "numpy", "kagglehub", "tensorflow_datasets")


def modules_after(code):
    """Return which heavy packages a fresh interpreter has imported after running the code."""
    report = f"print('heavy:', *[name for name in {HEAVY} if name in sys.modules])"
    command = [sys.executable, "-c", f"import sys\n{code}\n{report}"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    return result.stdout.splitlines()[-1].split()[1:]


def test_the_public_names_are_exactly_these():
    assert copyart.__all__ == PUBLIC
    assert dir(copyart) == PUBLIC


def test_every_public_name_has_a_docstring_of_its_own():
    # Not `inspect.getdoc`, which takes that of a base class.
    assert [name for name in PUBLIC if name != "__version__" and not getattr(copyart, name).__doc__] == []


def test_another_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'paint'"):
        copyart.paint  # noqa: B018


def test_the_measure_sees_what_is_imported():
    assert modules_after("import numpy") == ["numpy"]


def test_importing_copyart_imports_nothing_heavy():
    assert modules_after("import copyart") == []


@pytest.mark.parametrize("module", ["artists", "config", "errors"])
def test_plain_facts_import_nothing_heavy(module):
    assert modules_after(f"import copyart.{module}") == []


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["train", "--help"], ["evaluate", "--help"]])
def test_the_command_line_answers_without_anything_heavy(arguments):
    run = "import copyart.cli\ntry: copyart.cli.main()\nexcept SystemExit as end: assert not end.code"
    assert modules_after(f"sys.argv[1:] = {arguments}\n{run}") == []


def test_version_is_told():
    command = [sys.executable, "-m", "copyart", "--version"]
    assert copyart.__version__ in subprocess.run(command, capture_output=True, text=True, check=True).stdout
