"""Paint three photos of scikit-image in every bundled style: docs/images/styles.jpg.

    pip install --no-deps scikit-image==0.24.0
    python -m scripts.make_styles_picture docs/images/styles.jpg

The photos are free of rights, as scikit-image states: rocket (SpaceX, CC0), chelsea (Stéfan van der Walt, CC0),
coffee (Rachel Michetti, CC0).
"""

import importlib.util
import sys
from pathlib import Path

from PIL import Image, ImageOps

import copyart

PHOTOS = ("rocket.jpg", "chelsea.png", "coffee.png")
STYLES = ("monet", "vangogh", "cezanne", "ukiyoe")
TILE, GAP = (300, 200), 4


def main(target):
    folder = Path(importlib.util.find_spec("skimage").origin).parent / "data"
    painters = [copyart.load(style) for style in STYLES]
    columns, rows = len(STYLES) + 1, len(PHOTOS)
    sheet = Image.new("RGB", (columns * (TILE[0] + GAP) - GAP, rows * (TILE[1] + GAP) - GAP), "white")
    for row, name in enumerate(PHOTOS):
        with Image.open(folder / name) as image:
            photo = ImageOps.fit(image.convert("RGB"), (2 * TILE[0], 2 * TILE[1]))
        for column, picture in enumerate([photo, *(painter.paint(photo) for painter in painters)]):
            place = (column * (TILE[0] + GAP), row * (TILE[1] + GAP))
            sheet.paste(picture.resize(TILE, Image.Resampling.LANCZOS), place)
    sheet.save(target, quality=88)


if __name__ == "__main__":
    main(sys.argv[1])
