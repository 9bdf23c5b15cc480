import numpy as np
import pytest
from PIL import Image

from copyart.errors import DataError
from copyart.evaluation.pictures import central_square, load_pictures, luminance, squeeze_to_square, to_bytes
from tests.pictures import photo, store, translucent


def test_the_middle_of_a_picture_is_kept():
    image = Image.new("RGB", (90, 30), "red")
    image.paste("blue", (30, 0, 60, 30))
    assert (np.asarray(central_square(image, 15))[:, 2:13] == (0, 0, 255)).all()


def test_squeezing_keeps_all_of_it():
    image = Image.new("RGB", (90, 30), "red")
    image.paste("blue", (0, 0, 30, 30))
    squeezed_picture = squeeze_to_square(image, 30)
    assert squeezed_picture.size == (30, 30)
    assert squeezed_picture.getpixel((2, 15)) == (0, 0, 255)
    assert squeezed_picture.getpixel((27, 15)) == (255, 0, 0)


def test_reduction_is_antialiased():
    stripes = Image.fromarray(np.tile([0, 255], (96, 48)).astype(np.uint8)).convert("RGB")
    assert np.asarray(central_square(stripes, 24)).std() < 10


def test_transparency_is_laid_on_white():
    assert central_square(translucent(32, 32), 32).getpixel((0, 16)) == (255, 255, 255)


def test_a_folder_and_a_list_give_the_same(tmp_path):
    paths = [store(tmp_path / f"{seed}.png", photo(seed=seed)) for seed in range(4)]
    from_folder, from_list = load_pictures(tmp_path, 16), load_pictures(paths, 16)
    np.testing.assert_array_equal(from_folder.images, from_list.images)
    assert from_folder.names == from_list.names
    assert sorted(from_folder.names) == ["0.png", "1.png", "2.png", "3.png"]


def test_pictures_in_memory_have_numbers_for_names():
    assert sorted(load_pictures([photo(), photo(seed=1)], 16).names) == ["picture 1", "picture 2"]


def test_a_limit_takes_some_that_the_seed_decides():
    pictures = [photo(seed=seed) for seed in range(20)]
    few = [load_pictures(pictures, 16, limit=5, seed=seed).names for seed in (0, 0, 1)]
    assert few[0] == few[1] != few[2]
    assert len(set(few[0])) == 5


def test_what_cannot_be_read_is_left_out_and_told(tmp_path):
    for seed in range(2):
        store(tmp_path / f"{seed}.png", photo(seed=seed))
    (tmp_path / "broken.jpg").write_text("no picture")
    loaded = load_pictures(tmp_path, 16)
    assert len(loaded.images) == 2
    assert "broken.jpg" in loaded.unread[0]


def test_one_picture_is_no_set(tmp_path):
    store(tmp_path / "alone.png", photo())
    (tmp_path / "broken.jpg").write_text("no picture")
    with pytest.raises(DataError, match=r"at least 2 pictures.*Received: 1 \('broken.jpg'"):
        load_pictures(tmp_path, 16)


def test_progress_counts_every_file():
    told = []
    load_pictures([photo(), photo(), photo()], 16, progress=lambda *count: told.append(count))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_arrays_become_what_would_be_saved():
    assert to_bytes(np.array([-1.2, -1, 0.001, 1, 3])).tolist() == [0, 0, 128, 255, 255]


def test_brightness_is_that_of_jpeg():
    picture = photo()
    expected = np.asarray(picture.convert("L"), np.float32)
    np.testing.assert_allclose(luminance(np.asarray(picture)), expected, atol=1)
