"""Sheets of pictures side by side."""

import numpy as np
from PIL import Image

from copyart.data.images import to_image

_GAP = 4


def grid(rows):
    """Lay out pictures in rows, with a white gap between them.

    Args:
        rows: Lists of arrays of one size, each (height, width, 3) in [-1, 1].

    Returns:
        A `PIL.Image`.
    """
    height, width = rows[0][0].shape[:2]
    columns = max(map(len, rows))
    size = (columns * (width + _GAP) + _GAP, len(rows) * (height + _GAP) + _GAP)
    sheet = Image.new("RGB", size, "white")
    for y, row in enumerate(rows):
        for x, picture in enumerate(row):
            sheet.paste(to_image(np.asarray(picture)), (_GAP + x * (width + _GAP), _GAP + y * (height + _GAP)))
    return sheet


def round_trips(paint, unpaint, photos, art):
    """Show what both generators do to fixed pictures.

    Args:
        paint: What turns photos into art, from arrays like these to such arrays.
        unpaint: What turns art into photos.
        photos: Shape (count, height, width, 3), in [-1, 1].
        art: The same.

    Returns:
        A `PIL.Image`: each row holds photo, painted, back, and beside it art, unpainted, back.
    """
    rows = []
    for index in range(max(len(photos), len(art))):
        row = []
        for pictures, there, back in ((photos, paint, unpaint), (art, unpaint, paint)):
            first = pictures[index % len(pictures)][None]
            second = there(first)
            row += [first[0], second[0], back(second)[0]]
        rows.append(row)
    return grid(rows)
