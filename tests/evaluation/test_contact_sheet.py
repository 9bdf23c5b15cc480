import numpy as np
import pytest

from copyart.evaluation.contact_sheet import contact_sheet
from tests.evaluation.scenes import scenes


@pytest.mark.parametrize(("count", "columns", "rows"), [(1, 1, 1), (3, 3, 1), (4, 3, 2)])
def test_three_pairs_stand_in_a_row(count, columns, rows):
    sheet = contact_sheet(np.stack([scenes(count, 16)] * 2, axis=1))
    assert sheet.size == (columns * (32 + 12) + 12, rows * (16 + 12) + 12)


def test_a_painting_stands_right_of_its_photo():
    photos, paintings = scenes(4, 16), scenes(4, 16, seed=9)
    sheet = np.asarray(contact_sheet(np.stack([photos, paintings], axis=1)))
    np.testing.assert_array_equal(sheet[40:56, 12:28], photos[3])
    np.testing.assert_array_equal(sheet[40:56, 28:44], paintings[3])
    assert (sheet[40:56, 44:] == 255).all()
