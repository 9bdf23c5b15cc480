"""The mark of paintings: in every format, and in no photo."""

import pytest
from PIL import Image

from copyart.data.images import read_image, save_image
from copyart.data.painting_mark import is_marked
from copyart.data.sample import sample_files
from tests.pictures import photo, translucent


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "gif", "tif", "avif", "bmp", "ppm"])
def test_a_marked_picture_is_known_and_the_same(tmp_path, suffix):
    marked, plain = tmp_path / f"marked.{suffix}", tmp_path / f"plain.{suffix}"
    save_image(photo(400, 300), marked, mark=True)
    save_image(photo(400, 300), plain)
    assert (is_marked(marked), is_marked(plain)) == (True, False)
    assert read_image(marked).tobytes() == read_image(plain).tobytes()


def test_the_mark_is_the_files_software(tmp_path):
    save_image(translucent(), tmp_path / "painting.png", mark=True)
    with Image.open(tmp_path / "painting.png") as painting:
        assert painting.getexif()[0x0131] == "Painted by Copyart"


def test_a_bmp_tells_its_length_with_the_mark(tmp_path):
    save_image(photo(), tmp_path / "painting.bmp", mark=True)
    written = (tmp_path / "painting.bmp").read_bytes()
    assert int.from_bytes(written[2:6], "little") == len(written)


def test_photos_and_missing_files_have_none(tmp_path):
    assert not any(is_marked(path) for path in [*sample_files()[0], tmp_path / "missing.jpg", tmp_path])
