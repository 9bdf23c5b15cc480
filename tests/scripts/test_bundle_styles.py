"""Bundled styles have figures, and are experimental unless these are good."""

import argparse
import json
import shutil

import pytest

from copyart.data.sample import sample_files
from copyart.models.generators import build_generator
from copyart.styles.folder import METADATA, WEIGHTS
from copyart.styles.networks import save_style
from scripts import bundle_styles
from scripts.bundle_styles import is_good, paintings_origin, round_figures


def figure(value, real=1.0, gap=None):
    return {"value": value, "real": {"value": real}, "gap_closed": gap and {"value": gap}}


def judged(gap=None, top_1=0.0, top_5=0.0, faults=()):
    figures = {"kid": figure(9.0, gap=gap), "attribution": figure(top_1), "attribution_top5": figure(top_5)}
    return {"figures": figures, "faults": [{"message": fault} for fault in faults]}


@pytest.mark.parametrize(
    ("found", "good"),
    [
        (judged(gap=0.6), True),
        (judged(gap=0.59), False),
        (judged(gap=0.2, top_1=0.5, top_5=0.67), True),
        (judged(gap=0.2, top_1=0.49, top_5=0.9), False),
        (judged(gap=None, top_1=0.9, top_5=0.66), False),
        (judged(gap=0.9, faults=["a checkerboard"]), False),
    ],
)
def test_a_style_is_good_by_either_judge_and_never_with_a_fault(found, good):
    assert is_good(found) is good


def test_without_attribution_the_gap_alone_decides():
    found = judged(gap=0.5)
    del found["figures"]["attribution"], found["figures"]["attribution_top5"]
    assert not is_good(found)


def test_the_origin_counts_what_was_learnt_from_by_source(tmp_path):
    for number in range(10):
        (tmp_path / f"kag_{number}.jpg").write_bytes(bytes([number]))
    (tmp_path / "aws_1.jpg").write_bytes(b"x")
    found = paintings_origin(sorted(tmp_path.iterdir()))
    assert "best-artworks-of-all-time" in found["source"]
    assert "more held out" in found["source"]
    assert found["licence"]["weights"] == "MIT, as Copyart"


def test_numbers_keep_four_digits_wherever_they_stand():
    assert round_figures({"a": 0.123456, "b": {"c": 123456.7}, "d": None, "e": "x"}) == {
        "a": 0.1235,
        "b": {"c": 123500.0},
        "d": None,
        "e": "x",
    }


def test_a_bundled_style_has_its_figures_and_weights_half_as_large(tmp_path, monkeypatch):
    monkeypatch.setattr(bundle_styles, "STYLES", tmp_path / "styles")
    run = tmp_path / "Claude_Monet"
    facts = {"name": "x", "recipe": "quick", "settings": {"image_size": 64}, "steps": 1}
    save_style(run / "style", build_generator("light", filters=2, blocks=1), facts)
    report = {**judged(gap=0.7), "features": ["SqueezeNet"], "counts": {"photos": 2}, "people": None}
    (tmp_path / "judged" / "Claude_Monet").mkdir(parents=True)
    (tmp_path / "judged" / "Claude_Monet" / "figures.json").write_text(json.dumps(report))
    photos, art = sample_files()
    (tmp_path / "paintings" / "Claude_Monet").mkdir(parents=True)
    for number, path in enumerate(art[:4]):
        shutil.copy(path, tmp_path / "paintings" / "Claude_Monet" / f"kag_{number}.jpg")
    options = {"judged": tmp_path / "judged", "paintings": tmp_path / "paintings", "photo": photos[0]}
    bundle_styles.bundle(run / "style", "Claude_Monet", argparse.Namespace(**options, experimental=[]))
    bundled = tmp_path / "styles" / "monet"
    metadata = json.loads((bundled / METADATA).read_text())
    assert (metadata["name"], metadata["experimental"]) == ("Claude Monet", False)
    assert metadata["figures"]["kid"]["gap_closed"]["value"] == 0.7
    assert (bundled / WEIGHTS).stat().st_size < 0.7 * (run / "style" / WEIGHTS).stat().st_size
    assert (bundled / "preview.jpg").exists()


def test_no_style_of_an_artist_in_copyright_is_bundled(tmp_path):
    save_style(tmp_path / "Frida_Kahlo", build_generator("light", filters=2, blocks=1), {"name": "x"})
    with pytest.raises(SystemExit, match=r"public domain\. Received: Frida Kahlo"):
        bundle_styles.bundle(tmp_path / "Frida_Kahlo", "Frida_Kahlo", argparse.Namespace())
