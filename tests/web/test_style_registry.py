"""The style registry is built without loading weights."""

import pytest

from copyart.errors import ConfigError, StyleError
from copyart.styles.bundled import bundled_styles
from copyart.styles.packing import pack_style
from copyart.web.page.rendering import browser_files
from copyart.web.style_registry import find_style, open_registry
from tests.cli.conftest import style  # noqa: F401 - a fixture


def test_the_bundled_styles_come_first_and_those_that_are_named_after_them(style):  # noqa: F811
    registry = open_registry([style])
    assert list(registry) == [*open_registry(), "tiny"]
    assert (registry["tiny"].name, registry["tiny"].source) == ("Tiny", str(style))
    assert registry["monet"].preview.startswith(b"\xff\xd8")


def test_a_workdir_is_called_by_its_own_name(tmp_path, style):  # noqa: F811
    import shutil

    shutil.copytree(style, tmp_path / "My Grandma!" / "style")
    (slug,) = open_registry([tmp_path / "My Grandma!"]).keys() - bundled_styles().keys()
    assert slug == "my-grandma"


def test_a_packed_style_is_shown_and_painted_in_the_browser_as_its_folder_is(tmp_path):
    monet = open_registry()["monet"]
    pack_style(monet.opens, tmp_path / "My Monet.copyart", "CC0-1.0", "somebody")
    style = open_registry([tmp_path / "My Monet.copyart"])["my-monet"]  # noqa: F811
    assert (style.name, style.preview) == (monet.name, monet.preview)
    assert style.metadata["figures"] == monet.metadata["figures"]
    assert browser_files("x", style.opens) == browser_files("x", monet.opens)


def test_a_file_needs_no_card(tmp_path):
    (tmp_path / "odd.keras").write_bytes(b"")
    style = open_registry([tmp_path / "odd.keras"])["odd"]  # noqa: F811
    assert (style.name, style.metadata, style.preview, style.experimental) == ("odd", {}, None, False)


def test_two_of_one_name_are_refused(style):  # noqa: F811
    with pytest.raises(ConfigError, match="two that are called 'tiny'"):
        open_registry([style, style])


def test_what_is_no_style_is_refused(tmp_path):
    with pytest.raises(StyleError, match="which does not exist"):
        open_registry([tmp_path / "nothing"])


@pytest.mark.parametrize("name", ["monet", "MONET", "Claude Monet", "claude_monet", "Clàude-Monet"])
def test_a_style_is_found_by_any_spelling_of_its_name(name):
    assert find_style(open_registry(), name).slug == "monet"


@pytest.mark.parametrize("name", ["", "picasso", "../monet", "monet/../vangogh", "\0", "x" * 10_000])
def test_what_is_no_name_of_a_style_finds_none(name):
    assert find_style(open_registry(), name) is None


def test_the_closest_to_their_artists_come_first():
    cards = [one.metadata for one in open_registry().values()]
    shares = [card["figures"]["kid"]["gap_closed"]["value"] for card in cards]
    assert shares == sorted(shares, reverse=True)
    assert {*open_registry()} == {*bundled_styles()}
