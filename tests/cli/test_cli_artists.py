"""`copyart artists` lists the artists, their state and their sources of pictures."""

import json
import subprocess
import sys

import pytest

from copyart.artists import all_artists


@pytest.fixture
def bundled(monkeypatch, tmp_path):
    """Bundle three styles: of Monet and Titian ready ones, of Cezanne an experimental one. None has weights."""
    from copyart.styles import bundled

    for slug, card in (("titian", {}), ("monet", {"experimental": False}), ("cezanne", {"experimental": True})):
        (tmp_path / slug).mkdir()
        (tmp_path / slug / "config.json").write_text("{}")
        (tmp_path / slug / "metadata.json").write_text(json.dumps(card))
    monkeypatch.setattr(bundled, "BUNDLED", tmp_path)
    return tmp_path


def test_json_lists_everyone_with_sources(copyart):
    result = copyart("artists", "--json")
    rows = {row["slug"]: row for row in json.loads(result.out)}
    assert result.err == ""
    assert sorted(rows) == sorted(artist.slug for artist in all_artists())
    assert len(rows) == 53
    assert rows["vangogh"]["name"] == "Vincent van Gogh"
    assert [rows[slug]["sources"] for slug in ("vangogh", "kahlo", "ukiyoe", "hokusai")] == [
        ["kaggle", "tfds"],
        ["kaggle"],
        ["tfds"],
        ["folders"],
    ]


def test_json_tells_what_the_table_of_artists_knows(copyart):
    rows = {row["slug"]: row for row in json.loads(copyart("artists", "--json").out)}
    known = {key: rows["bosch"][key] for key in ("french_name", "years", "movement", "public_domain")}
    assert known == {
        "french_name": "Jérôme Bosch",
        "years": "c. 1450-1516",
        "movement": "Northern Renaissance",
        "public_domain": True,
    }
    assert not rows["picasso"]["public_domain"]


def test_ready_are_those_whose_style_comes_along(copyart, bundled):
    rows = json.loads(copyart("artists", "--json").out)
    ready = [(row["slug"], row["experimental"]) for row in rows if row["ready"]]
    assert ready == [("monet", False), ("titian", False), ("cezanne", True)]
    lines = copyart("artists").out.splitlines()
    assert [line.split("│")[-3].strip() for line in lines if "Monet" in line or "Cezanne" in line] == [
        "ready",
        "experimental",
    ]


def test_the_ready_come_first_then_the_experimental_then_the_rest(copyart, bundled):
    rows = json.loads(copyart("artists", "--json").out)
    assert [row["slug"] for row in rows[:3]] == ["monet", "titian", "cezanne"]
    assert [row["slug"] for row in rows[3:]] == sorted(row["slug"] for row in rows[3:])
    lines = [line for line in copyart("artists").out.splitlines() if line.startswith("│")]
    assert [line.split("│")[5].strip() for line in lines[:4]] == ["ready", "ready", "experimental", "train it"]


def test_only_the_ready(copyart, bundled):
    assert [row["slug"] for row in json.loads(copyart("artists", "--ready", "--json").out)] == [
        "monet",
        "titian",
        "cezanne",
    ]


@pytest.mark.parametrize("name", ["naive art", "Naïve Art", "NAÏVE-ART"])
def test_only_one_movement_in_any_spelling(copyart, name):
    (row,) = json.loads(copyart("artists", "--movement", name, "--json").out)
    assert row["slug"] == "rousseau"


def test_the_ready_of_one_movement(copyart, bundled):
    rows = json.loads(copyart("artists", "--ready", "--movement", "impressionism", "--json").out)
    assert [row["slug"] for row in rows] == ["monet"]


def test_where_none_is_ready_one_line_says_so(copyart, bundled):
    result = copyart("artists", "--ready", "--movement", "cubism")
    assert (result.status, result.out) == (0, "")
    assert "None is ready" in result.err
    assert json.loads(copyart("artists", "--ready", "--movement", "cubism", "--json").out) == []


def test_a_wrong_movement_lists_them(copyart):
    complaint = copyart("artists", "--movement", "dada").complaint
    assert "'dada'" in complaint
    assert "Impressionism" in complaint
    assert "Ukiyo-e" in complaint


def test_a_style_without_metadata_is_named(copyart, bundled):
    (bundled / "monet" / "metadata.json").unlink()
    complaint = copyart("artists").complaint
    assert "monet" in complaint
    assert "metadata.json" in complaint


def test_the_table_names_everyone(copyart, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    result = copyart("artists")
    assert result.status == 0
    for artist in all_artists():
        assert artist.slug in result.out
        assert artist.name in result.out


def test_each_artist_stays_on_one_line_for_another_program(copyart, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    (line,) = [line for line in copyart("artists").out.splitlines() if "toulouse-lautrec" in line]
    *cells, state, source = [cell.strip() for cell in line.strip("│").split("│")]
    assert cells == ["Henri de Toulouse-Lautrec", "toulouse-lautrec", "1864-1901", "Post-Impressionism"]
    assert state in ("ready", "experimental", "train it")
    assert source == "kaggle"


def test_in_a_narrow_terminal_what_to_type_stays_whole(copyart, terminal):
    copyart("artists")
    assert all(artist.slug in terminal() for artist in all_artists())


@pytest.mark.parametrize("arguments", [["--version"], ["artists"], ["artists", "--json"]])
def test_nothing_slow_is_imported(arguments):
    code = (
        "import atexit, sys\n"
        "slow = {'numpy', 'keras', 'tensorflow', 'onnx', 'safetensors', 'PIL'}\n"
        "atexit.register(lambda: print(sorted(slow & sys.modules.keys()), file=sys.stderr))\n"
        "from copyart import cli\n"
        f"sys.argv = ['copyart', *{arguments}]\n"
        "cli.main()"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (run.returncode, run.stderr.strip()) == (0, "[]")


def test_the_version_is_told_without_reading_the_table():
    code = "import sys, copyart.cli; sys.exit('copyart.artists' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
