"""The house rules that a machine can check: imports point down, TensorFlow stays where it belongs, files stay short."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "copyart"
MODULES = sorted(PACKAGE.rglob("*.py"))

#: Lowest first. A module may import from its own part and from floors below.
FLOORS = [
    {"_version", "errors"},
    {"artists", "backend", "config"},
    {"data", "models"},
    {"painting"},
    {"evaluation"},
    {"training"},
    {"export"},
    {"web"},
    {"cli"},
    {"__init__", "__main__"},
]
#: Inside a function only: `copyart.load` and networks that see read published weights, whose reader belongs to export.
EXCEPTIONS = {
    ("painting/model_files.py", "copyart.export.keras_import"),
    ("painting/model_files.py", "copyart.export.torch_import"),
    ("models/efficientnet.py", "copyart.export.torch_reader"),
}

#: Where TensorFlow itself, not Keras, is used.
TENSORFLOW = {
    "data/tensorflow_batches.py",
    "models/steps_tensorflow.py",
    "cli/console.py",
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
    """Return (module, whether it stands in a function) for each import of a file."""
    found = []

    def visit(node, inside):
        inside = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if isinstance(node, ast.Import):
            found.extend((alias.name, inside) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            found.append((node.module, inside))
            found.extend((f"{node.module}.{alias.name}", inside) for alias in node.names)
        for child in ast.iter_child_nodes(node):
            visit(child, inside)

    visit(ast.parse(path.read_text(encoding="utf-8")), inside=False)
    return found


def part_of(module):
    """Return the part of the house that `copyart.x.y` belongs to; None for what `from copyart import` may also name."""
    names = module.split(".")
    return names[1] if len(names) > 1 and any(names[1] in floor for floor in FLOORS) else None


def floor_of(part):
    return next(number for number, floor in enumerate(FLOORS) if part in floor)


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_every_module_stands_on_a_floor(path):
    part = path.relative_to(PACKAGE).with_suffix("").parts[0]
    assert floor_of(part) is not None


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_imports_point_down(path):
    own = path.relative_to(PACKAGE).with_suffix("").parts[0]
    wrong = []
    for module, inside in imports(path):
        if not module.startswith("copyart.") or (part := part_of(module)) in (None, own):
            continue
        allowed = inside and any((place(path), name) in EXCEPTIONS for name in (module, module.rpartition(".")[0]))
        if floor_of(part) >= floor_of(own) and not allowed:
            wrong.append(module)
    assert not wrong


def test_every_exception_is_needed():
    assert {(file, module) for file, module in EXCEPTIONS if (module, True) in imports(PACKAGE / file)} == EXCEPTIONS


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_tensorflow_is_imported_where_it_belongs(path):
    uses = any(module.partition(".")[0] == "tensorflow" for module, _ in imports(path))
    assert not uses or place(path) in TENSORFLOW or place(path).startswith("training/")


@pytest.mark.parametrize("folder", ["copyart", "tests", "examples", "scripts", "benchmarks"])
def test_no_file_is_longer_than_400_lines(folder):
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / folder).rglob("*.py")}
    assert lengths
    assert {path.name: length for path, length in lengths.items() if length > 400} == {}
