"""`copyart convert` converts other projects' weights to a style. Errors are one line."""

import json
from pathlib import Path

import pytest

from tests.weights.torch_tensors import generator, saved

ORACLES = Path(__file__).parent.parent / "oracles"


def test_a_pth_becomes_a_style_that_paints(copyart, tmp_path):
    result = copyart("convert", ORACLES / "generator_6blocks_filters8.pth", tmp_path / "mine", "--name", "Mine")
    assert (result.status, result.out) == (0, "")
    assert "resnet, 8 filters, 6 blocks" in result.err
    assert json.loads((tmp_path / "mine" / "metadata.json").read_text())["name"] == "Mine"


def test_json_tells_it_to_programs(copyart, tmp_path):
    file = ORACLES / "keras_example_cyclegan.h5"
    result = copyart("convert", file, tmp_path / "back", "--network", "generator_F", "--half", "--json")
    assert json.loads(result.out)["path"] == str(tmp_path / "back")


@pytest.mark.parametrize("file", ["discriminator_filters8.pth", "nothing.pth", "keras_example.npz"])
def test_what_is_no_generator_is_one_line(copyart, tmp_path, file):
    assert "Received: " in copyart("convert", ORACLES / file, tmp_path / "mine").complaint
    assert not (tmp_path / "mine").exists()


def test_one_of_several_networks_is_taken_by_its_name(copyart, tmp_path):
    (tmp_path / "c.pth").write_bytes(saved({"Gab": generator(2), "Gba": generator(3)}))
    assert "Choose with --network NAME" in copyart("convert", tmp_path / "c.pth", tmp_path / "mine").complaint
    assert "resnet, 3 filters" in copyart("convert", tmp_path / "c.pth", tmp_path / "mine", "--network", "Gba").err
