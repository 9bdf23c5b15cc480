"""`pip install ./paint` installs what painting needs, and other commands say what to install."""

import json
import runpy
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

ROOT = Path(__file__).parent.parent
#: Runs a command as if Keras, TensorFlow and their companions were not installed.
ALONE = """
import sys
for name in ("keras", "tensorflow", "h5py", "jax", "tensorflow_datasets"):
    sys.modules[name] = None
from copyart.cli import main
main()
"""


def copyart(folder, *arguments):
    command = [sys.executable, "-c", ALONE, *map(str, arguments)]
    return subprocess.run(command, cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)


@pytest.fixture
def small(monkeypatch):
    """What `paint/setup.py` tells setuptools."""
    given = {}
    tools = SimpleNamespace(setup=given.update, find_packages=lambda where, include: (where, include))
    monkeypatch.setitem(sys.modules, "setuptools", tools)
    monkeypatch.chdir(ROOT / "paint")
    runpy.run_path("setup.py")
    return given


@pytest.fixture
def full():
    config = ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    return config


def test_it_needs_what_the_whole_needs_but_tensorflow(small, full):
    whole = [line.partition("#")[0].strip() for line in full["options"]["install_requires"].splitlines()]
    left_out = {line.split()[0] for line in set(whole) - {*small["install_requires"]} - {""}}
    assert left_out == {"tensorflow", "keras", "h5py"}


def test_it_is_the_same_distribution_with_the_same_files(small, full):
    assert small["name"] == full["metadata"]["name"]
    assert small["packages"] == ("..", ["copyart", "copyart.*"])
    assert {*small["package_data"]} == {*full["options.package_data"]}
    assert "py.typed" in small["package_data"]["copyart"]
    assert small["entry_points"] == {"console_scripts": ["copyart = copyart.cli:main"]}


def test_it_paints(tmp_path):
    Image.new("RGB", (40, 30), "teal").save(tmp_path / "photo.png")
    result = copyart(tmp_path, "paint", "photo.png", "--style", "monet", "--out", "painted.png")
    assert result.returncode == 0, result.stderr
    with Image.open(tmp_path / "painted.png") as painted:
        assert painted.size == (40, 30)


@pytest.mark.parametrize("arguments", [["artists"], ["style", "inspect", "monet"]])
def test_what_needs_no_tensorflow_works(tmp_path, arguments):
    assert copyart(tmp_path, *arguments).returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [["onnx", "made.onnx"], ["onnx", "made.onnx", "--precision", "int8"], ["web", "made"]],
    ids=lambda arguments: " ".join(arguments[:1] + arguments[3:]),
)
def test_it_exports_to_onnx_and_the_browser(tmp_path, arguments):
    result = copyart(tmp_path, "export", "monet", "--json", "--to", *arguments)
    assert result.returncode == 0, result.stderr
    report = json.loads(Path(json.loads(result.stdout)["report_file"]).read_text())
    assert (tmp_path / arguments[1]).exists()
    assert report["generator"]["kind"] == "light"
    assert report["compared"]["with"] == "the style's own engine, in float32"


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "monet", "--source", "sample", "--workdir", "run"],
        ["evaluate", "monet"],
        ["demo", "demo"],
        ["convert", ROOT / "tests/oracles/generator_6blocks_filters8.pth", "converted"],
        ["paint", ROOT / "docs", "--style", ROOT / "tests/oracles/generator_6blocks_filters8.pth"],
        ["export", "monet", "--to", "saved-model", "served"],
        ["export", "monet", "--to", "litert", "monet.tflite"],
        ["export", "monet", "--to", "torch", "monet.pth"],
    ],
    ids=lambda arguments: " ".join(map(str, arguments[:1])),
)
def test_what_needs_tensorflow_says_so_on_one_line(tmp_path, arguments):
    result = copyart(tmp_path, *arguments)
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert "pip install tensorflow" in result.stderr
    assert list(tmp_path.iterdir()) == []
