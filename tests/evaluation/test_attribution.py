import json

import numpy as np
import pytest
from safetensors.numpy import load_file

from copyart.evaluation.attribution import FACTS, WEIGHTS, Classifier, attribution, load_classifier
from copyart.styles.bundled import bundled_styles
from tests.evaluation.scenes import scenes

ARTISTS = ["Claude Monet", "Ukiyo-e", "Katsushika Hokusai", "Albrecht Dürer"]
FACTS_OF_FOUR = {
    "artists": ARTISTS,
    "schools": {"Ukiyo-e": ["Ukiyo-e", "Katsushika Hokusai"]},
    "real": {"Claude Monet": {"count": 10, "top1": 7, "top5": 9}},
}


@pytest.fixture
def classifier():
    """A classifier whose scores are what it is given as pictures."""
    arrays = {"weights": np.eye(4, dtype=np.float16), "bias": np.array([0, 0, 0, 0.5], np.float32)}
    return Classifier(arrays, FACTS_OF_FOUR, network=lambda scores, progress: np.asarray(scores, np.float64))


def test_the_likeliest_artist_has_place_0(classifier):
    assert classifier.ranks([[3, 2, 1, 0], [1, 2, 3, 0], [0.2, 0, 0, 0]], "Claude Monet").tolist() == [0, 2, 1]


def test_of_a_school_the_likeliest_artist_counts(classifier):
    scores = [[2, 0, 3, 0], [3, 2, 1, 0]]
    assert classifier.ranks(scores, "Ukiyo-e").tolist() == [0, 1]
    assert classifier.ranks(scores, "Katsushika Hokusai").tolist() == [0, 2]


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("claude_monet", "Claude Monet"),
        ("Duerer", "Albrecht Dürer"),
        ("ukiyoe", "Ukiyo-e"),
        ("Frida", None),
        (None, None),
    ],
)
def test_artists_are_found_by_any_spelling(classifier, name, known):
    assert classifier.known_name(name) == known


def test_the_rate_of_real_paintings_has_its_interval(classifier):
    found = classifier.rate_of_real_paintings("Claude Monet", 1)
    assert found.value == pytest.approx(0.7)
    assert 0.3 < found.low < 0.7 < found.high <= 1


def test_rates_stand_beside_those_of_photos_and_real_paintings(classifier):
    figures = attribution(np.array([0, 1, 4, 5]), np.array([0, 9, 9, 9]), classifier, "Claude Monet")
    assert [(f.value, f.photos.value, f.real.value) for f in figures.values()] == [(0.25, 0.25, 0.7), (0.75, 0.25, 0.9)]
    assert [*figures] == ["attribution", "attribution_top5"]


def test_the_bundled_classifier_is_small_and_whole():
    assert WEIGHTS.stat().st_size < 300_000
    arrays, facts = load_file(WEIGHTS), json.loads(FACTS.read_text(encoding="utf-8"))
    assert arrays["weights"].shape == (1280, len(facts["artists"]))
    assert all(np.isfinite(array).all() for array in arrays.values())
    assert set(facts["real"]) == set(facts["artists"])
    assert all(0 <= real["top1"] <= real["top5"] <= real["count"] for real in facts["real"].values())
    assert min(facts["training"].values()) >= 12


def test_the_bundled_classifier_knows_the_artist_of_every_bundled_style():
    names = [json.loads((folder / "metadata.json").read_text())["name"] for folder in bundled_styles().values()]
    assert all(load_classifier().known_name(name) for name in names)


def test_the_bundled_classifier_sees_pictures_of_any_size():
    classifier = load_classifier()
    ranks = classifier.ranks(scenes(2, 64), "Claude Monet")
    assert ranks.shape == (2,)
    assert ((ranks >= 0) & (ranks < len(classifier.artists))).all()
