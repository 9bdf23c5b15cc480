"""A style is judged before it is bundled, and calls itself experimental unless it is good."""

import json
import sys

import pytest

from copyart.data.sample import sample_files
from copyart.models.generators import build_generator
from copyart.painting.style_files import METADATA, WEIGHTS
from copyart.painting.styles import save_style
from scripts import bundle_style


@pytest.fixture
def bundled(tmp_path, monkeypatch):
    """Bundle an untrained style from the sample's pictures and return its folder."""
    monkeypatch.setattr(bundle_style, "ROOT", tmp_path)
    card = {"name": "Nobody", "settings": {"image_size": 64}, "steps": 1}
    save_style(tmp_path / "run" / "style", build_generator("light", filters=2, blocks=1), card)
    photos, art = (str(files[0].parent) for files in sample_files())
    words = ["--photos", photos, "--art", art, "--pictures", "drawn", "--licence", "CC0"]
    monkeypatch.setattr(sys, "argv", ["bundle_style.py", str(tmp_path / "run"), "nobody", *words])
    bundle_style.main()
    return tmp_path / "copyart" / "styles" / "nobody"


def test_the_card_has_figures_and_the_weights_are_half_as_large(bundled):
    card = json.loads((bundled / METADATA).read_text())
    assert card["experimental"] is True
    assert card["source"] == "drawn"
    assert card["figures"]["kid"]["value"] > card["figures"]["kid"]["real"]["value"]
    assert card["judged"]["counts"]["photos"] == 32
    full = bundled.parents[2] / "run" / "style" / WEIGHTS
    assert (bundled / WEIGHTS).stat().st_size < 0.7 * full.stat().st_size
    assert (bundled.parents[2] / "run" / "evaluation" / "report.html").exists()
