"""The contact sheet: photos, each beside its painting."""

import numpy as np
from PIL import Image

#: Pairs in a row, and pixels between pairs; a photo and its painting touch.
_COLUMNS, _GAP = 3, 12
_PAPER = 255


def contact_sheet(pairs):
    """Lay pairs out on white.

    Args:
        pairs: uint8, shape (pairs, 2, side, side, 3): a photo and its painting.

    Returns:
        An RGB PIL image, three pairs a row.
    """
    side = pairs.shape[2]
    columns = min(_COLUMNS, len(pairs))
    rows = -(-len(pairs) // columns)
    sheet = np.full((rows * (side + _GAP) + _GAP, columns * (2 * side + _GAP) + _GAP, 3), _PAPER, np.uint8)
    for number, pair in enumerate(pairs):
        top = _GAP + number // columns * (side + _GAP)
        left = _GAP + number % columns * (2 * side + _GAP)
        sheet[top : top + side, left : left + 2 * side] = np.concatenate([*pair], axis=1)
    return Image.fromarray(sheet)
