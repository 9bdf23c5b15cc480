"""The pages with the figures of the bundled styles agree with the styles' metadata."""

import pytest

from copyart.styles.bundled import bundled_styles
from scripts.styles_table import README_STYLES, REPLACEMENTS, readme_table, table_rows, updated_page
from tests.documents import ROOT


@pytest.mark.parametrize("page", REPLACEMENTS)
def test_a_page_shows_the_figures_of_the_metadata(page):
    shown = (ROOT / page).read_text(encoding="utf-8")
    assert shown == updated_page(page), f"{page} is out of date: python -m scripts.styles_table"


def test_every_bundled_style_has_a_row():
    assert len(table_rows()) - 2 == len(bundled_styles())


def test_the_readme_has_a_row_for_each_of_its_styles_and_the_median():
    assert [row.count("|") for row in readme_table()] == [5] * (len(README_STYLES) + 1)
