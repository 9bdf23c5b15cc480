import numpy as np
import pytest

from copyart.evaluation.distances import PictureSets, distances_by_judge, feature_distances, patch_distances
from tests.evaluation.scenes import scenes
from tests.evaluation.test_wasserstein import blurred


def features(share, counts=(60, 60, 50, 40)):
    """Features of which the paintings' went a share of the way from the photos' to the artist's."""
    rng = np.random.default_rng(0)
    photos, _, reference, real = (rng.normal(0, 1, (count, 4)) for count in counts)
    return PictureSets(photos, photos + 2 * share, reference + 2, real + 2)


def test_paintings_like_photos_close_no_gap():
    figures = feature_distances(features(0))
    for name in ("kid", "fid"):
        assert figures[name].value == pytest.approx(figures[name].photos.value)
        assert figures[name].gap_closed.value == pytest.approx(0, abs=1e-9)


def test_paintings_like_those_of_the_artist_close_all_of_it():
    figures = feature_distances(features(1))
    for name in ("kid", "fid"):
        assert figures[name].gap_closed.value == pytest.approx(1, abs=0.1)


def test_a_photo_and_its_painting_are_drawn_together():
    share = feature_distances(features(0))["kid"].gap_closed
    assert share.high - share.low < 1e-6


def test_the_judge_that_sees_the_smaller_gap_closed_counts():
    told = []
    sets = {"SqueezeNet": features(0.8), "EfficientNet-lite0": features(0.5)}
    figures = distances_by_judge(sets, lambda *count: told.append(count))
    assert [*figures] == ["kid", "fid", "kid_squeezenet", "fid_squeezenet", "kid_efficientnet", "fid_efficientnet"]
    assert figures["kid"] == figures["kid_efficientnet"]
    assert figures["kid"].judge == "EfficientNet-lite0"
    assert figures["kid_squeezenet"].gap_closed.value > figures["kid"].gap_closed.value
    assert told == [(1, 2), (2, 2)]


def test_a_judge_that_cannot_tell_photos_from_paintings_does_not_count():
    rng = np.random.default_rng(0)
    blind = PictureSets(*(rng.normal(0, 1, (count, 4)) for count in (60, 60, 50, 40)))
    assert distances_by_judge({"Blind": blind, "Colours": features(0.5)})["kid"].judge == "Colours"


def test_without_judges_there_are_no_distances():
    assert distances_by_judge({}) == {}


def test_distances_that_shrink_as_sets_grow_are_taken_of_equally_many():
    sets = PictureSets(*(np.zeros((count, 1)) for count in (9, 9, 5, 7)))
    assert [len(part) for part in sets.equally_large_sets()] == [5, 5, 5, 5]


def test_blurred_paintings_are_as_far_from_sharp_ones_as_blurred_photos():
    sharp, told = scenes(30, 64), []
    soft = blurred(sharp[:10])
    figures = patch_distances(
        PictureSets(soft, sharp[:10], sharp[10:20], sharp[20:]), lambda *count: told.append(count)
    )
    assert [*figures] == ["swd", "swd_64", "swd_32", "swd_16"]
    assert figures["swd_64"].gap_closed.value > 0.6
    assert figures["swd"].value == pytest.approx(np.mean([figures[f"swd_{side}"].value for side in (64, 32, 16)]))
    assert told == [(1, 3), (2, 3), (3, 3)]
