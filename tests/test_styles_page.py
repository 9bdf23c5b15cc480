"""The page about the bundled styles says what their cards say."""

from scripts.styles_table import table
from tests.documents import ROOT


def test_the_table_is_that_of_the_cards():
    page = (ROOT / "docs" / "styles.md").read_text()
    assert "\n".join(table()) in page


def test_the_style_that_came_farthest_comes_first():
    shares = [int(row.split("**")[1].rstrip("%")) for row in table()[2:]]
    assert len(shares) >= 4
    assert shares == sorted(shares, reverse=True)
