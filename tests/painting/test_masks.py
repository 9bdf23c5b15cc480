"""Masks of any size and kind keep the black part of a photo unpainted, and masks that do not fit are refused."""

import numpy as np
import pytest
from PIL import Image

import copyart
from copyart.errors import ConfigError, ImageError
from copyart.painting.masks import mask_paths, read_mask
from tests.pictures import photo, pixels, store


@pytest.fixture(scope="module")
def painter():
    return copyart.load("vangogh")


def halves(width, height):
    """A mask whose left half is black and whose right half is white."""
    mask = np.zeros((height, width), np.uint8)
    mask[:, width // 2 :] = 255
    return mask


@pytest.mark.parametrize("size", [(120, 80), (60, 40), (480, 320)])
def test_the_black_part_stays_photo_and_the_white_part_is_painted(painter, size):
    image = photo(120, 80)
    masked, painting = pixels(painter.paint(image, mask=halves(*size))), pixels(painter.paint(image))
    assert (masked[:, :50] == pixels(image)[:, :50]).all()
    assert (masked[:, 70:] == painting[:, 70:]).all()
    assert (painting[:, :50] != pixels(image)[:, :50]).any()


def test_a_grey_mask_paints_as_a_strength_does(painter):
    grey = pixels(painter.paint(photo(), mask=np.full((32, 48), 0.5)))
    assert abs(grey - pixels(painter.paint(photo(), strength=0.5))).max() <= 2


@pytest.mark.parametrize("kind", ["path", "bytes", "image", "array", "bool", "float", "alpha"])
def test_masks_of_every_kind_are_the_same(kind, tmp_path):
    array = halves(48, 32)
    image = Image.fromarray(array)
    image.save(tmp_path / "mask.png")
    alpha = Image.new("RGBA", image.size, (255, 255, 255, 255))
    alpha.putalpha(image)
    kinds = {
        "path": tmp_path / "mask.png",
        "bytes": (tmp_path / "mask.png").read_bytes(),
        "image": image,
        "array": array,
        "bool": array > 0,
        "float": array / 255,
        "alpha": alpha,
    }
    assert read_mask(kinds[kind], (48, 32)).tobytes() == read_mask(array, (48, 32)).tobytes()


def test_the_edge_of_a_mask_is_soft():
    row = np.asarray(read_mask(halves(1000, 800), (1000, 800)))[0]
    assert ((row > 0) & (row < 255)).sum() >= 4


@pytest.mark.parametrize("size", [(48, 48), (32, 48), (480, 100)])
def test_a_mask_of_another_shape_is_refused(painter, size):
    with pytest.raises(ConfigError, match=f"proportions of the photo\\. Received: a mask of {size[0]} × {size[1]}"):
        painter.paint(photo(48, 32), mask=halves(*size))


@pytest.mark.parametrize(
    "array", [np.full((4, 4), 2.0), np.full((4, 4), np.nan), np.zeros((4, 4, 3)), np.zeros((4, 4), int)]
)
def test_an_array_that_is_no_mask_is_refused(array):
    with pytest.raises(ImageError, match="a mask must"):
        read_mask(array, (4, 4))


def test_a_folder_holds_the_mask_of_each_photo_by_name(tmp_path):
    for name in ("one.png", "two.webp"):
        store(tmp_path / name, photo())
    assert [path.name for path in mask_paths(["holiday/two.jpg", "one.jpg"], tmp_path)] == ["two.webp", "one.png"]


def test_a_photo_without_a_mask_in_the_folder_is_refused(tmp_path):
    store(tmp_path / "one.png", photo())
    with pytest.raises(ConfigError, match=r"a mask for each photo.*none for 'two.jpg'"):
        mask_paths(["one.jpg", "two.jpg"], tmp_path)


def test_one_file_for_several_photos_is_refused(tmp_path):
    store(tmp_path / "one.png", photo())
    with pytest.raises(ConfigError, match="several photos need a folder of masks"):
        mask_paths(["one.jpg", "two.jpg"], tmp_path / "one.png")


@pytest.mark.parametrize("mask", ["none.png", ""])
def test_a_path_where_there_is_nothing_is_refused(tmp_path, monkeypatch, mask):
    monkeypatch.chdir(tmp_path)
    store(tmp_path / "one.png", photo())
    with pytest.raises(ConfigError, match="which does not exist"):
        mask_paths(["one.jpg"], mask)


def test_of_an_animation_the_first_picture_is_the_mask(tmp_path):
    black, white = (Image.new("L", (48, 32), level) for level in (0, 255))
    black.save(tmp_path / "mask.gif", save_all=True, append_images=[white])
    assert read_mask(tmp_path / "mask.gif", (48, 32)).getextrema() == (0, 0)


def test_a_white_mask_of_16_bits_is_white(tmp_path):
    Image.fromarray(np.full((32, 48), 65535, np.uint16)).save(tmp_path / "mask.png")
    assert read_mask(tmp_path / "mask.png", (48, 32)).getextrema() == (255, 255)
