"""Paint one photo in every bundled style, on a contact sheet."""

import math
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from copyart.data.images import flatten, read_image
from copyart.painting.loading import load
from copyart.styles.bundled import bundled_styles

#: Longest side of each painting on the sheet, in pixels.
SIDE = 512
#: Margin around each painting, and the height of its caption, in pixels.
_GAP, _LINE = 12, 34


def paint_all(
    photo: Any, progress: Callable[[int, int], object] | None = None, side: int = SIDE, **options: Any
) -> Image.Image:
    """Paint a photo in every bundled style at a small size, and return a contact sheet.

    Args:
        photo: As for `Painter.paint`.
        progress: Called with (painted, styles) after each painting. Defaults to None.
        side: Longest side of each painting, in pixels. Defaults to 512.
        **options: As for `Painter.paint`.

    Returns:
        An RGB image: the photo, then a painting for each style, sorted by name and captioned.

    Raises:
        ImageError: if the photo cannot be read.
        StyleError: if a bundled style is damaged.
        ConfigError: if an option is out of its range.
    """
    small = flatten(photo if isinstance(photo, Image.Image) else read_image(photo)).convert("RGB")
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    tiles = {"The photo": small}
    places = bundled_styles()
    for number, place in enumerate(places.values(), 1):
        painter = load(place)
        tiles[painter.name] = painter.paint(small, **options)
        if progress is not None:
            progress(number, len(places))
    return _sheet(tiles)


def _sheet(tiles: Mapping[str, Image.Image]) -> Image.Image:
    width, height = next(iter(tiles.values())).size
    cell = (width + 2 * _GAP, height + _LINE + 2 * _GAP)
    columns = max(1, round(math.sqrt(len(tiles) * cell[1] / cell[0] * 1.4)))
    sheet = Image.new("RGB", (columns * cell[0], math.ceil(len(tiles) / columns) * cell[1]), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=22)
    for number, (name, image) in enumerate(tiles.items()):
        left, top = number % columns * cell[0] + _GAP, number // columns * cell[1] + _GAP
        sheet.paste(image, (left, top))
        draw.text((left, top + height + 4), _plain(name), fill="black", font=font)
    return sheet


def _plain(name) -> str:
    """Return a name without accents, which Pillow's own font lacks."""
    return "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
