"""Mixtures: shares are checked, weights of styles from the same start are averaged, and bad mixtures are refused."""

import dataclasses
import json

import numpy as np
import pytest

from copyart.errors import ConfigError, StyleError
from copyart.styles import open_style, pack_style, write_style
from copyart.styles.folder import METADATA
from copyart.styles.mixing import MixingError, correlation, interpolate, is_mixture, mix_styles, parse_shares
from copyart.styles.model_card import model_card


@pytest.fixture(scope="module")
def vangogh():
    return open_style("vangogh")


@pytest.fixture(scope="module")
def ukiyoe():
    return open_style("ukiyoe")


def unlike(style):
    """The style with its weights in another order, as another training run would have them."""
    return dataclasses.replace(style, weights={name: array[..., ::-1] for name, array in style.weights.items()})


@pytest.mark.parametrize(
    "text", ["monet:0.6,vangogh:0.4", "monet:1.4", " monet : 1 ", "hf://a/b:0.5,monet:0.5", "a:b", ":1"]
)
def test_names_with_shares_are_a_mixture(text):
    assert is_mixture(text)


@pytest.mark.parametrize("text", ["monet", "runs/monet", "hf://a/b", "kaggle://a/b/c/d", r"C:\styles\monet", "a,b"])
def test_other_texts_are_no_mixture(text):
    assert not is_mixture(text)


def test_a_file_whose_name_looks_like_a_mixture_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a:0.5").write_text("")
    assert not is_mixture("a:0.5")


def test_several_shares_are_divided_by_their_sum():
    assert parse_shares("a:3,b:1") == [("a", 0.75), ("b", 0.25)]
    assert parse_shares({"a": 3, "b": 1}) == [("a", 0.75), ("b", 0.25)]


def test_the_shares_of_a_style_that_is_named_twice_are_added():
    assert parse_shares("a:0.25,b:0.5,a:0.25") == [("a", 0.5), ("b", 0.5)]


def test_a_single_share_stays_as_it_is():
    assert parse_shares("a:1.4") == [("a", 1.4)]


@pytest.mark.parametrize(
    ("source", "match"),
    [
        ("a:lots,b:1", "a share must be a number. Received: 'lots' for 'a'"),
        ("a:nan", "must be a number"),
        ({"a": None}, "must be a number"),
        ("a:0", "must not be zero"),
        ("a:0,b:0", "a finite sum other than zero"),
        ("a:1,b:-1", "a finite sum other than zero"),
        ("a:1e308,b:1e308", "a finite sum other than zero"),
        ("a:", "must be a number. Received: '' for 'a'"),
        (":1", "a name and a share. Received: ':1'"),
        ("a:1,", "a name and a share. Received: ''"),
        ("a:9", r"must lie in -0\.5 to 1\.5"),
        ("a:0,6,b:0,4", "a name and a share. Received: '6'"),
        ({}, "must have at least one style"),
    ],
)
def test_shares_that_are_not_valid_are_refused_in_one_line(source, match):
    with pytest.raises(ConfigError, match=match) as raised:
        parse_shares(source)
    assert "\n" not in str(raised.value)


def test_the_weights_of_a_mixture_are_the_mean_of_its_parents(vangogh, ukiyoe):
    mixed = mix_styles([vangogh, ukiyoe], [0.75, 0.25])
    assert mixed.weights.keys() == vangogh.weights.keys()
    for name, array in mixed.weights.items():
        expected = 0.75 * vangogh.weights[name].astype(float) + 0.25 * ukiyoe.weights[name].astype(float)
        assert array.dtype == np.float16
        assert abs(array - expected).max() < 2e-3


def test_a_single_share_goes_from_the_starter_to_the_style_and_beyond(vangogh):
    start, stronger = (mix_styles([vangogh], [share]).weights for share in (1e-6, 1.2))
    for name, array in vangogh.weights.items():
        expected = start[name] + 1.2 * (array.astype(np.float32) - start[name])
        assert abs(stronger[name] - expected).max() < 4e-3


