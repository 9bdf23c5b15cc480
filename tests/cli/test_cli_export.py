"""`copyart export` writes every format with its report. Errors are one line."""

import json
from pathlib import Path

import pytest

from tests.pictures import photo, store

ORACLES = Path(__file__).parent.parent / "oracles"


def test_what_the_export_differs_by_is_told(copyart, style, tmp_path):
    result = copyart("export", style, "--to", "saved-model", tmp_path / "served")
    assert result.status == 0
    assert result.out == ""
    assert result.err.startswith(f"{tmp_path / 'served' / '1'}: paintings differ from the style's by ")


def test_a_pytorch_file_is_written_and_read_back(copyart, tmp_path):
    source = ORACLES / "generator_6blocks_filters8.pth"
    result = copyart("export", source, "--to", "torch", tmp_path / "g.pth")
    assert (result.status, result.out) == (0, "")
    assert "all 36 tensors equal the style's" in result.err
    report = json.loads(copyart("export", source, "--to", "torch", tmp_path / "h.pth", "--json").out)
    assert report["architecture"] == "resnet, 8 filters, 6 blocks"


def test_what_pytorch_cannot_build_is_one_line(copyart, tmp_path):
    assert "Received: light" in copyart("export", "monet", "--to", "torch", tmp_path / "g.pth").complaint
    assert not (tmp_path / "g.pth").exists()


def test_a_file_in_the_place_of_the_folder_is_one_line(copyart, style, tmp_path):
    (tmp_path / "served").write_text("")
    assert "Not a directory" in copyart("export", style, "--to", "saved-model", tmp_path / "served").complaint


def test_an_unknown_style_is_one_line(copyart, tmp_path):
    line = copyart("export", tmp_path / "nowhere", "--to", "saved-model", tmp_path / "served").complaint
    assert "nowhere" in line
    assert not (tmp_path / "served").exists()


@pytest.mark.parametrize("arguments", [("--to", "onnxx"), ()])
def test_an_unknown_form_is_refused(copyart, style, tmp_path, arguments):
    result = copyart("export", style, *arguments, tmp_path / "served")
    assert result.status == 2
    assert "saved-model" in result.err


def test_onnx_and_its_card_are_written_and_told_to_a_program(copyart, style, tmp_path):
    out = tmp_path / "m.onnx"
    result = copyart("export", style, "--to", "onnx", out, "--precision", "float16", "--float", "--json")
    report = json.loads(result.out)
    assert (report["path"], report["report_file"]) == (str(out), f"{out}.report.json")
    assert report["size"] == out.stat().st_size
    written = json.loads((tmp_path / "m.onnx.report.json").read_text())
    assert (written["precision"], written["takes"], written["style"]) == ("float16", "floats", {"name": "Tiny"})
    assert 255 * report["max_painting_difference"] == pytest.approx(written["compared"]["max_levels_of_255"], abs=1e-3)


def test_the_web_folder_is_written_and_told(copyart, style, tmp_path):
    result = copyart("export", style, "--to", "web", tmp_path / "web")
    assert (result.status, result.out) == (0, "")
    assert "(5 pictures, onnxruntime " in result.err
    assert (tmp_path / "web" / "index.html").exists()


def test_litert_compares_on_the_photos_that_are_named(copyart, style, tmp_path):
    store(tmp_path / "photos" / "one.png", photo(30, 18))
    result = copyart(
        "export", style, "--to", "litert", tmp_path / "m.tflite", "--photos", tmp_path / "photos", "--json"
    )
    assert json.loads(result.out)["pictures"] == 1
    assert json.loads(result.out)["runtime"].startswith("ai-edge-litert ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("saved-model", "--precision", "int8"), "--to saved-model accepts --photos. Received: --precision"),
        (("litert", "--float"), "--to litert accepts --precision, --calibration, --photos. Received: --float"),
        (("onnx", "--calibration", "nowhere"), "'nowhere' must be a folder of pictures"),
        (("web", "--photos", "nowhere"), "'nowhere' must be a folder of pictures"),
    ],
)
def test_an_option_that_does_not_fit_is_one_line(copyart, style, tmp_path, arguments, words):
    form, *options = arguments
    assert words in copyart("export", style, "--to", form, tmp_path / "out", *options).complaint
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_a_file_is_one_line(copyart, style, tmp_path):
    (tmp_path / "m.onnx").write_text("mine")
    assert "which exists" in copyart("export", style, "--to", "onnx", tmp_path / "m.onnx").complaint
