"""A style is read and planned only once on every path, and unused bundled styles are not opened."""

from collections import Counter

import pytest

from copyart import distill, export, load
from copyart.data.sample import sample_files
from copyart.styles import open_style, pack_style
from copyart.styles.bundled import bundled_styles
from copyart.web.page.rendering import browser_files, data_for_scripts
from copyart.web.page.runtime import installed_runtimes
from copyart.web.style_registry import open_registry
from copyart.web.worker.worker import _PaintersBySlug
from tests.cli.conftest import copyart  # noqa: F401 - a fixture
from tests.pictures import photo

ONCE = {"weights read": 1, "plans": 1}


@pytest.fixture
def counts(monkeypatch):
    """How often weights were read, and generators planned."""
    found = Counter()

    def count(name, *places):
        module, _, attribute = places[0].rpartition(".")
        original = getattr(__import__(module, fromlist=["_"]), attribute)

        def counted(*arguments):
            found[name] += 1
            return original(*arguments)

        for place in places:
            monkeypatch.setattr(place, counted)

    count("weights read", "copyart.styles.style.parse_weights")
    planners = ("copyart.styles.style", "copyart.styles.networks", "copyart.export.onnx_export")
    count("plans", *(f"{module}.layer_plan" for module in planners))
    return found


@pytest.fixture(params=["folder", "packed"])
def source(request, tmp_path):
    """A style folder, and a packed style."""
    if request.param == "folder":
        return bundled_styles()["monet"]
    pack_style("monet", tmp_path / "other.copyart")
    return tmp_path / "other.copyart"


@pytest.fixture
def counted(source, counts):
    """The source, after what it took to make it."""
    counts.clear()
    return source


def test_to_load_and_paint(counted, counts):
    painter = load(counted)
    painter.paint(photo())
    painter.paint(photo(20, 12))
    assert counts == ONCE
    painter.network.get_layer(index=1)
    assert counts == ONCE


def test_an_open_style_is_not_read_again(counted, counts):
    style = open_style(counted)
    assert open_style(style) is style
    load(style).paint(photo())
    load(style).paint(photo())
    assert counts == ONCE


@pytest.mark.parametrize("command", ["pack", "verify"])
def test_to_pack_and_to_verify(counted, counts, copyart, command, tmp_path):  # noqa: F811
    target = [str(tmp_path / "packed.copyart")] if command == "pack" else []
    assert copyart("style", command, str(counted), *target).status == 0
    assert counts == ONCE


def test_to_pack_under_its_own_name(counted, counts, copyart, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    assert copyart("style", "pack", str(counted)).status == 0
    assert counts == ONCE


@pytest.mark.parametrize("options", [[], ["--card"], ["--json"]])
def test_to_inspect(counted, counts, copyart, options):  # noqa: F811
    assert copyart("style", "inspect", str(counted), *options).status == 0
    assert counts["weights read"] == 1
    assert counts["plans"] <= 1


def test_to_mix(counts):
    mixed = open_style("monet:0.6,vangogh:0.4")
    load(mixed).paint(photo())
    assert counts == {"weights read": 2, "plans": 1}  # of the mixture: bundled styles know the figures of their samples


def test_to_distill(counted, counts, tmp_path, monkeypatch):
    monkeypatch.setattr("copyart.training.distill._train_student", lambda *arguments: None)
    photos = sample_files()[0][0].parent
    distill(counted, photos, tmp_path / "student", blocks=2, image_size=32, cache_dir=tmp_path, say=lambda line: None)
    assert counts["weights read"] == 1
    assert counts["plans"] <= 1


def test_to_serve(counted, counts):
    painters = _PaintersBySlug({"other": str(counted)})
    for _ in range(2):
        painters["other"].paint(photo())
    assert counts == ONCE


@pytest.mark.parametrize("writer", [export.onnx, export.web])
def test_to_export(counted, counts, tmp_path, writer):
    writer(load(counted), tmp_path / "out", photos=[photo()])
    assert counts == ONCE


def test_a_page_opens_no_bundled_style_before_it_is_shown_and_each_style_once(source, counts):
    counts.clear()
    registry = open_registry([source] if source.suffix else [])
    assert counts["weights read"] == bool(source.suffix)
    for _ in range(2):
        data_for_scripts(registry, installed_runtimes(), None)
    assert counts == {"weights read": len(registry), "plans": len(registry)}


@pytest.fixture(autouse=True)
def forgotten():
    """Forget the models that were made for the browser."""
    browser_files.cache_clear()
