"""A style as a browser paints it gives what the whole graph gives."""

import json

import numpy as np
import onnx
import onnxruntime
import pytest

from copyart.engine.graph import picture_graph
from copyart.styles.bundled import bundled_styles
from copyart.styles.opening import open_style
from copyart.web.page.browser_model import browser_model, packed, parts_of, unpacked


def plan(slug):
    return open_style(slug).plan


def chained(parts, photo):
    value = photo
    for part in parts:
        session = onnxruntime.InferenceSession(part.SerializeToString(), providers=["CPUExecutionProvider"])
        (value,) = session.run(None, {part.graph.input[0].name: value})
    return value


@pytest.mark.parametrize("slug", sorted(bundled_styles()))
def test_the_parts_paint_what_the_whole_paints_within_a_level(slug):
    photo = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
    whole = picture_graph(plan(slug)).to_bytes()
    session = onnxruntime.InferenceSession(whole, providers=["CPUExecutionProvider"])
    (wanted,) = session.run(None, {"photo": photo})
    painting = chained(unpacked(browser_model(open_style(slug))), photo)
    assert painting.shape == photo.shape
    assert np.abs(painting.astype(int) - wanted).max() <= 1
    assert np.abs(wanted.astype(int) - photo).mean() > 1


def test_a_part_ends_with_each_block_and_each_is_a_valid_model():
    parts = parts_of(picture_graph(plan("monet")).to_bytes())
    blocks = json.loads((bundled_styles()["monet"] / "config.json").read_text())["generator"]["blocks"]
    assert len(parts) == blocks + 1
    for part in parts:
        onnx.checker.check_model(part)
    names = [(part.graph.input[0].name, part.graph.output[0].name) for part in parts]
    assert (names[0][0], names[-1][1]) == ("photo", "painting")
    assert [after[0] for after in names[1:]] == [before[1] for before in names[:-1]]


def test_the_file_is_what_was_packed_and_its_shares_make_a_whole():
    import json

    parts = parts_of(picture_graph(plan("monet")).to_bytes())
    file = packed(parts)
    assert unpacked(file) == parts
    head = json.loads(file[4 : 4 + int.from_bytes(file[:4], "little")])
    shares = [row["share"] for row in head["parts"]]
    assert sum(shares) == pytest.approx(1, abs=1e-3)
    assert shares[1] == shares[2] > 0.1  # two blocks are alike


@pytest.mark.parametrize("slug", sorted(bundled_styles()))
def test_a_bundled_style_takes_at_most_two_megabytes(slug):
    assert 500_000 < len(browser_model(open_style(slug))) <= 2_000_000


def test_a_network_of_another_kind_has_no_file_for_the_browser(tmp_path):
    import keras

    from copyart.styles.networks import save_style

    network = keras.Sequential([keras.Input((None, None, 3)), keras.layers.Conv2D(3, 3, padding="same", name="only")])
    save_style(tmp_path / "other", network, {"name": "Other"})
    assert browser_model(open_style(tmp_path / "other")) is None
