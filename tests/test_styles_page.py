"""The page about the bundled styles says what their metadata say."""

from copyart.styles.bundled import bundled_styles
from scripts.styles_table import table
from tests.documents import ROOT


def test_the_gallery_is_that_of_the_metadata():
    page = (ROOT / "docs" / "styles.md").read_text(encoding="utf-8")
    assert "\n".join(table()) in page


def test_every_bundled_style_has_a_row():
    assert len(table()) - 2 == len(bundled_styles())
