"""Styles whose weights cannot be mixed are blended, and mixtures load like styles."""

import pickle

import numpy as np
import pytest

import copyart
from copyart import export
from copyart.errors import CopyartError, StyleError
from copyart.painting.blending import BlendEngine
from copyart.styles import pack_style
from copyart.styles.networks import save_style
from tests.painting.networks import small_generator
from tests.pictures import photo, pixels


@pytest.fixture
def unlike(tmp_path):
    """Two style folders whose weights have nothing in common."""
    for name, seed in (("one", 0), ("two", 1)):
        save_style(tmp_path / name, small_generator(seed), {"name": name})
    return str(tmp_path / "one"), str(tmp_path / "two")


def test_a_mixture_of_like_styles_paints_between_them():
    one, mixed, two = (
        pixels(copyart.load(source).paint(photo())).mean()
        for source in ("vangogh", {"vangogh": 0.5, "ukiyoe": 0.5}, "ukiyoe")
    )
    assert min(one, two) - 5 < mixed < max(one, two) + 5


def test_a_text_and_a_dictionary_are_the_same_mixture():
    texts = [copyart.load(source) for source in ("vangogh:3,ukiyoe:2", {"vangogh": 0.6, "ukiyoe": 0.4})]
    assert texts[0].paint(photo()).tobytes() == texts[1].paint(photo()).tobytes()
    assert "blended" not in texts[0].metadata


def test_paintings_of_unlike_styles_are_blended_and_the_metadata_say_so(unlike):
    painter = copyart.load({unlike[0]: 0.75, unlike[1]: 0.25})
    assert painter.metadata["blended"] is True
    assert painter.name == "one 75 %, two 25 %"
    expected = 0.75 * pixels(copyart.load(unlike[0]).paint(photo())) + 0.25 * pixels(
        copyart.load(unlike[1]).paint(photo())
    )
    assert np.abs(pixels(painter.paint(photo())) - expected).max() <= 1.5


@pytest.mark.parametrize("shares", [(1.5, -0.5), (-0.5, 1.5)])
def test_unlike_styles_take_shares_from_0_to_1(unlike, shares):
    with pytest.raises(StyleError, match="trained from different weights"):
        copyart.load(dict(zip(unlike, shares, strict=True)))


def test_progress_runs_once_from_0_to_1_over_all_engines():
    class Half:
        sides = (None, None)

        def paint(self, image, progress):
            progress(0.5)
            progress(1.0)
            return image

    seen = []
    BlendEngine([Half(), Half()], [0.5, 0.5]).paint(photo(), seen.append)
    assert seen == [0.25, 0.5, 0.75, 1.0]


def test_blended_paintings_are_not_exported_as_one_network(unlike, tmp_path):
    with pytest.raises(CopyartError, match="a blend of paintings"):
        export.onnx(copyart.load({unlike[0]: 0.5, unlike[1]: 0.5}), tmp_path / "m.onnx")
    assert not (tmp_path / "m.onnx").exists()


def test_mixed_weights_are_exported(tmp_path):
    report = export.onnx(copyart.load("vangogh:0.6,ukiyoe:0.4"), tmp_path / "m.onnx", photos=[photo()])
    assert report.max_painting_difference <= 1 / 255


def test_a_mixture_can_be_pickled_with_mixed_weights_and_with_blended_paintings(unlike):
    for source in ("vangogh:0.6,ukiyoe:0.4", {unlike[0]: 0.5, unlike[1]: 0.5}):
        painter = copyart.load(source)
        assert pickle.loads(pickle.dumps(painter)).paint(photo()).tobytes() == painter.paint(photo()).tobytes()


def test_five_styles_are_mixed_by_their_weights():
    painter = copyart.load({"monet": 3, "vangogh": 2, "klee": 2, "turner": 2, "hokusai": 1})
    assert "blended" not in painter.metadata
    assert [parent["share"] for parent in painter.metadata["mixture"]] == [0.3, 0.2, 0.2, 0.2, 0.1]


def test_a_packed_mixture_is_mixed_with_a_bundled_style_by_their_weights(tmp_path):
    pack_style("monet:0.6,vangogh:0.4", tmp_path / "m.copyart")
    assert "blended" not in copyart.load({tmp_path / "m.copyart": 0.5, "klee": 0.5}).metadata
