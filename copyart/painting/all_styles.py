"""Paint one photo in every bundled style, on a contact sheet."""

import math
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from copyart.data.decoding import read_reduced
from copyart.data.images import flatten
from copyart.painting.loading import load
from copyart.styles.bundled import bundled_styles

#: Longest side of each painting on the sheet, in pixels.
SIDE = 512
#: Margin around each painting, and the height of its caption, in pixels.
_GAP, _LINE = 12, 34
#: Combining accent, which Pillow's font lacks → (a similar character of this font, pixels by which to raise it).
_ACCENTS = {"\u0300": ("`", 0), "\u0301": ("´", 0), "\u0302": ("^", 9), "\u0303": ("~", 7), "\u0308": ("..", 16)}
#: Further pixels by which to raise an accent above a capital letter.
_CAPITAL = 5


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
    # The decoder reduces pictures more coarsely than Lanczos, so it reduces them only to twice the side.
    small = flatten(read_reduced(photo, (2 * side) ** 2)[0])
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    tiles = {"The photo": small}
    places = bundled_styles()
    for number, place in enumerate(places.values(), 1):
        painter = load(place)
        tiles[painter.name] = painter.paint(small, **options)
        if progress is not None:
            progress(number, len(places))
    return _arrange_tiles(tiles)


def _arrange_tiles(tiles: Mapping[str, Image.Image]) -> Image.Image:
    font = ImageFont.load_default(size=22)
    width, height = next(iter(tiles.values())).size
    longest = max(math.ceil(font.getlength(_without_accents(name))) for name in tiles)
    cell = (max(width, longest) + 2 * _GAP, height + _LINE + 2 * _GAP)
    columns = max(1, round(math.sqrt(len(tiles) * cell[1] / cell[0] * 1.4)))
    sheet = Image.new("RGB", (columns * cell[0], math.ceil(len(tiles) / columns) * cell[1]), "white")
    draw = ImageDraw.Draw(sheet)
    for number, (name, image) in enumerate(tiles.items()):
        left, top = number % columns * cell[0] + _GAP, number // columns * cell[1] + _GAP
        sheet.paste(image, (left, top))
        _draw_text(draw, (left, top + height + 4), name, font)
    return sheet


def _without_accents(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))


def _draw_text(draw: ImageDraw.ImageDraw, place: tuple[int, int], text: str, font: Any) -> None:
    """Draw a text without its accents, then draw each accent that is in `_ACCENTS`."""
    left, top = place
    draw.text(place, _without_accents(text), fill="black", font=font)
    before = ""
    for char in unicodedata.normalize("NFKD", text):
        if not unicodedata.combining(char):
            before += char
        elif char in _ACCENTS:
            accent, above = _ACCENTS[char]
            middle = left + font.getlength(before) - (font.getlength(before[-1:]) + font.getlength(accent)) / 2
            draw.text((middle, top - above - _CAPITAL * before[-1:].isupper()), accent, fill="black", font=font)
