import numpy as np
import pytest

from copyart.errors import DataError
from copyart.evaluation.validation import ValidationMetrics
from tests.evaluation.scenes import checkerboard_pattern, scenes


def colours(pictures, progress=None):
    """A stand-in for a feature network: mean and spread of each colour."""
    values = pictures.reshape(len(pictures), -1, 3) / 100
    return np.concatenate([values.mean(axis=1), values.std(axis=1)], axis=1)


@pytest.fixture(scope="module")
def photos():
    return (scenes(10, 64) / 127.5 - 1).astype(np.float32)


@pytest.fixture(scope="module")
def art():
    return (scenes(12, 64, seed=50) / 127.5 - 1).astype(np.float32)


def same(batch):
    return batch


def test_figures_are_plain_floats(photos, art):
    found = ValidationMetrics(photos, art, colours)(same)
    assert [*found] == ["kid", "distance_reduction", "structure", "colour", "brightness", "checkerboard"]
    assert {type(value) for value in found.values()} == {float}


def test_photos_themselves_are_wholly_alike(photos, art):
    found = ValidationMetrics(photos, art, colours).identity_baseline()
    assert (found["structure"], found["colour"], found["brightness"]) == pytest.approx((1, 1, 1))


def test_the_artists_own_paintings_come_closest(photos, art):
    paintings = iter(np.split(art[:10], [8]))
    judge = ValidationMetrics(photos, art, colours)
    assert judge(lambda batch: next(paintings))["kid"] < judge.identity_baseline()["kid"]


def test_several_networks_judge_and_the_worse_gap_counts(photos, art):
    def spreads(pictures, progress=None):
        return colours(pictures)[:, 3:]

    colours.name, spreads.name = "Colours", "Spreads"
    found, first, second = (
        ValidationMetrics(photos, art, networks)(lambda batch: batch * 0.8)
        for networks in ((colours, spreads), colours, spreads)
    )
    assert (found["kid"], found["kid_colours"], found["kid_spreads"]) == (first["kid"], first["kid"], second["kid"])
    assert found["distance_reduction"] == min(first["distance_reduction"], second["distance_reduction"])
    assert first["distance_reduction"] != second["distance_reduction"]


def test_without_features_patches_are_compared(photos, art):
    found = ValidationMetrics(photos, art)(same)
    assert "kid" not in found
    assert found["swd"] > 0


def test_the_same_paintings_give_the_same_figures(photos, art):
    judge = ValidationMetrics(photos, art)
    assert judge(same) == judge(same) == ValidationMetrics(photos, art)(same)


def test_inversion_and_a_checkerboard_show(photos, art):
    judge = ValidationMetrics(photos, art, colours)
    assert judge(lambda batch: -batch)["brightness"] < -0.9
    with_checkerboard = judge(lambda batch: batch + 0.05 * checkerboard_pattern(64, 2))
    assert with_checkerboard["checkerboard"] > judge.identity_baseline()["checkerboard"] + 10


def test_eight_photos_at_most_are_painted_together(photos, art):
    sizes = []
    ValidationMetrics(photos, art, colours)(lambda batch: sizes.append(len(batch)) or batch)
    assert sizes == [8, 2]


def test_paintings_may_leave_the_range(photos, art):
    assert ValidationMetrics(photos, art, colours)(lambda batch: 3 * batch)["structure"] < 1


def test_small_pictures_have_no_checkerboard_figure(photos, art):
    assert "checkerboard" not in ValidationMetrics(photos[:, :32, :32], art[:, :32, :32], colours)(same)


def test_one_picture_is_no_set(photos, art):
    with pytest.raises(DataError, match="Received: 1 and 12"):
        ValidationMetrics(photos[:1], art)
