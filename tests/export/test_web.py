"""The web export is small, complete and compared with the model, and its page matches the model's input."""

import json
import re

import numpy as np
import onnxruntime
import pytest

import copyart
from copyart import export
from copyart.data.images import to_image
from copyart.errors import ExportError
from copyart.export import onnx_export
from copyart.export.comparison import Limits
from copyart.export.reference import paint_reference
from tests.engine.plans import network_of
from tests.pictures import photo, pixels


def test_a_bundled_style_makes_a_folder_of_less_than_two_megabytes(tmp_path):
    report = export.web(copyart.load("monet"), tmp_path / "web" / "monet")
    assert {path.name for path in report.path.iterdir()} == {"model.onnx", "report.json", "index.html"}
    assert report.size < 2_000_000
    written = json.loads(report.report_file.read_text())
    assert (written["form"], written["style"]["name"], written["small_enough"]) == ("web", "Claude Monet", True)
    assert written["compared"]["max_levels_of_255"] <= 1  # its weights are float16 as they are


def test_the_page_feeds_the_model_and_reads_what_it_gives(tmp_path):
    network = network_of("light")
    folder = export.web(network, tmp_path / "web").path
    page = (folder / "index.html").read_text()
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    (given,), (returned,) = session.get_inputs(), session.get_outputs()
    assert re.search(rf'feed = {{ {given.name}: new ort.Tensor\("uint8"', page)
    assert f"{{ {returned.name} }} = await session.run(feed)" in page
    assert {'"report.json"', '"model.onnx"'} <= set(re.findall(r'"[\w.]+\.(?:json|onnx)"', page))
    assert len(page.splitlines()) <= 45
    assert re.search(r"<label>[^<]+<input type=\"file\"", page)
    (painting,) = session.run(None, {"photo": np.asarray(photo(31, 17))})
    assert np.abs(painting.astype(int) - pixels(to_image(paint_reference(network, photo(31, 17))))).max() <= 2


def test_one_that_differs_too_much_is_an_error_and_no_folder(tmp_path, monkeypatch):
    monkeypatch.setitem(onnx_export.LIMITS, "float16", Limits(-1, 1))
    with pytest.raises(ExportError, match="Nothing was written"):
        export.web(network_of("light"), tmp_path / "web")
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_overwritten(tmp_path):
    with pytest.raises(ExportError, match="which exists"):
        export.web(network_of("light"), tmp_path)
