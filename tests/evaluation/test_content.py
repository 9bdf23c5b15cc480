import numpy as np
import pytest

from copyart.evaluation.content import content_preservation, inversion_faults
from tests.evaluation.scenes import scenes

NAMES = [f"{number}.jpg" for number in range(12)]


def judge(photos, paintings):
    figures = content_preservation(photos, paintings, scenes(12, 64, seed=40))
    return figures, {fault.name: fault for fault in inversion_faults(photos, paintings, figures, NAMES)}


def opposite_hues(pictures):
    grey = pictures @ np.array([0.299, 0.587, 0.114])
    return np.clip(2 * grey[..., None] - pictures, 0, 255).astype(np.uint8)


def test_photos_themselves_are_wholly_alike():
    photos = scenes(12, 64)
    figures, faults = judge(photos, photos)
    assert {name: figure.value for name, figure in figures.items()} == pytest.approx(
        {"structure": 1, "edges": 1, "colour": 1, "brightness": 1}
    )
    assert not faults


def test_beside_it_stands_what_unrelated_pictures_give():
    photos = scenes(12, 64)
    figures, _ = judge(photos, photos)
    assert set(figures) == {"structure", "edges", "colour", "brightness"}
    for figure in figures.values():
        assert figure.photos.value == 1
        assert figure.real.value < 0.5


def test_a_negative_raises_both_alarms():
    photos = scenes(12, 64)
    figures, faults = judge(photos, 255 - photos)
    assert set(faults) == {"inverted_colours", "inverted_brightness"}
    assert faults["inverted_brightness"].photos == tuple(NAMES)
    assert figures["edges"].value == pytest.approx(-1)


def test_opposite_hues_raise_the_alarm_of_colours_alone():
    photos = scenes(12, 64)
    assert set(judge(photos, opposite_hues(photos))[1]) == {"inverted_colours"}


def test_a_few_inverted_paintings_are_found_and_named():
    photos = scenes(12, 64)
    paintings = np.concatenate([255 - photos[:3], photos[3:]])
    assert judge(photos, paintings)[1]["inverted_brightness"].photos == ("0.jpg", "1.jpg", "2.jpg")


def test_a_palette_of_its_own_raises_none():
    photos = scenes(12, 64)
    assert not judge(photos, (photos * 0.6 + np.array([90, 60, 10])).astype(np.uint8))[1]


def test_grey_paintings_raise_none():
    photos = scenes(12, 64)
    grey = np.repeat((photos @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)[..., None], 3, axis=3)
    assert not judge(photos, grey)[1]
