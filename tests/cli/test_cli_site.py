"""`copyart site` writes the static site. Errors are one line."""

import json

import pytest

from copyart.web import site


def test_a_site_is_written_and_its_size_told(copyart, tmp_path):
    result = copyart("site", tmp_path / "public", "--json")
    assert result.status == 0
    written = json.loads(result.out)
    assert written["path"] == str(tmp_path / "public")
    assert written["bytes"] > 10_000_000
    assert (tmp_path / "public" / "fr.html").is_file()


@pytest.mark.parametrize("option", ["--artist", "-a", "--style"])
def test_a_style_of_ones_own_is_offered_too(copyart, tmp_path, style, option):
    assert copyart("site", tmp_path / "public", option, style).status == 0
    assert "Tiny" in (tmp_path / "public" / "index.html").read_text(encoding="utf-8")


def test_a_folder_that_holds_something_is_one_clear_line(copyart, tmp_path):
    (tmp_path / "kept.txt").write_text("mine")
    assert "new or empty" in copyart("site", tmp_path).complaint


def test_a_missing_runtime_is_one_clear_line(copyart, tmp_path, monkeypatch):
    monkeypatch.setattr(site, "installed_runtimes", lambda vendor: {})
    assert "make web" in copyart("site", tmp_path / "public").complaint
