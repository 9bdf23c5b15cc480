"""The documentation is right: its commands, options, Python names, files and figures exist, and the two READMEs
agree."""

import ast
import importlib
import re

import click
import pytest

import copyart
from copyart.cli import cli
from tests.documents import CHANGELOG, FRENCH, PAGES, README, ROOT, blocks, commands, inline_commands, links

WITH_COMMANDS = [(page, words) for page in PAGES for words in commands(page)]
WITH_PYTHON = [(page, code) for page in PAGES for _, code in blocks(page, "python")]


def name_of(value):
    return value.name if hasattr(value, "name") else None


def parse(words):
    """Parse a command line as `copyart` would, without running it."""
    name, *rest = [word for word in words if word not in ("-q", "--quiet", "--verbose")]
    return cli.commands[name].make_context(name, rest, parent=click.Context(cli, **cli.context_settings))


def test_there_is_something_to_check():
    assert len(WITH_COMMANDS) > 20
    assert len(WITH_PYTHON) > 8


@pytest.mark.parametrize(("page", "words"), WITH_COMMANDS, ids=name_of)
def test_every_command_shown_parses(page, words):
    if words != ["--version"]:
        assert parse(words)


def test_an_option_that_does_not_exist_is_found():
    with pytest.raises(click.UsageError):
        parse(["train", "--wrokdir", "runs/monet"])


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_named_in_the_text_exists(page):
    named = {word for word in inline_commands(page) if word.isalpha() and word.islower()}
    assert named <= set(cli.commands)


def test_the_table_of_commands_is_the_list_of_help():
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `copyart (\w+)` \|", page, re.MULTILINE) == sorted(cli.commands)


@pytest.mark.parametrize("page", [README, FRENCH], ids=name_of)
def test_a_readme_is_short_and_shows_the_set_up_commands_first(page):
    lines = page.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 130
    assert lines.index("make demo") < 25
    assert blocks(page, "sh")[0][1] == "make demo\nmake test\n"


ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text("utf-8")


@pytest.mark.parametrize("stop", re.findall(r"^\| `(\S+\.py)` \| `(\w+)` \|", ARCHITECTURE, re.M), ids="-".join)
def test_every_stop_of_the_trips_through_the_code_exists(stop):
    path, name = stop
    tree = ast.parse((ROOT / "copyart" / path).read_text("utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_package_has_a_row_in_the_layers():
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", ARCHITECTURE, re.M)
    packages = {path.parent.name for path in (ROOT / "copyart").glob("*/__init__.py")}
    assert packages <= {name for row in rows for name in re.findall(r"\w+", row)}


def test_every_page_of_docs_is_in_the_index():
    index = ROOT / "docs" / "index.md"
    assert {page.name for page in (ROOT / "docs").glob("*.md")} - {"index.md"} <= set(links(index))


@pytest.mark.parametrize(("page", "code"), WITH_PYTHON, ids=name_of)
def test_the_python_shown_compiles_and_names_what_exists(page, code):
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute) and (names := dotted(node))[0] == "copyart":
            assert resolve(names), ".".join(names)
        if isinstance(node, ast.ImportFrom) and node.module.partition(".")[0] == "copyart":
            module = importlib.import_module(node.module)
            assert all(hasattr(module, alias.name) for alias in node.names)


def dotted(node):
    names = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    return [node.id, *names] if isinstance(node, ast.Name) else [None]


def resolve(names):
    value = copyart
    for name in names[1:]:
        value = getattr(value, name)
    return value


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_public_name_in_the_text_exists(page):
    for names in re.findall(r"`copyart\.([\w.]+)", page.read_text(encoding="utf-8")):
        first = names.split(".")[0]
        assert first in copyart.__all__ or importlib.util.find_spec(f"copyart.{first}")


def test_the_twins_show_the_same_code():
    assert blocks(README) == blocks(FRENCH)


def test_the_twins_have_the_same_shape():
    def shape(page):
        lines = page.read_text(encoding="utf-8").splitlines()
        return [re.match(r"#+", line).group() for line in lines if line.startswith("#")]

    assert shape(README) == shape(FRENCH)
    assert sorted({*links(README)} - {"README.fr.md"}) == sorted({*links(FRENCH)} - {"README.md"})


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page):
    missing = [link for link in links(page) if not (page.parent / link).exists()]
    assert not missing


def test_the_newest_version_of_the_changelog_is_that_of_the_package():
    versions = re.findall(r"^## \[(\d[^\]]*)\]", CHANGELOG.read_text(encoding="utf-8"), re.MULTILINE)
    assert versions[0] == copyart.__version__


def test_decisions_are_numbered_without_gaps_and_named_by_their_number():
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [f"{number:04d}" for number in range(1, len(records) + 1)]
    assert [record.name[:4] for record in records] == numbers
    assert [record.read_text(encoding="utf-8")[2:6] for record in records] == numbers


def test_every_decision_that_the_code_names_exists():
    records = {record.name[:4] for record in (ROOT / "docs" / "decisions").glob("*.md")}
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "copyart").rglob("*.py")]
    named = {number for source in sources for number in re.findall(r"docs/decisions/(\d{4})", source)}
    assert named
    assert named <= records


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_source_file_named_in_the_text_exists(page):
    named = re.findall(r"`((?:\w+/)+[a-z0-9_]+\.(?:py|js|ipynb))`", page.read_text(encoding="utf-8"))
    assert not [path for path in named if not any((base / path).exists() for base in (ROOT, ROOT / "copyart"))]
