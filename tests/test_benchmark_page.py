"""The benchmark of the page: its table has medians, and ratios of the rounds that both pages have."""

import pytest

pytest.importorskip("playwright")
from benchmarks.page import main, table


def test_one_page_is_told_by_medians():
    rows = table(
        [{"cards": 3, "painted, s": 1.0}, {"cards": 3, "painted, s": 4.0}, {"cards": 3, "painted, s": 2.0}], []
    )
    assert "| painted, s | 2.00 | 1.00–4.00 |" in rows
    assert "other" not in rows


def test_what_a_page_does_not_have_is_a_dash():
    assert "| all cards, s | – | – |" in table([{"all cards, s": None}], [])


def test_two_pages_are_compared_round_by_round():
    ours, theirs = [{"painted, s": 1.0}, {"painted, s": 2.0}], [{"painted, s": 3.0}, {"painted, s": 4.0}]
    assert "| painted, s | 1.50 | 1.00–2.00 | 3.50 | 2.50 | 2.00–3.00 |" in table(ours, theirs)


def test_a_part_that_the_other_page_lacks_has_no_ratio():
    rows = table([{"all cards, s": 5.0}], [{"all cards, s": None}])
    assert "| all cards, s | 5.00 | 5.00–5.00 | – | – | – |" in rows


def test_it_says_how_it_is_used(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    assert "--beside" in capsys.readouterr().out
