"""The house rules that a machine can check: imports point down, TensorFlow stays where it belongs, files stay short."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "copyart"
MODULES = sorted(PACKAGE.rglob("*.py"))

#: Lowest first. A part, which is a package or a module of `copyart`, may import from itself and from floors below.
FLOORS = [
    {"_version", "errors"},
    {"artists", "backend", "config"},
    {"formats"},
    {"data", "models"},
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
    "export/exif_graph.py",
    "export/litert_conversion.py",
    "export/picture_graph.py",
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


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_every_module_stands_on_a_floor(path):
    assert own_part(path)


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_imports_point_down(path):
    own, wrong = own_part(path), []
    for module in imports(path):
        part = part_of(module.split(".")[1:]) if module.startswith("copyart.") else None
        if part not in (None, own) and floor_of(part) >= floor_of(own):
            wrong.append(module)
    assert not wrong


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_tensorflow_is_imported_where_it_belongs(path):
    uses = any(module.partition(".")[0] == "tensorflow" for module in imports(path))
    assert not uses or place(path) in TENSORFLOW or place(path).startswith("training/")


@pytest.mark.parametrize("folder", ["copyart", "tests", "examples", "scripts", "benchmarks"])
def test_no_file_is_longer_than_400_lines(folder):
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / folder).rglob("*.py")}
    assert lengths
    assert {path.name: length for path, length in lengths.items() if length > 400} == {}
