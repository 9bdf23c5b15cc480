import json

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file

from copyart.data.split import split_files
from scripts import train_attribution
from tests.pictures import store

HUES = {"Claude_Monet": (200, 60, 60), "Ukiyo-e": (60, 200, 60), "Paul_Klee": (60, 60, 200)}


def mean_colours(pictures, progress=None):
    return pictures[:, ::8, ::8].mean(axis=(1, 2)) / 100


@pytest.fixture
def paintings(tmp_path):
    """Twenty paintings in each of three hues, three of a fourth, and a detail that is no painting."""
    rng = np.random.default_rng(0)
    for name, hue in {**HUES, "Jan_van_Eyck": (9, 9, 9)}.items():
        for number in range(20 if name in HUES else 3):
            blocks = np.kron(rng.normal(0, 40, (8, 8, 3)), np.ones((5, 6, 1)))
            picture = np.clip(hue + blocks, 0, 255).astype(np.uint8)
            store(tmp_path / "paintings" / name / f"kag_{number}.png", Image.fromarray(picture))
    store(tmp_path / "paintings" / "Paul_Klee" / "tile_0.png", Image.new("RGB", (40, 40)))
    return tmp_path / "paintings"


@pytest.fixture
def train(paintings, tmp_path, monkeypatch):
    monkeypatch.setattr(train_attribution, "attribution_features", lambda: mean_colours)
    monkeypatch.setattr(train_attribution, "SCHOOLS", {"Ukiyo-e": ["Ukiyo-e"]})
    for name in ("WEIGHTS", "FACTS"):
        suffix = getattr(train_attribution, name).suffix
        monkeypatch.setattr(train_attribution, name, tmp_path / f"attribution{suffix}")

    def run(*arguments):
        command = ["train_attribution", str(paintings), "--cache", str(tmp_path / "cache.npz"), *arguments]
        monkeypatch.setattr("sys.argv", command)
        train_attribution.main()

    return run


def test_held_out_paintings_are_named_and_only_they_are_counted(train, paintings, tmp_path):
    train("--penalty", "1e-5")
    facts = json.loads((tmp_path / "attribution.json").read_text(encoding="utf-8"))
    assert facts["artists"] == ["Claude Monet", "Paul Klee", "Ukiyo-e"]
    for folder in HUES:
        held_out = split_files(sorted((paintings / folder).glob("kag_*")))[1]
        name = folder.replace("_", " ")
        assert facts["real"][name] == {"count": len(held_out), "top1": len(held_out), "top5": len(held_out)}
        assert facts["training"][name] == 20 - len(held_out)
    assert load_file(tmp_path / "attribution.safetensors")["weights"].dtype == np.float16


def test_artists_with_few_paintings_are_left_out_and_told(train, capsys):
    train()
    assert "Jan_van_Eyck: left out, " in capsys.readouterr().out


def test_cross_validation_writes_nothing(train, tmp_path, capsys):
    train("--cross-validate")
    assert "[1.0, 1.0]" in capsys.readouterr().out
    assert not (tmp_path / "attribution.json").exists()


def test_all_artists_weigh_alike():
    features = np.zeros((12, 1, 2), np.float32)  # which tell nothing: only the number of paintings could
    bias = train_attribution.fit_classifier(features, np.array([0] * 10 + [1] * 2), penalty=1e-3)[1]
    assert bias[0] == pytest.approx(bias[1], abs=1e-4)


def test_training_paintings_that_a_held_out_file_shows_are_left_out(tmp_path):
    rng = np.random.default_rng(1)
    pictures = [np.kron(rng.integers(0, 256, (8, 8, 3)), np.ones((16, 16, 1))).astype(np.uint8) for _ in range(2)]
    for number, picture in enumerate(pictures):
        store(tmp_path / f"{number}.png", Image.fromarray(picture))
    Image.fromarray(pictures[0]).resize((90, 90)).save(tmp_path / "again.jpg", quality=60)
    found = train_attribution.without_copies([tmp_path / "again.jpg", tmp_path / "1.png"], [tmp_path / "0.png"])
    assert found == [tmp_path / "1.png"]
