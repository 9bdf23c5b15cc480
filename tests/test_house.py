"""House rules: imports point down, TensorFlow is imported only where it is needed, files stay short."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "copyart"
MODULES = sorted(PACKAGE.rglob("*.py"))

#: Lowest first. A part, which is a package or a module of `copyart`, may import from itself and from floors below.
FLOORS = [
    {"_version", "errors", "lazy_names"},
    {"artists", "backend"},
    {"formats"},
    {"models"},
    {"config"},
    {"data"},
    {"engine"},
    {"styles"},
    {"weights"},
    {"painting"},
    {"video"},
    {"evaluation"},
    {"training"},
    {"export"},
    {"web"},
    {"cli"},
    {"__init__", "__main__"},
]

#: Where TensorFlow itself, not Keras, is used.
TENSORFLOW = {
    "data/tensorflow_batches.py",
    "models/steps_tensorflow.py",
    "cli/console.py",
    "formats/checkpoint.py",
    "export/tensorflow_exif.py",
    "export/litert_conversion.py",
    "export/tensorflow_pictures.py",
    "export/reference.py",
    "export/saved_model_check.py",
    "export/tensorflow_saved_model.py",
    "export/warm_up.py",
}


def place(path):
    return path.relative_to(PACKAGE).as_posix()


def imports(path):
    """Return the modules that a file imports, and the names that it imports from them."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return found


def part_of(names):
    """Return the part that a module belongs to, by the names that lead to it; None for what is not a module."""
    return names[0] if any(names[0] in floor for floor in FLOORS) else None


def floor_of(part):
    return next(number for number, floor in enumerate(FLOORS) if part in floor)


def own_part(path):
    return part_of(path.relative_to(PACKAGE).with_suffix("").parts)


def upward_imports(path):
    """Return the imports of a file that lead to the same floor in another part, or to a floor above."""
    own, wrong = own_part(path), []
    for module in imports(path):
        part = part_of(module.split(".")[1:]) if module.startswith("copyart.") else None
        if part not in (None, own) and floor_of(part) >= floor_of(own):
            wrong.append(f"{place(path)} imports {module}")
    return wrong


def test_every_module_stands_on_a_floor():
    assert len(MODULES) > 100
    assert [place(path) for path in MODULES if own_part(path) is None] == []


def test_no_part_stands_on_two_floors():
    parts = [part for floor in FLOORS for part in floor]
    assert len(parts) == len(set(parts))


def test_imports_point_down():
    assert [line for path in MODULES for line in upward_imports(path)] == []


@pytest.mark.parametrize("line", ["import copyart.cli", "from copyart.cli import main", "from copyart import cli"])
def test_an_import_that_points_up_is_found(line, tmp_path, monkeypatch):
    monkeypatch.setattr("tests.test_house.PACKAGE", tmp_path)
    (tmp_path / "data.py").write_text(f"def late():\n    {line}\n")
    assert upward_imports(tmp_path / "data.py")


def test_tensorflow_is_imported_where_it_belongs():
    uses = {place(path) for path in MODULES if any(name.partition(".")[0] == "tensorflow" for name in imports(path))}
    assert {name for name in uses if not name.startswith("training/")} == TENSORFLOW


@pytest.mark.parametrize("folder", ["copyart", "tests", "examples", "scripts", "benchmarks"])
def test_no_file_is_longer_than_400_lines(folder):
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / folder).rglob("*.py")}
    assert lengths
    assert {path.name: length for path, length in lengths.items() if length > 400} == {}