def test_the_metadata_name_the_parents_and_their_licences(vangogh, ukiyoe):
    metadata = mix_styles([vangogh, ukiyoe], [0.6, 0.4]).metadata
    assert metadata["name"] == "Vincent van Gogh 60 %, Ukiyo-e 40 %"
    assert [(parent["name"], parent["share"]) for parent in metadata["mixture"]] == [
        ("Vincent van Gogh", 0.6),
        ("Ukiyo-e", 0.4),
    ]
    assert metadata["licence"]["weights"].startswith("MIT")


def test_a_mixture_of_mixtures_names_each_style_once(vangogh, ukiyoe):
    half = interpolate([vangogh, ukiyoe], [0.5, 0.5])
    metadata = interpolate([half, vangogh], [0.6, 0.4]).metadata
    assert metadata["name"] == "Vincent van Gogh 70 %, Ukiyo-e 30 %"
    assert [(parent["name"], parent["share"]) for parent in metadata["mixture"]] == [
        ("Vincent van Gogh", 0.7),
        ("Ukiyo-e", 0.3),
    ]


@pytest.mark.parametrize("stored", [[{"name": "Ukiyo-e", "share": 1}], "Storm", 5, [{}], [5], {"name": "Storm"}])
def test_a_style_with_a_name_of_its_own_keeps_it_in_a_mixture(vangogh, ukiyoe, stored):
    storm = dataclasses.replace(ukiyoe, metadata={"name": "Storm", "mixture": stored})
    assert interpolate([vangogh, storm], [0.6, 0.4]).metadata["name"] == "Vincent van Gogh 60 %, Storm 40 %"


def test_a_mixture_is_packed_and_opened_again_with_its_parents_in_the_model_card(tmp_path):
    pack_style("vangogh:0.6,ukiyoe:0.4", tmp_path / "mixed.copyart")
    assert "- mixed from: Vincent van Gogh (0.6); Ukiyo-e (0.4)" in model_card(open_style(tmp_path / "mixed.copyart"))


def test_a_mixture_becomes_a_style_folder_with_a_preview(tmp_path):
    write_style(open_style("vangogh:0.6,ukiyoe:0.4"), tmp_path / "mixed")
    assert json.loads((tmp_path / "mixed" / METADATA).read_text())["name"] == "Vincent van Gogh 60 %, Ukiyo-e 40 %"
    assert open_style(tmp_path / "mixed").preview


def test_the_correlation_is_1_for_equal_weights_and_0_for_others():
    weights = np.random.default_rng(0).normal(3, 1, (2, 10_000)).astype(np.float32)
    assert correlation(weights[0], 2 * weights[0] + 1) == pytest.approx(1, abs=1e-5)
    assert abs(correlation(*weights)) < 0.05
    assert correlation(weights[0], weights[1][:-1]) == 0


def test_weights_of_different_origins_are_not_mixed(vangogh):
    with pytest.raises(MixingError, match=r"trained from different weights \(correlation"):
        mix_styles([vangogh, unlike(vangogh)], [0.5, 0.5])


def test_different_generators_are_not_mixed(vangogh, ukiyoe):
    other = dataclasses.replace(ukiyoe, config={**ukiyoe.config, "generator": {**ukiyoe.generator, "blocks": 3}})
    other.__dict__["plan"] = ukiyoe.plan
    with pytest.raises(MixingError, match="whose generators differ"):
        mix_styles([vangogh, other], [0.5, 0.5])


def test_weights_of_other_names_are_not_mixed(vangogh):
    other = dataclasses.replace(vangogh, weights={f"{name}_": array for name, array in vangogh.weights.items()})
    with pytest.raises(MixingError, match=r"correlation 0\.00"):
        mix_styles([vangogh, other], [0.5, 0.5])


@pytest.mark.parametrize("share", [1.75, 2])
def test_a_mixture_that_no_longer_paints_is_refused(share):
    monet = open_style("monet")
    with pytest.raises(MixingError, match="must paint about as well as its styles"):
        mix_styles([monet], [share])
    assert interpolate([monet], [share]).metadata["name"] == f"Claude Monet {100 * share:.0f} %"


def test_a_model_file_is_no_part_of_a_mixture(tmp_path):
    (tmp_path / "net.pth").write_bytes(b"weights")
    with pytest.raises(StyleError, match=r"a model file\. Convert it to a style first: copyart convert"):
        open_style(f"{tmp_path / 'net.pth'}:0.5,monet:0.5")
