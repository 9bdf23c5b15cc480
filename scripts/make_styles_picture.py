"""Paint one photo in every bundled style that is not experimental, with captions: docs/images/styles.jpg.

    python -m scripts.make_styles_picture astronaut.png docs/images/styles.jpg

The photo is scikit-image's `astronaut`: NASA, in the public domain.
"""

import sys

from PIL import Image, ImageDraw, ImageFont, ImageOps

import copyart
from copyart import artists
from copyart.styles.bundled import bundled_styles, is_experimental

TILE, LABEL, GAP, COLUMNS = (240, 180), 22, 6, 6


def main(photo_path, target):
    with Image.open(photo_path) as image:
        photo = ImageOps.fit(image.convert("RGB"), (2 * TILE[0], 2 * TILE[1]), centering=(0.4, 0.0))
    ready = [slug for slug, folder in sorted(bundled_styles().items()) if not is_experimental(folder)]
    pictures = [("The photo", photo), *((artists.find(slug).name, copyart.load(slug).paint(photo)) for slug in ready)]
    width, height = TILE[0] + GAP, TILE[1] + LABEL + GAP
    sheet = Image.new("RGB", (COLUMNS * width - GAP, -(-len(pictures) // COLUMNS) * height), "white")
    draw, font = ImageDraw.Draw(sheet), _font()
    for number, (name, picture) in enumerate(pictures):
        left, top = number % COLUMNS * width, number // COLUMNS * height
        sheet.paste(picture.resize(TILE, Image.Resampling.LANCZOS), (left, top))
        draw.text((left + TILE[0] / 2, top + TILE[1] + 3), name, "black", font, anchor="ma")
    sheet.save(target, quality=85)


def _font():
    try:
        return ImageFont.truetype("DejaVuSans.ttf", 13)  # Pillow's own font lacks the ü of Dürer
    except OSError:
        return ImageFont.load_default(14)


if __name__ == "__main__":
    main(*sys.argv[1:])
