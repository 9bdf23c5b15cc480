"""A contact sheet has the photo and a named painting in every bundled style."""

import numpy as np
import pytest

from copyart.data.decoding import read_reduced
from copyart.errors import ConfigError, ImageError
from copyart.painting import all_styles
from copyart.painting.all_styles import paint_all
from copyart.styles.bundled import bundled_styles
from tests.pictures import encode, photo


@pytest.fixture(autouse=True)
def _three_styles(monkeypatch):
    few = {slug: bundled_styles()[slug] for slug in ("durer", "monet", "vangogh")}
    monkeypatch.setattr(all_styles, "bundled_styles", lambda: few)


def written(tiles):
    return np.asarray(all_styles._arrange_tiles(tiles))


def test_every_style_is_painted_and_progress_counts_them():
    seen = []
    sheet = paint_all(photo(120, 80), lambda *counts: seen.append(counts), side=60)
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert sheet.mode == "RGB"
    assert sheet.height % (40 + 34 + 24) == 0


def test_the_first_tile_is_the_photo():
    small = photo(60, 40)
    sheet = np.asarray(paint_all(small, side=60))
    assert (sheet[12:52, 12:72] == np.asarray(small)).all()


def test_a_file_is_decoded_no_larger_than_the_tiles_need(monkeypatch):
    sizes = []

    def read(*arguments):
        image, size = read_reduced(*arguments)
        sizes.append((image.size, size))
        return image, size

    monkeypatch.setattr(all_styles, "read_reduced", read)
    sheet = paint_all(encode(photo(480, 320), "JPEG"), side=60)
    assert sizes == [((240, 160), (480, 320))]
    assert sheet.height % (40 + 34 + 24) == 0


def test_names_are_written_with_their_accents():
    plain, accented = (written({name: photo(8, 8)}) for name in ("Durer", "Dürer"))
    added = (plain != accented).any(-1)
    assert added.any()
    assert (plain[added] == 255).all()


def test_a_name_that_is_wider_than_its_painting_has_room():
    long, short = "Henri de Toulouse-Lautrec", "William Turner"
    both = written({long: photo(8, 8), short: photo(8, 8)})
    black = (both < 128).all(-1)
    columns = [written({name: photo(8, 8)}) for name in (long, short)]
    assert black.sum() == sum((each < 128).all(-1).sum() for each in columns)


def test_options_are_those_of_painting():
    small = photo(60, 40)
    sheet = np.asarray(paint_all(small, side=60, strength=0))
    second = sheet.shape[1] // 2 + 12
    assert (sheet[12:52, second : second + 60] == np.asarray(small)).all()
    with pytest.raises(ConfigError, match="strength must lie"):
        paint_all(small, strength=2)


def test_what_is_no_picture_is_refused():
    with pytest.raises(ImageError):
        paint_all(b"text")
