"""LiteRT exports work at any size, in float16 and int8, and are run in LiteRT and compared before they are written."""

import importlib.metadata
import json

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from copyart import export
from copyart.errors import ExportError
from copyart.export import litert_export
from copyart.export.comparison import Limits
from copyart.export.reference import paint_reference
from tests.engine.plans import KINDS, network_of
from tests.painting.networks import gentle_generator, negative
from tests.pictures import photo


@pytest.fixture(scope="module")
def network():
    return network_of("light")


@pytest.fixture(scope="module")
def report(network, tmp_path_factory):
    return export.litert(network, tmp_path_factory.mktemp("litert") / "m.tflite")


@pytest.fixture
def unconverted(monkeypatch):
    """Conversion takes seconds: where it must not come so far, it fails."""
    monkeypatch.setattr("copyart.export.litert_conversion.convert_to_litert", lambda *_: pytest.fail("converted"))


@pytest.mark.parametrize("size", [(33, 21), (48, 32), (7, 50)])
def test_floats_of_any_size_are_painted_as_by_the_network(report, network, size):
    run = litert_export._interpreter_as_function(Interpreter(str(report.path)))
    painting = run(np.asarray(photo(*size)))
    assert np.abs(painting - paint_reference(network, photo(*size))).max() < 1e-4


def test_the_card_says_what_was_compared(report):
    written = json.loads(report.report_file.read_text())
    assert report.report_file.name == "m.tflite.report.json"
    assert (written["form"], written["precision"], written["bytes"]) == (
        "litert",
        "float32",
        report.path.stat().st_size,
    )
    version = importlib.metadata.version("ai-edge-litert")
    assert written["compared"]["runtime"] == report.runtime == f"ai-edge-litert {version}"
    assert written["compared"]["max_levels_of_255"] <= 1


def test_int8_computes_in_int8_and_stays_near(report, tmp_path):
    int8 = export.litert(gentle_generator(), tmp_path / "m.tflite", precision="int8")
    types = {tensor["dtype"] for tensor in Interpreter(str(int8.path)).get_tensor_details()}
    assert {np.int8, np.float32} <= types
    assert 255 * report.mean_painting_difference < 0.05 < 255 * int8.mean_painting_difference < 8


def test_int8_is_refused_where_the_converter_cannot_do_it(tmp_path, monkeypatch):
    monkeypatch.setattr("tensorflow.__version__", "2.20.0")
    with pytest.raises(ExportError, match=r"int8 needs TensorFlow 2\.21 or newer\. Received: 2\.20\.0\. Take"):
        export.litert(gentle_generator(), tmp_path / "m.tflite", precision="int8")
    assert list(tmp_path.iterdir()) == []


def test_a_resnet_in_float16_is_exported_too(tmp_path):
    report = export.litert(network_of("resnet"), tmp_path / "m.tflite", precision="float16")
    assert json.loads(report.report_file.read_text())["generator"] == {
        **KINDS["resnet"],
        "upsampling": "transpose",
        "dropout": 0.0,
    }


def test_a_network_of_another_kind_is_exported_too(tmp_path):
    assert export.litert(negative(), tmp_path / "m.tflite", photos=[photo(5, 3)]).max_difference < 1e-6


def test_one_that_differs_too_much_is_an_error_and_no_file(network, tmp_path, monkeypatch):
    monkeypatch.setitem(litert_export.LIMITS, "float32", Limits(-1, 1))
    with pytest.raises(ExportError, match="Nothing was written"):
        export.litert(network, tmp_path / "m.tflite")
    assert list(tmp_path.iterdir()) == []


def test_what_the_converter_complains_of_is_one_line(network, tmp_path, monkeypatch):
    def fail(*_):
        raise RuntimeError("no kernel\nfor\nthis")

    monkeypatch.setattr("copyart.export.litert_conversion._write_saved_model", lambda *_: None)
    monkeypatch.setattr("copyart.export.litert_conversion._convert", fail)
    with pytest.raises(ExportError, match=r"that LiteRT supports. Received: 'generator' \(no kernel for this\)"):
        export.litert(network, tmp_path / "m.tflite")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("unconverted")
def test_without_litert_nothing_is_converted(network, tmp_path, monkeypatch):
    monkeypatch.setattr(litert_export, "is_installed", lambda _: False)
    with pytest.raises(ExportError, match="pip install ai-edge-litert"):
        export.litert(network, tmp_path / "m.tflite")


@pytest.mark.usefixtures("unconverted")
@pytest.mark.parametrize("taken", ["m.tflite", "m.tflite.report.json"])
def test_what_is_there_is_not_overwritten(network, tmp_path, taken):
    (tmp_path / taken).write_text("mine")
    with pytest.raises(ExportError, match="which exists"):
        export.litert(network, tmp_path / "m.tflite")
    assert [path.name for path in tmp_path.iterdir()] == [taken]


@pytest.mark.usefixtures("unconverted")
def test_another_precision_is_refused(network, tmp_path):
    with pytest.raises(ExportError, match="precision must be one of float32, float16, int8"):
        export.litert(network, tmp_path / "m.tflite", precision="bfloat16")
