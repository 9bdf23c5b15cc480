"""Other projects' weights are converted to styles that record their origin, atomically."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from copyart.errors import StyleError
from copyart.painting.loading import load
from copyart.weights import conversion
from copyart.weights.conversion import convert_weights
from tests.pictures import photo, pixels

ORACLES = Path(__file__).parent.parent / "oracles"
pytestmark = pytest.mark.usefixtures("quick")
GENERATOR = ORACLES / "generator_9blocks_filters8_legacy.pth"


def refuse(file, folder, match):
    before = sorted(folder.parent.iterdir()) if folder.parent.is_dir() else None
    with pytest.raises(StyleError, match=match) as raised:
        convert_weights(file, folder)
    assert "\n" not in str(raised.value)
    assert before is None or sorted(folder.parent.iterdir()) == before


@pytest.mark.parametrize(
    ("file", "architecture"),
    [
        ("generator_9blocks_filters8_legacy.pth", "resnet, 8 filters, 9 blocks"),
        ("cut_down_filters3.pth", "cut, 3 filters, 1 block, anti-aliased down, trained with dropout"),
        ("keras_example_weights.h5", "keras example, 3 filters, 2 blocks"),
    ],
)
def test_a_style_paints_what_its_file_paints(tmp_path, file, architecture):
    report = convert_weights(ORACLES / file, tmp_path / "style")
    assert (report.path, report.architecture) == (tmp_path / "style", architecture)
    painted, again = (pixels(load(source).paint(photo())) for source in (tmp_path / "style", ORACLES / file))
    assert abs(painted - again).max() <= 1


def test_the_card_says_where_the_weights_come_from(tmp_path):
    convert_weights(GENERATOR, tmp_path / "style", name="Claude Monet", licence="CC0", source="a friend")
    card = json.loads((tmp_path / "style" / "metadata.json").read_text())
    assert card["converted"] == {
        "file": GENERATOR.name,
        "size": GENERATOR.stat().st_size,
        "sha256": hashlib.sha256(GENERATOR.read_bytes()).hexdigest(),
        "architecture": "resnet, 8 filters, 9 blocks",
    }
    assert (card["name"], card["source"]) == ("Claude Monet", "a friend")
    assert card["licence"] == {"weights": "CC0", "pictures": "unknown"}
    with Image.open(tmp_path / "style" / "preview.jpg") as preview:
        assert min(preview.size) > 100


def test_what_nobody_says_is_unknown(tmp_path):
    assert convert_weights(GENERATOR, tmp_path / "deep" / "style").name == GENERATOR.stem
    card = json.loads((tmp_path / "deep" / "style" / "metadata.json").read_text())
    assert (card["source"], card["licence"]["weights"]) == ("unknown", "unknown")


def test_half_takes_half_the_size(tmp_path):
    convert_weights(GENERATOR, tmp_path / "half", half=True)
    assert (tmp_path / "half" / "weights.safetensors").stat().st_size < GENERATOR.stat().st_size * 0.55


def test_a_checkpoint_is_hashed_with_its_data(tmp_path):
    report = convert_weights(ORACLES / "keras_example_checkpoint.index", tmp_path / "style")
    parts = [ORACLES / f"keras_example_checkpoint.{end}" for end in ("index", "data-00000-of-00001")]
    assert report.sha256 == hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()


@pytest.mark.parametrize(
    ("file", "match"),
    [
        ("discriminator_filters8.pth", "RGB images into RGB images.*'discriminator'"),
        ("keras_example.npz", "must be a file that ends in .pth, .pt, .ckpt, .h5"),
        ("nothing.pth", "which does not exist"),
        (".", "another kind of file"),
    ],
)
def test_what_is_no_generator_is_refused_and_leaves_nothing(tmp_path, file, match):
    refuse(ORACLES / file, tmp_path / "style", match)


def test_weights_that_are_not_numbers_are_refused(tmp_path, monkeypatch):
    network = conversion.import_network(GENERATOR)
    network.get_layer("stem").kernel.assign(np.full((7, 7, 3, 8), np.nan))
    monkeypatch.setattr(conversion, "import_network", lambda *_: network)
    refuse(GENERATOR, tmp_path / "style", "finite")


def test_a_network_that_is_not_in_the_file_is_refused(tmp_path):
    with pytest.raises(StyleError, match=r"Received: 'generator_9.*'gen_F', and one without a name in the file"):
        convert_weights(GENERATOR, tmp_path / "style", network="gen_F")


def test_what_is_there_stays(tmp_path):
    (tmp_path / "style").mkdir()
    refuse(GENERATOR, tmp_path / "style", "must have a new folder")
    refuse(GENERATOR, tmp_path / "style" / "..", "must have a new folder")


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    refuse(GENERATOR, tmp_path / "file" / "style", "^'[^']*/file/style' must be a writable folder")

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(conversion.os, "replace", full)
    refuse(GENERATOR, tmp_path / "style", "No space left on device")


def test_a_file_that_changes_meanwhile_is_refused(tmp_path, monkeypatch):
    digests = iter("ab")
    monkeypatch.setattr(conversion, "_weights_checksum", lambda file: next(digests))
    refuse(GENERATOR, tmp_path / "style", "which changed")


def test_a_file_that_may_not_be_read_is_one_line(tmp_path, monkeypatch):
    def deny(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(conversion, "open", deny, raising=False)
    refuse(GENERATOR, tmp_path / "style", r"Permission denied.*Check the permissions")
    assert os.listdir(tmp_path) == []
