"""Sample grids show the translations of fixed pictures and back, by the averaged networks."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from copyart.errors import WorkdirError
from copyart.training.callbacks import SampleGrid, arrange_grid, draw_round_trips

GAP = 4


def lighter(pictures, training=False):
    assert training is False
    return np.clip(pictures + 0.5, -1, 1)


def darker(pictures, training=False):
    assert training is False
    return np.clip(pictures - 0.5, -1, 1)


def grey(value, count=1):
    return np.full((count, 8, 6, 3), value, np.float32)


def cells(sheet, columns):
    """The value in the middle of each cell, a list a row."""
    pixels = np.asarray(sheet)
    rows = (sheet.height - GAP) // (8 + GAP)
    return [[pixels[GAP + y * 12 + 4, GAP + x * 10 + 3, 0] for x in range(columns)] for y in range(rows)]


def test_a_grid_has_its_pictures_in_place_with_white_between():
    sheet = arrange_grid([[grey(-1)[0], grey(1)[0]], [grey(0)[0]]])
    assert sheet.size == (2 * (6 + GAP) + GAP, 2 * (8 + GAP) + GAP)
    assert cells(sheet, 2) == [[0, 255], [128, 255]]
    assert sheet.getpixel((0, 0)) == (255, 255, 255)


def test_a_row_goes_there_and_back_from_both_sides():
    sheet = draw_round_trips(lighter, darker, grey(0), grey(0))
    assert cells(sheet, 6) == [[128, 191, 128, 128, 64, 128]]


def test_the_shorter_domain_comes_again():
    sheet = draw_round_trips(lighter, darker, np.concatenate([grey(0), grey(-1)]), grey(1))
    assert [row[3] for row in cells(sheet, 6)] == [255, 255]


@pytest.fixture
def callback(tmp_path):
    sheets = SampleGrid(tmp_path / "samples", grey(0), grey(0), every=2)
    sheets.set_model(SimpleNamespace(painter_network=lighter, reverse_network=darker))
    return sheets


def test_every_so_many_epochs_a_sheet_is_written(callback, tmp_path):
    for epoch in range(5):
        callback.on_epoch_end(epoch)
    assert sorted(path.name for path in (tmp_path / "samples").iterdir()) == ["epoch-0002.png", "epoch-0004.png"]


def test_a_file_in_the_place_of_the_folder_is_one_line(callback, tmp_path):
    (tmp_path / "samples").write_text("")
    with pytest.raises(WorkdirError, match=r"Received: .*samples \(File exists\)") as caught:
        callback.draw("now")
    assert "\n" not in str(caught.value)


def test_a_sheet_is_a_png_of_the_round_trips(callback):
    with Image.open(callback.draw("now")) as sheet:
        assert sheet.format == "PNG"
        assert cells(sheet, 6) == [[128, 191, 128, 128, 64, 128]]
