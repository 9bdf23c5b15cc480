import json

import numpy as np
import pytest
from PIL import Image

import copyart
from copyart.errors import ConfigError, DataError, StyleError
from copyart.evaluation import evaluator
from copyart.evaluation.real_paintings import split_pictures
from copyart.styles.bundled import bundled_styles
from tests.evaluation.scenes import scenes, with_checkerboard
from tests.evaluation.test_validation import colours
from tests.painting.networks import negative


class Style:
    """A painter that changes the pixels of a photo by a function."""

    name = "A style"

    def __init__(self, change=lambda photo: photo):
        self.change = change

    def paint(self, photo):
        return Image.fromarray(self.change(np.asarray(photo)))


def pictures(count, seed=0):
    return [Image.fromarray(picture) for picture in scenes(count, 64, seed)]


def judge(style, **options):
    given = {"photos": pictures(8), "art": pictures(8, 50), "training_art": pictures(8, 80)}
    return copyart.evaluate(style, **{"image_size": 64, "features": "none", **given, **options})


def colour_network(pictures, progress=None):
    return colours(pictures)


colour_network.name = "Colours"


@pytest.fixture(scope="module")
def untouched():
    return judge(Style(), features=colour_network)


def test_every_figure_is_there_with_its_interval(untouched):
    assert [*untouched.figures] == [
        *("kid", "fid", "kid_colours", "fid_colours", "swd", "swd_64", "swd_32", "swd_16"),
        *("structure", "edges", "colour", "brightness", "checkerboard", "saturation", "copies"),
    ]
    for figure in untouched.figures.values():
        assert figure.low <= figure.value <= figure.high


def test_a_style_that_changes_nothing_scores_as_the_identity_baseline(untouched):
    for name in ("kid", "fid", "swd", "checkerboard", "saturation"):
        assert untouched.figures[name].value == pytest.approx(untouched.figures[name].photos.value)
    assert untouched.figures["structure"].value == pytest.approx(1)
    assert untouched.faults == ()


def test_what_was_compared_is_told(untouched):
    assert (untouched.style, untouched.image_size, untouched.features) == ("A style", 64, ("Colours",))
    assert untouched.counts == {"photos": 8, "art": 8, "real": 8}
    assert untouched.pairs.shape == (8, 2, 64, 64, 3)
    assert "Only 8 pictures of a kind" in untouched.notes[-1]


def test_it_gives_the_same_each_time(untouched):
    assert judge(Style(), features=colour_network) == untouched


def test_faults_are_found():
    spoilt = judge(Style(lambda photo: with_checkerboard(255 - photo, 6, 2)))
    assert {fault.name for fault in spoilt.faults} == {"checkerboard", "inverted_brightness", "inverted_colours"}


def test_copies_of_training_paintings_are_found():
    learnt = iter(pictures(8, 80))
    copied = judge(Style(lambda photo: np.asarray(next(learnt))))
    assert copied.figures["copies"].value == 1
    assert copied.figures["copies"].real.value < 1


def test_without_training_art_the_held_out_fifth_of_the_paintings_is_the_measure():
    found = judge(Style(), art=pictures(20, 50), training_art=None)
    held_out = split_pictures(pictures(20, 50))[1]
    assert found.counts == {"photos": 8, "art": len(held_out), "real": 20 - len(held_out)}
    assert any(f"Only {len(held_out)} paintings, about 20%, are held out" in note for note in found.notes)


@pytest.mark.parametrize(
    ("metadata", "share"),
    [
        ({"settings": {"validation_fraction": 0.5}}, 0.5),
        ({"settings": {"validation_fraction": 2.0}}, 0.2),
        ({"settings": []}, 0.2),
        ({}, 0.2),
    ],
)
def test_the_measure_is_what_the_run_of_the_style_held_out(metadata, share, monkeypatch, tmp_path):
    style = Style()
    style.metadata = metadata
    monkeypatch.setattr(evaluator, "load", lambda path: style)
    counts = evaluator.evaluate(tmp_path, pictures(8, 0), pictures(20, 50), image_size=64, features="none").counts
    assert counts["art"] == len(split_pictures(pictures(20, 50), share)[1])
    assert len(split_pictures(pictures(20, 50), 0.5)[1]) != len(split_pictures(pictures(20, 50))[1])


def test_the_measure_of_a_bundled_style_is_a_fifth(monkeypatch):
    style = Style()
    style.metadata = {"settings": {"validation_fraction": 0.5}}
    monkeypatch.setattr(evaluator, "load", lambda path: style)
    for name in ("monet", "Claude Monet", bundled_styles()["monet"]):
        found = evaluator.evaluate(name, pictures(8, 0), pictures(20, 50), image_size=64, features="none")
        assert found.counts["art"] == len(split_pictures(pictures(20, 50))[1])


