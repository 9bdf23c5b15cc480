"""Draw a contact sheet: each photo next to its painting."""

import numpy as np
from PIL import Image

#: Pairs in a row, and pixels between pairs. There is no gap between a photo and its painting.
_COLUMNS, _GAP = 3, 12
_PAPER = 255


def contact_sheet(*groups: np.ndarray) -> Image.Image:
    """Return a picture of all pairs on white, three per row.

    Args:
        *groups: Photos and their paintings, uint8, shape (pairs, 2, side, side, 3) each. Each group starts a new row.
    """
    sheets = [_arrange_pairs(pairs) for pairs in groups]
    width = max(sheet.shape[1] for sheet in sheets)
    wide = [np.pad(sheet, [(0, 0), (0, width - sheet.shape[1]), (0, 0)], constant_values=_PAPER) for sheet in sheets]
    return Image.fromarray(np.concatenate(wide))


def _arrange_pairs(pairs: np.ndarray) -> np.ndarray:
    side = pairs.shape[2]
    columns = min(_COLUMNS, len(pairs))
    rows = -(-len(pairs) // columns)
    sheet = np.full((rows * (side + _GAP) + _GAP, columns * (2 * side + _GAP) + _GAP, 3), _PAPER, np.uint8)
    for number, pair in enumerate(pairs):
        top = _GAP + number // columns * (side + _GAP)
        left = _GAP + number % columns * (2 * side + _GAP)
        sheet[top : top + side, left : left + 2 * side] = np.concatenate([*pair], axis=1)
    return sheet
