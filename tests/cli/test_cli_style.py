"""`copyart style`: pack, inspect, verify and mix styles, and paint with the results."""

import json

import pytest

from copyart.styles.networks import save_style
from tests.painting.networks import small_generator
from tests.pictures import photo, store


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_pack_inspect_verify_and_paint(copyart, here, style):
    result = copyart("style", "pack", style, "--licence", "MIT", "--author", "Jane")
    assert (result.status, result.out) == (0, "")
    assert result.err.startswith("tiny.copyart: 4 files, ")
    facts = json.loads(copyart("style", "inspect", "tiny.copyart", "--json").out)
    assert (facts["name"], facts["licence"], facts["author"], facts["packed"]) == ("Tiny", "MIT", "Jane", True)
    assert copyart("style", "verify", "tiny.copyart").err.count("ok  ") == 3
    store(here / "photo.png", photo(26, 18))
    assert copyart("paint", "photo.png", "--artist", "tiny.copyart").status == 0
    assert (here / "photo-tiny.png").exists()


def test_pack_tells_a_program_what_it_wrote(copyart, here, style):
    found = json.loads(copyart("style", "pack", style, "new/own.copyart", "--json").out)
    assert found["path"] == "new/own.copyart"
    assert found["bytes"] == (here / "new" / "own.copyart").stat().st_size
    assert set(found["files"]) == {"README.md", "config.json", "metadata.json", "weights.safetensors"}


def test_inspect_takes_names_and_prints_the_card(copyart):
    result = copyart("style", "inspect", "monet")
    assert "name                    Claude Monet\n" in result.out
    assert "sha256 " in result.out
    assert copyart("style", "inspect", "monet", "--card").out.startswith("---\nlicense: ")


def test_a_strangers_words_do_not_move_the_cursor(copyart, here):
    save_style(here / "s", small_generator(), {"name": "\x1b[2J\nx", "source": "a\u202eb"})
    out = copyart("style", "inspect", "s").out
    assert "\x1b" not in out
    assert "name                    [2J x\n" in out.replace("  [2J", " [2J").replace(
        "                     [", "                    ["
    )


def test_what_is_sound_is_told_to_a_program(copyart, style):
    found = json.loads(copyart("style", "verify", style, "--json").out)
    assert found["sound"] is True
    assert len(found["found"]) == 3


@pytest.mark.parametrize("command", ["inspect", "verify", "pack"])
def test_a_model_file_is_told_to_become_a_style_first(copyart, here, command):
    (here / "g.pth").write_bytes(b"weights")
    assert "'g.pth', another kind of file. Convert weights" in copyart("style", command, "g.pth").complaint


@pytest.mark.parametrize("command", ["inspect", "verify", "pack"])
def test_a_damaged_one_is_one_line(copyart, here, command):
    (here / "bad.copyart").write_bytes(b"PK\3\4 no style")
    assert "must be a style packed by copyart" in copyart("style", command, "bad.copyart").complaint
    assert [path.name for path in here.iterdir()] == ["bad.copyart"]


def test_an_unknown_style_is_one_line(copyart):
    assert "Received: 'nowhere'" in copyart("style", "verify", "nowhere").complaint


def test_a_mixture_becomes_a_style_folder(copyart, tmp_path):
    out = tmp_path / "mixed"
    result = copyart("style", "mix", "vangogh:0.6,ukiyoe:0.4", "-o", str(out), "--json")
    assert json.loads(result.out)["name"] == "Vincent van Gogh 60 %, Ukiyo-e 40 %"
    assert copyart("style", "verify", str(out)).status == 0


@pytest.mark.parametrize("mixture", ["monet", "monet:much,vangogh:0.4", "nobody:0.5,vangogh:0.5", "vangogh:9"])
def test_a_mixture_that_is_not_valid_is_one_line(copyart, tmp_path, mixture):
    result = copyart("style", "mix", mixture, "-o", str(tmp_path / "mixed"))
    assert result.status == 2
    assert result.complaint
    assert not (tmp_path / "mixed").exists()
