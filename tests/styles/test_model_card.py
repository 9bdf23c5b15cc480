"""The model card states the metadata, marks missing facts, and escapes untrusted text."""

from pathlib import Path

import pytest

from copyart.styles.bundled import bundled_styles
from copyart.styles.folder import read_metadata
from copyart.styles.model_card import licences_and_author, model_card, plain_text
from copyart.styles.opening import open_style
from copyart.styles.style import Style


def card_with(config=(), metadata=()):
    return model_card(Style(Path("nowhere"), {}, dict(config), dict(metadata), {}))


def test_a_bundled_styles_card_has_all_there_is_to_say():
    folder = bundled_styles()["monet"]
    card, fid = model_card(open_style(folder)), read_metadata(folder)["figures"]["fid"]
    assert card.startswith("---\nlicense: other\nlibrary_name: copyart\npipeline_tag: image-to-image\n")
    for text in (
        "# Claude Monet",
        "light (filters 32, blocks 4)",
        f"| FID | {fid['value']:.1f} | {fid['low']:.1f} … {fid['high']:.1f} |"
        f" {fid['photos']['value']:.1f} | {fid['real']['value']:.1f} |",
        "MIT, as Copyart",
    ):
        assert text in card


def test_what_is_not_known_is_said_to_be():
    card = card_with()
    assert card.count(": not stated") == 9
    assert "Not measured." in card
    assert "Experimental" not in card


def test_an_experimental_style_is_called_so():
    assert "**Experimental**" in card_with(metadata={"experimental": True})


@pytest.mark.parametrize(
    ("licence", "header"),
    [("MIT", "mit"), ("CC-BY-SA-4.0", "cc-by-sa-4.0"), ("mine\ntags: [x]", "other"), (None, "other")],
)
def test_only_known_licences_reach_the_header(licence, header):
    assert card_with(metadata={"licence": licence}).splitlines()[1] == f"license: {header}"


def test_a_licence_is_a_text_or_one_for_weights_and_one_for_pictures():
    assert licences_and_author({"licence": "MIT"})["licence"] == "MIT"
    assert licences_and_author({"licence": {"weights": "MIT", "pictures": "CC0"}})["licence of the pictures"] == "CC0"


def test_a_strangers_words_stay_words():
    text = plain_text("a\n# b <script>\x1b[2J | [x](y) `z`\u202e")
    assert text == "a \\# b \\<script\\> \\[2J \\| \\[x\\](y) \\`z\\`"
    assert len(plain_text("x" * 5000)) == 400


@pytest.mark.parametrize("generator", [None, [], "light", {"kind": "light"}])
def test_a_generator_of_another_form_is_no_reason_to_fail(generator):
    assert "- generator: " in card_with(config={"generator": generator})


@pytest.mark.parametrize("figures", [None, [], {"kid": 3}, {"kid": {"value": "1"}}, {"kid": {"value": 1, "low": None}}])
def test_figures_of_another_form_are_left_out(figures):
    assert "Not measured." in card_with(metadata={"figures": figures, "pictures": 3, "versions": []})
