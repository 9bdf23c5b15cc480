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

    monkeypatch.setattr(bundled, "bundled_styles", lambda: {"monet": tmp_path})
    rows = json.loads(copyart("artists", "--json").out)
    assert [row["slug"] for row in rows if row["ready"]] == ["monet"]


def test_the_table_names_everyone(copyart, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    result = copyart("artists")
    assert result.status == 0
    for artist in all_artists():
        assert artist.slug in result.out
        assert artist.name in result.out
