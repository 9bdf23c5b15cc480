import numpy as np
import pytest
from PIL import Image

from copyart.evaluation.copies import CopyFinder
from tests.evaluation.scenes import scenes


@pytest.fixture(scope="module")
def finder():
    return CopyFinder(scenes(20, 64), scenes(20, 64, seed=100))


def cropped(pictures):
    return np.stack([np.asarray(Image.fromarray(picture[3:60, 1:58]).resize((64, 64))) for picture in pictures])


def dulled(pictures):
    noise = np.random.default_rng(0).normal(0, 12, pictures.shape)
    return np.clip(pictures * 0.7 + 30 + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    "change",
    [lambda art: art, lambda art: art[:, :, ::-1], cropped, dulled],
    ids=["same", "mirrored", "cropped", "dulled"],
)
def test_copies_are_found_with_their_originals(finder, change):
    copies = finder(change(scenes(20, 64)))
    assert copies.found.mean() > 0.9
    assert (copies.originals == np.arange(20))[copies.found].all()


def test_other_pictures_are_none(finder):
    assert not finder(scenes(20, 64, seed=100)).found.any()
    assert finder(scenes(20, 64, seed=200)).found.mean() < 0.2


def test_few_photos_do_not_make_it_credulous():
    assert CopyFinder(scenes(2, 64), scenes(2, 64, seed=7)).threshold <= 0.08


def test_a_colour_in_common_makes_no_copy():
    def reddened(pictures):
        return (pictures // 4 + np.uint8([180, 60, 10])).astype(np.uint8)

    finder = CopyFinder(reddened(scenes(20, 64)), scenes(20, 64, seed=100))
    assert not finder(reddened(scenes(20, 64, seed=200))).found.any()
    assert finder(reddened(scenes(20, 64))).found.mean() > 0.9
