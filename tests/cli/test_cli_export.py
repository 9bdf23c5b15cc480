"""`copyart export`: what is wrong is one line."""

import json
from pathlib import Path

import pytest

ORACLES = Path(__file__).parent.parent / "oracles"


def test_what_the_export_differs_by_is_told(copyart, style, tmp_path):
    result = copyart("export", style, "--to", "saved-model", tmp_path / "served")
    assert result.status == 0
    assert result.out == ""
    assert result.err.startswith(f"{tmp_path / 'served' / '1'}: paintings differ from the style's own by ")


def test_a_pytorch_file_is_written_and_read_back(copyart, tmp_path):
    source = ORACLES / "generator_6blocks_filters8.pth"
    result = copyart("export", source, "--to", "torch", tmp_path / "g.pth")
    assert (result.status, result.out) == (0, "")
    assert "all 36 tensors are the style's own" in result.err
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
