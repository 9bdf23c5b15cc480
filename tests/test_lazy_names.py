"""Public names are loaded when they are first used."""

import importlib
import sys

import pytest

from copyart.lazy_names import lazy_names

PACKAGE = """
from copyart.lazy_names import lazy_names
__all__ = ["answer", "part"]
__getattr__, __dir__ = lazy_names(__name__, {"answer": "part", "part": "part"}, ["part"])
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package whose public names are a function in a module, and that module."""
    (tmp_path / "lazy_sample").mkdir()
    (tmp_path / "lazy_sample" / "__init__.py").write_text(PACKAGE)
    (tmp_path / "lazy_sample" / "part.py").write_text("def answer():\n    return 42\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("lazy_sample")
    for name in ("lazy_sample", "lazy_sample.part"):
        sys.modules.pop(name, None)


def test_a_name_is_loaded_on_first_use(package):
    assert "lazy_sample.part" not in sys.modules
    assert package.answer() == 42
    assert "lazy_sample.part" in sys.modules


def test_a_name_may_be_a_module(package):
    assert package.part.__name__ == "lazy_sample.part"


def test_dir_lists_the_public_names(package):
    assert dir(package) == ["answer", "part"]


def test_another_name_is_an_attribute_error(package):
    with pytest.raises(AttributeError, match="module 'lazy_sample' has no attribute 'question'"):
        package.question  # noqa: B018


@pytest.mark.parametrize("name", ["evaluation", "export", "styles", "weights"])
def test_every_public_name_of_a_package_is_found(name):
    package = importlib.import_module(f"copyart.{name}")
    assert dir(package) == sorted(package.__all__) != []
    for public in package.__all__:
        assert getattr(package, public).__name__


def test_a_wrong_home_is_found():
    load, _ = lazy_names("copyart", {"Nothing": "errors"})
    with pytest.raises(AttributeError, match="Nothing"):
        load("Nothing")