def test_with_one_judge_it_says_what_to_install():
    assert "copyart[judge]" in judge(Style(), features=colour_network).notes[1]


def test_without_features_there_is_no_kid():
    found = judge(Style())
    assert "kid" not in found.figures
    assert found.notes[1].startswith("No KID and no FID")


def test_without_paintings_content_and_faults_are_judged():
    found = judge(Style(), art=None, training_art=None)
    assert [*found.figures] == ["structure", "edges", "colour", "brightness", "checkerboard", "saturation"]
    assert found.figures["structure"].real.value < 0.5
    assert found.counts == {"photos": 8}
    spoilt = judge(Style(lambda photo: with_checkerboard(255 - photo, 6, 2)), art=None, training_art=None)
    assert {fault.name for fault in spoilt.faults} == {"checkerboard", "inverted_brightness", "inverted_colours"}


def test_paintings_are_attributed_without_any_at_hand():
    found = judge(Style(), art=None, training_art=None, artist="monet")
    assert found.artist == "Claude Monet"
    ours, top5 = found.figures["attribution"], found.figures["attribution_top5"]
    assert ours.value == ours.photos.value <= top5.value == top5.photos.value
    assert 0 < ours.real.value <= top5.real.value <= 1


def test_the_artist_is_the_one_in_the_metadata():
    style = Style()
    style.metadata = {"name": "Vincent van Gogh"}
    assert judge(style, art=None, training_art=None).artist == "Vincent van Gogh"


def test_with_paintings_it_says_how_many_of_them_are_attributed():
    assert any("Of the 8 held-out paintings" in note for note in judge(Style(), artist="monet").notes)


@pytest.mark.parametrize(("options", "named"), [({"artist": "Nobody"}, "'Nobody'"), ({}, "no artist's name")])
def test_of_an_unknown_artist_there_is_no_attribution(options, named):
    found = judge(Style(), **options)
    assert (found.artist, "attribution" in found.figures) == (None, False)
    assert f"No attribution: the artist must be known to the classifier. Received: {named}" in found.notes[0]


def test_people_are_judged_beside_the_photos():
    found = judge(Style(), people=pictures(5, 300), features=colour_network)
    assert found.people.counts == {"photos": 5, "art": 8, "real": 8}
    alone = judge(Style(), photos=pictures(5, 300), features=colour_network)
    assert found.people.figures == alone.figures
    assert found.figures == judge(Style(), features=colour_network).figures


def test_a_style_may_be_a_path(tmp_path):
    path = tmp_path / "negative.keras"
    negative().save(path)
    found = judge(path)
    assert found.style == "negative"
    assert found.figures["brightness"].value < -0.9


def test_unreadable_pictures_are_left_out_and_told(tmp_path):
    (tmp_path / "broken.jpg").write_text("no picture")
    found = judge(Style(), photos=[*pictures(4), tmp_path / "broken.jpg"])
    assert found.counts["photos"] == 4
    assert any("1 pictures could not be read" in note and "broken.jpg" in note for note in found.notes)


def test_progress_tells_each_stage():
    told = []
    judge(Style(), features=colour_network, limit=4, progress=lambda *stage: told.append(stage))
    stages = dict.fromkeys(stage for stage, _, _ in told)
    assert [*stages] == ["reading pictures", "painting", "comparing features", "comparing patches"]
    assert ("painting", 4, 4) in told


def test_small_pictures_go_without_the_checkerboard():
    found = judge(Style(), image_size=32)
    assert "checkerboard" not in found.figures


@pytest.mark.parametrize(("option", "value"), [("image_size", 16), ("limit", 1)])
def test_arguments_out_of_range_are_refused(option, value):
    with pytest.raises(ConfigError, match=f"{option}.*Received: {option}={value}"):
        copyart.evaluate(Style(), pictures(4), pictures(4), **{option: value})


def test_three_paintings_are_too_few_to_hold_some_out():
    with pytest.raises(
        ConfigError, match=r"at least 2 held-out and 2 other paintings.*Received: 3 paintings, 2 of them held out"
    ):
        judge(Style(), art=pictures(3), training_art=None)


def test_a_folder_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(DataError, match="nowhere"):
        judge(Style(), photos=tmp_path / "nowhere")


def test_a_style_that_is_not_there_is_one_line():
    with pytest.raises(StyleError, match="nowhere"):
        judge("nowhere")


def test_the_report_can_be_saved(untouched, tmp_path):
    untouched.save(tmp_path)
    assert json.loads((tmp_path / "figures.json").read_text())["counts"]["photos"] == 8
    with Image.open(tmp_path / "contact_sheet.jpg") as sheet:
        assert sheet.size == (3 * 140 + 12, 3 * 76 + 12)
