import json

import numpy as np
import pytest

from copyart.errors import ConfigError
from copyart.evaluation import Estimate, Evaluation, Fault, Figure
from tests.evaluation.scenes import scenes


@pytest.fixture
def evaluation():
    share = Estimate(0.6, 0.5, 0.7)
    figures = {
        "kid": Figure(40.0, 35.0, 45.0, Estimate(100.0, 90.0, 110.0), Estimate(0.0, -2.0, 2.0), share, "SqueezeNet"),
        "structure": Figure(0.7, 0.6, 0.8, Estimate(1.0, 1.0, 1.0), Estimate(0.1, 0.05, 0.15)),
        "copies": Figure(0.0, 0.0, 0.0),
    }
    pairs = np.stack([scenes(4, 32), scenes(4, 32, seed=9)], axis=1)
    faults = (Fault("checkerboard", "a checkerboard <of> 2 pixels", ("a&b.jpg",)),)
    counts = {"photos": 4, "art": 5, "real": 6}
    people = Evaluation("Van Gogh", None, 32, (), {"photos": 2}, {"structure": figures["structure"]}, pairs=pairs[:2])
    return Evaluation("Van Gogh", None, 32, (), counts, figures, faults, ("No KID.",), pairs, people)


def draws(mean, spread, seed):
    return mean, np.random.default_rng(seed).normal(mean, spread, 1000)


def test_the_gap_closed_lies_between_photos_and_real_paintings():
    figure = Figure.from_distances(draws(40, 2, 0), draws(100, 2, 1), draws(0, 2, 2))
    assert figure.value == 40
    assert figure.gap_closed.value == pytest.approx(0.6)
    assert 0.5 < figure.gap_closed.low < 0.6 < figure.gap_closed.high < 0.7


def test_what_draws_add_to_every_distance_is_no_part_of_the_gap():
    biased = [(value, many + 30) for value, many in (draws(40, 2, 0), draws(100, 2, 1), draws(0, 2, 2))]
    plain = Figure.from_distances(draws(40, 2, 0), draws(100, 2, 1), draws(0, 2, 2))
    assert Figure.from_distances(*biased).gap_closed.low == pytest.approx(plain.gap_closed.low)


def test_ends_that_cannot_be_told_apart_give_no_gap():
    assert Figure.from_distances(draws(5, 2, 0), draws(6, 2, 1), draws(4, 2, 2)).gap_closed is None


def test_the_dictionary_is_plain_json(evaluation):
    found = json.loads(evaluation.to_json())
    assert found == evaluation.to_dict()
    assert found["figures"]["kid"]["gap_closed"] == {"value": 0.6, "low": 0.5, "high": 0.7}
    assert found["figures"]["copies"]["real"] is None
    assert found["people"]["figures"]["structure"] == found["figures"]["structure"]
    assert found["people"]["counts"] == {"photos": 2}
    assert found["faults"] == [
        {"name": "checkerboard", "message": "a checkerboard <of> 2 pixels", "photos": ["a&b.jpg"]}
    ]
    assert "pairs" not in found


def test_saving_writes_three_files_and_leaves_nothing_else(evaluation, tmp_path):
    page = evaluation.save(tmp_path / "deep" / "out")
    assert page == tmp_path / "deep" / "out" / "report.html"
    assert sorted(path.name for path in page.parent.iterdir()) == ["contact_sheet.jpg", "figures.json", "report.html"]
    assert json.loads((page.parent / "figures.json").read_text()) == evaluation.to_dict()


def test_a_second_evaluation_takes_the_place_of_the_first(evaluation, tmp_path):
    (tmp_path / "figures.json").write_text("old")
    evaluation.save(tmp_path)
    assert json.loads((tmp_path / "figures.json").read_text())["style"] == "Van Gogh"


def test_a_folder_that_cannot_be_written_is_one_line(evaluation, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="must be writable"):
        evaluation.save(tmp_path / "file")


def test_the_page_shows_everything_and_loads_nothing(evaluation, tmp_path):
    page = evaluation.save(tmp_path).read_text(encoding="utf-8")
    assert "60%" in page
    assert "a checkerboard &lt;of&gt; 2 pixels" in page
    assert "a&amp;b.jpg" in page
    assert "No KID." in page
    assert page.index("<h2>Photos</h2>") < page.index("a checkerboard") < page.index("<h2>People</h2>")
    assert page.count("data:image/jpeg") == 2
    assert "http" not in page
    assert "<script" not in page


def test_a_page_without_faults_says_so(evaluation, tmp_path):
    import dataclasses

    page = dataclasses.replace(evaluation, faults=()).save(tmp_path).read_text(encoding="utf-8")
    assert "No fault found." in page
