"""The best style so far has no faults, and its folder is replaced atomically."""

import json

import pytest

from copyart.training.best_style import (
    describe_faults,
    describe_kid,
    kid_relative_to_photos,
    read_best,
    recover_best,
    replace_best,
    write_evaluation,
)

BASELINE = {
    "kid": 80.0,
    "distance_reduction": 0.0,
    "structure": 1.0,
    "colour": 1.0,
    "brightness": 1.0,
    "checkerboard": 3.0,
}
GOOD = {"kid": 40.0, "distance_reduction": 0.5, "structure": 0.6, "colour": 0.7, "brightness": 0.9, "checkerboard": 4.0}


def test_distance_is_the_share_of_the_photos_distance():
    assert kid_relative_to_photos(GOOD, BASELINE) == 0.5
    assert kid_relative_to_photos(BASELINE, BASELINE) == 1.0


def test_of_two_networks_the_worse_counts():
    photos = {"kid": 80.0, "kid_squeezenet": 80.0, "kid_efficientnet": 50.0}
    assert kid_relative_to_photos({"kid": 40.0, "kid_squeezenet": 40.0, "kid_efficientnet": 40.0}, photos) == 0.8


@pytest.mark.parametrize("photos", [-5.0, 0.0, 0.1])
def test_closer_paintings_have_a_smaller_distance_even_where_photos_are_as_close(photos):
    assert kid_relative_to_photos({"kid": 2.0}, {"kid": photos}) < kid_relative_to_photos({"kid": 3.0}, {"kid": photos})


def test_it_is_described_by_each_network():
    assert describe_kid(GOOD, BASELINE) == "the KID is 50% lower than the untouched photos'"
    both = {"kid": 40.0, "kid_squeezenet": 40.0, "kid_efficientnet": 30.0, "distance_reduction": 0.4}
    photos = {"kid": 80.0, "kid_squeezenet": 80.0, "kid_efficientnet": 50.0}
    said = describe_kid(both, photos)
    assert (
        said == "the KID is 40% lower than the untouched photos' by the worse judge (squeezenet 50%, efficientnet 40%)"
    )


def test_with_nothing_wrong_there_are_no_faults():
    assert describe_faults(GOOD, BASELINE) == describe_faults(BASELINE, BASELINE) == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"structure": 0.29}, "the paintings do not show the photo"),
        ({"colour": -0.1}, "colours invert"),
        ({"brightness": -0.1}, "brightness inverts"),
        ({"checkerboard": 8.1}, "a checkerboard shows"),
    ],
)
def test_what_is_wrong_is_named(wrong, words):
    assert describe_faults({**GOOD, **wrong}, BASELINE) == [words]


def test_small_pictures_have_no_checkerboard():
    small = {name: value for name, value in GOOD.items() if name != "checkerboard"}
    assert describe_faults(small, small) == []


def card(by=7, kid=40.0):
    figures = {
        name: {"value": value, "photos": {"value": BASELINE[name]}} for name, value in {**GOOD, "kid": kid}.items()
    }
    return {"steps": 30, "epochs": 1.5, "figures": figures, "judged": {"by": by}}


@pytest.fixture
def best(tmp_path):
    """A folder of the best, and the checkpoint that made it."""
    keep(tmp_path / "best", "first")
    return tmp_path / "best"


def keep(folder, words):
    model = folder.with_name("model.keras")
    model.unlink(missing_ok=True)
    model.write_text(words)

    def save(place):
        place.mkdir()
        (place / "metadata.json").write_text(json.dumps(card()))
        (place / words).touch()

    replace_best(folder, model, save)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_evaluation_is_read_back(best):
    assert read_best(best, 7) == {**GOOD, "step": 30, "epoch": 1.5}


def test_an_evaluation_by_other_pictures_does_not_compare(best):
    assert read_best(best, 8) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"judged": 1}', '{"judged": {"by": 7}, "figures": [1]}'])
def test_a_damaged_card_is_no_evaluation(best, text):
    (best / "metadata.json").write_text(text)
    assert read_best(best, 7) is None


def test_where_there_is_no_folder_there_is_no_evaluation(tmp_path):
    assert read_best(tmp_path / "best", 7) is None


def test_another_evaluation_leaves_the_rest_of_the_card(best):
    write_evaluation(best, {"figures": {"kid": {"value": 1.0}}, "judged": {"by": 9}})
    assert read_best(best, 9) == {"kid": 1.0, "step": 30, "epoch": 1.5}


def test_a_better_one_takes_the_place_of_the_best_and_leaves_nothing_of_it(best):
    keep(best, "second")
    assert names(best) == ["metadata.json", "model.keras", "second"]
    assert (best / "model.keras").read_text() == "second"
    assert names(best.parent) == ["best", "model.keras"]


def test_the_model_stays_when_its_checkpoint_goes(best):
    best.with_name("model.keras").unlink()
    assert (best / "model.keras").read_text() == "first"


def test_the_model_is_copied_where_a_file_cannot_have_two_names(tmp_path, monkeypatch):
    def refuse(*arguments):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr("copyart.training.best_style.os.link", refuse)
    keep(tmp_path / "best", "first")
    assert (tmp_path / "best" / "model.keras").read_text() == "first"


def test_a_best_that_cannot_be_written_leaves_the_one_before(best):
    def full(place):
        place.mkdir()
        (place / "half").touch()
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        replace_best(best, best.with_name("model.keras"), full)
    assert "first" in names(best)
    keep(best, "second")
    assert names(best.parent) == ["best", "model.keras"]


def test_a_kill_between_taking_away_and_putting_there_is_mended(best):
    best.rename(best.with_name(".best.before"))
    recover_best(best)
    assert "first" in names(best)
    assert names(best.parent) == ["best", "model.keras"]
