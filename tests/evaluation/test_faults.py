import numpy as np
import pytest

from copyart.evaluation.copies import CopyFinder
from copyart.evaluation.faults import checkerboard_artifacts, clipped_shares, near_copies, saturation
from tests.evaluation.scenes import scenes, with_checkerboard

NAMES = [f"{number}.jpg" for number in range(10)]
REAL = scenes(10, 128, seed=60)


@pytest.mark.parametrize("period", [2, 4])
def test_a_checkerboard_raises_the_alarm(period):
    photos = scenes(10, 128)
    figure, faults = checkerboard_artifacts(with_checkerboard(photos, 4, period), photos, REAL)
    assert figure.value > figure.photos.value + 10
    (fault,) = faults
    assert fault.name == "checkerboard"
    assert f"{figure.value:.1f} dB" in fault.message


def test_photos_and_real_paintings_have_no_checkerboard():
    photos = scenes(10, 128)
    assert checkerboard_artifacts(photos, photos, REAL)[1] == []
    assert checkerboard_artifacts(REAL, photos, scenes(10, 128, seed=90))[1] == []


def test_a_checkerboard_that_the_photos_have_already_is_no_fault():
    photos = with_checkerboard(scenes(10, 128), 4, 2)
    assert checkerboard_artifacts(photos, photos, REAL)[1] == []


def test_clipped_pixels_have_a_channel_at_its_end():
    picture = np.full((1, 2, 2, 3), 128, np.uint8)
    picture[0, 0, 0, 1], picture[0, 1, 1, 2] = 255, 0
    assert clipped_shares(picture).tolist() == [0.5]


def test_clipped_paintings_raise_the_alarm_and_are_named():
    photos = np.clip(scenes(10, 64), 20, 230)
    paintings = photos.copy()
    paintings[:4, :40] = 255
    figure, (fault,) = saturation(paintings, photos, photos, NAMES)
    assert figure.value == pytest.approx(0.4 * 40 / 64)
    assert fault.name == "saturation"
    assert sorted(fault.photos) == NAMES[:4]


def test_paintings_no_more_clipped_than_photos_raise_none():
    photos = np.clip(scenes(10, 64), 20, 230)
    photos[:4, :40] = 255
    assert saturation(photos, photos, np.clip(photos, 20, 230), NAMES)[1] == []


def test_copies_raise_the_alarm_with_their_originals():
    art, photos = scenes(10, 64), scenes(10, 64, seed=100)
    paintings = photos.copy()
    paintings[2:8] = art[2:8]
    originals = [f"original {number}" for number in range(10)]
    figure, (fault,) = near_copies(CopyFinder(art, photos), paintings, None, NAMES, originals)
    assert figure.value == pytest.approx(0.6)
    assert figure.real is None
    assert fault.photos == tuple(NAMES[2:8])
    assert "2.jpg like original 2, 3.jpg like original 3, 4.jpg like original 4 and 3 more" in fault.message


def test_paintings_of_photos_are_no_copies():
    art, photos = scenes(10, 64), scenes(10, 64, seed=100)
    figure, faults = near_copies(CopyFinder(art, photos), photos, art[:5], NAMES, NAMES)
    assert (figure.value, figure.real.value, faults) == (0, 1, [])
