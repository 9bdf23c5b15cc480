"""The bundled sample is complete and small, and its photos and paintings look different."""

import numpy as np
import pytest
from PIL import Image

from copyart.data import sample
from copyart.errors import DataError


def pixels(path):
    with Image.open(path) as image:
        assert (image.format, image.mode) == ("JPEG", "RGB")
        return np.asarray(image, np.float32) / 255


def roughness(picture):
    """Mean step of brightness from a pixel to its neighbours."""
    grey = picture.mean(axis=2)
    return np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean()


def saturation(picture):
    """Mean distance between the strongest and the weakest channel."""
    return np.ptp(picture, axis=2).mean()


@pytest.fixture(scope="module")
def photos():
    return [pixels(path) for path in sample.sample_files()[0]]


@pytest.fixture(scope="module")
def paintings():
    return [pixels(path) for path in sample.sample_files()[1]]


def test_sample_holds_32_photos_and_32_paintings_in_order():
    photo_files, art_files = sample.sample_files()
    assert [path.name for path in photo_files] == [f"photo-{n:02d}.jpg" for n in range(1, 33)]
    assert [path.name for path in art_files] == [f"painting-{n:02d}.jpg" for n in range(1, 33)]


def test_every_picture_decodes_at_its_expected_size(photos, paintings):
    for picture in photos + paintings:
        assert 160 <= min(picture.shape[:2]) <= max(picture.shape[:2]) <= 220


def test_both_domains_hold_upright_and_wide_pictures(photos, paintings):
    for domain in (photos, paintings):
        assert {picture.shape[0] > picture.shape[1] for picture in domain} == {True, False}


def test_no_two_pictures_are_alike(photos, paintings):
    thumbs = np.stack([picture[:160:8, :160:8] for picture in photos + paintings])
    apart = np.abs(thumbs[:, None] - thumbs[None]).mean(axis=(2, 3, 4))
    assert apart[~np.eye(len(thumbs), dtype=bool)].min() > 0.02


def test_sample_weighs_at_most_a_megabyte():
    photo_files, art_files = sample.sample_files()
    assert sum(path.stat().st_size for path in photo_files + art_files) <= 1_000_000


def test_paintings_are_brushed_where_photos_are_smooth(photos, paintings):
    assert np.median([roughness(p) for p in paintings]) > 1.8 * np.median([roughness(p) for p in photos])


def test_paintings_are_bolder_in_colour(photos, paintings):
    assert np.median([saturation(p) for p in paintings]) > 1.2 * np.median([saturation(p) for p in photos])


def test_both_domains_are_lit_alike(photos, paintings):
    brightness = [np.median([p.mean() for p in domain]) for domain in (photos, paintings)]
    assert abs(brightness[0] - brightness[1]) < 0.12


def test_an_installation_without_the_pictures_says_reinstall(monkeypatch, tmp_path):
    monkeypatch.setattr(sample.resources, "files", lambda package: tmp_path)
    with pytest.raises(DataError, match=r"Received: none in .*Reinstall"):
        sample.sample_files()
