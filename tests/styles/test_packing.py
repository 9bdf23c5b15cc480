"""Packed styles are reproducible and complete, have a model card, and paint the same as their folder."""

import hashlib
import json
import os
import zipfile

import numpy as np
import pytest

import copyart
from copyart.errors import StyleError
from copyart.painting.loading import load
from copyart.styles import packed_file
from copyart.styles.bundled import bundled_styles
from copyart.styles.inspection import inspect_style, verify_style
from copyart.styles.model_card import model_card
from copyart.styles.networks import load_style, save_style
from copyart.styles.opening import open_style
from copyart.styles.packing import pack_style, packed_name
from copyart.styles.stored_zip import write_zip
from tests.painting.networks import negative, small_generator
from tests.pictures import photo, pixels
from tests.styles.mutations import sealed


@pytest.fixture(scope="module")
def style(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packs") / "small"
    save_style(folder, small_generator(), {"name": "Small & Söhne", "licence": {"pictures": "CC0"}}, photo(40, 30))
    return folder


@pytest.fixture
def pack(style, tmp_path):
    pack_style(style, tmp_path / "small.copyart")
    return tmp_path / "small.copyart"


def refuse(path, match):
    with pytest.raises(StyleError, match=match) as raised:
        load(path)
    assert "\n" not in str(raised.value)


def test_a_packed_style_paints_as_its_folder_does(style, pack):
    assert np.array_equal(pixels(load(pack).paint(photo())), pixels(load(style).paint(photo())))
    assert load(str(pack)).name == "Small & Söhne"


def test_its_network_is_there_for_whoever_asks(style, pack):
    networks = [copyart.load(place).network for place in (style, pack)]
    for one, other in zip(*(network.get_weights() for network in networks), strict=True):
        assert np.array_equal(one, other)
    assert load_style(pack)[1]["name"] == "Small & Söhne"


def test_it_is_a_zip_file_with_a_manifest_a_card_and_the_styles_files(style, pack):
    with zipfile.ZipFile(pack) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert list(files) == [
        "manifest.json",
        "README.md",
        "config.json",
        "metadata.json",
        "preview.jpg",
        "weights.safetensors",
    ]
    assert files["weights.safetensors"] == (style / "weights.safetensors").read_bytes()
    listed = json.loads(files.pop("manifest.json"))["files"]
    assert listed == {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()} for name, content in files.items()
    }


def test_packed_twice_it_is_the_same_file(style, pack, tmp_path):
    pack_style(style, tmp_path / "again.copyart")
    pack_style(pack, tmp_path / "from the pack.copyart")
    assert len({path.read_bytes() for path in tmp_path.iterdir()}) == 1


def test_unpacked_it_is_a_style_folder(pack, tmp_path):
    with zipfile.ZipFile(pack) as archive:
        archive.extractall(tmp_path / "unpacked")
    assert load(tmp_path / "unpacked").name == "Small & Söhne"


def test_licence_and_author_are_put_in(style, tmp_path):
    pack_style(style, tmp_path / "s.copyart", licence="CC-BY-4.0", author="Jane Doe")
    facts = inspect_style(tmp_path / "s.copyart")
    assert (facts["licence"], facts["licence of the pictures"], facts["author"]) == ("CC-BY-4.0", "CC0", "Jane Doe")
    card = model_card(open_style(tmp_path / "s.copyart"))
    assert card.startswith("---\nlicense: cc-by-4.0\n")
    assert "- author: Jane Doe" in card


@pytest.mark.parametrize("name", ["photo.jpg", "style.zip", "style"])
def test_a_file_that_would_not_be_known_as_a_pack_is_not_written(style, tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(StyleError, match=rf"must end in \.copyart.*Received: '[^']*{name}'"):
        pack_style(style, tmp_path / name)
    assert (tmp_path / name).read_text() == "mine"


def test_the_card_shows_a_preview_where_there_is_one(style, tmp_path):
    assert "![A painting in this style](preview.jpg)" in model_card(open_style(style))
    save_style(tmp_path / "unseen", small_generator(), {})
    pack_style(tmp_path / "unseen", tmp_path / "unseen.copyart")
    assert "preview.jpg" not in packed_file.read_packed_file(tmp_path / "unseen.copyart")["README.md"].decode()


def test_it_is_named_after_the_style(style):
    assert packed_name(style) == "small-sohne.copyart"


def test_what_is_inspected_is_what_is_there(style, pack):
    for place, shared in ((style, False), (pack, True)):
        facts = inspect_style(place)
        assert (facts["name"], facts["packed"], facts["generator"]["kind"]) == ("Small & Söhne", shared, "resnet")
        assert facts["parameters"] == small_generator().count_params()
        content = (style / "weights.safetensors").read_bytes()
        assert facts["files"]["weights.safetensors"]["sha256"] == hashlib.sha256(content).hexdigest()
    json.dumps(facts)


def test_what_is_sound_is_verified_in_words(style, pack):
    assert len(verify_style(style)) == len(verify_style(pack)) == 4
    assert "each as the manifest says" in verify_style(pack)[0]


def test_a_preview_that_is_no_picture_is_found(pack):
    files = packed_file.read_packed_file(pack)
    pack.write_bytes(sealed({**files, "preview.jpg": b"no picture"}))
    load(pack)  # painting does not need it
    with pytest.raises(StyleError, match="readable preview"):
        verify_style(pack)


def test_a_style_that_paints_one_colour_is_found(tmp_path):
    network = small_generator()
    network.set_weights([np.zeros_like(weight) for weight in network.get_weights()])
    save_style(tmp_path / "grey", network, {})
    with pytest.raises(StyleError, match="a painting of one colour"):
        verify_style(tmp_path / "grey")


def test_a_network_of_another_kind_cannot_be_shared(tmp_path):
    save_style(tmp_path / "other", negative(), {})
    with pytest.raises(StyleError, match="have one of Copyart's own generators, as every shared style must"):
        pack_style(tmp_path / "other", tmp_path / "other.copyart")
    assert not (tmp_path / "other.copyart").exists()


def test_a_file_beyond_its_limit_is_refused(style, pack, tmp_path, monkeypatch):
    monkeypatch.setitem(packed_file.LIMITS, "weights.safetensors", 100)
    refuse(pack, "more than 100 bytes")
    with pytest.raises(StyleError, match="more than 100 bytes"):
        pack_style(style, tmp_path / "new.copyart")
    monkeypatch.setattr(packed_file, "_LARGEST", 200)
    refuse(pack, "more than 200 bytes")


def test_a_pack_of_a_later_format_asks_for_an_update(pack):
    files = packed_file.read_packed_file(pack)
    files["manifest.json"] = files["manifest.json"].replace(b'"format": 1', b'"format": 2', 1)
    pack.write_bytes(write_zip(files))
    refuse(pack, "format 1. Received: format 2. Update copyart")


def test_a_place_that_cannot_be_written_is_one_line_and_leaves_nothing(style, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StyleError, match="writable folder"):
        pack_style(style, tmp_path / "file" / "s.copyart")
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("name", sorted(bundled_styles()))
def test_every_bundled_style_can_be_shared(name, tmp_path):
    path = tmp_path / f"{name}.copyart"
    pack_style(bundled_styles()[name], path)
    assert path.stat().st_size < 1_100_000
    assert len(verify_style(path)) == 4
    assert "KID × 1000" in model_card(open_style(path))
