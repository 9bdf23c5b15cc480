"""`copyart artists`: everyone who can be copied, from where, and who is ready."""

import json

from copyart.artists import all_artists


def test_json_lists_everyone_with_sources(copyart):
    result = copyart("artists", "--json")
    rows = {row["slug"]: row for row in json.loads(result.out)}
    assert result.err == ""
    assert list(rows) == [artist.slug for artist in all_artists()]
    assert len(rows) == 51
    assert rows["vangogh"]["name"] == "Vincent van Gogh"
    assert [rows[slug]["sources"] for slug in ("vangogh", "kahlo", "ukiyoe")] == [
        ["kaggle", "tfds"],
        ["kaggle"],
        ["tfds"],
    ]


def test_ready_are_those_whose_style_comes_along(copyart, monkeypatch, tmp_path):
    from copyart.painting import bundled

    for slug, card in (("monet", {}), ("cezanne", {"experimental": True})):
        (tmp_path / slug).mkdir()
        (tmp_path / slug / "config.json").write_text("{}")
        (tmp_path / slug / "metadata.json").write_text(json.dumps(card))
    monkeypatch.setattr(bundled, "BUNDLED", tmp_path)
    rows = json.loads(copyart("artists", "--json").out)
    assert [(row["slug"], row["experimental"]) for row in rows if row["ready"]] == [("monet", False), ("cezanne", True)]
    lines = copyart("artists").out.splitlines()
    assert [line.split("│")[-2].strip() for line in lines if "Monet" in line or "Cezanne" in line] == [
        "yes",
        "experimental",
    ]


def test_the_table_names_everyone(copyart, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    result = copyart("artists")
    assert result.status == 0
    for artist in all_artists():
        assert artist.slug in result.out
        assert artist.name in result.out
