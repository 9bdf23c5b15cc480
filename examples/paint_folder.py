"""Paint every picture of a folder in one style, and write a page that shows photos and paintings side by side.

python examples/paint_folder.py runs/vangogh holiday/ painted/
"""

import argparse
from pathlib import Path

import copyart

parser = argparse.ArgumentParser()
parser.add_argument("style", help="a workdir, a style folder, a .keras or a .pth file")
parser.add_argument("photos", type=Path, help="a folder, searched with its subfolders")
parser.add_argument("out", type=Path, help="a folder for the paintings")
parser.add_argument("--strength", type=float, default=1.0)
options = parser.parse_args()

painter = copyart.load(options.style)  # loaded once for all pictures
rows = []
for photo in copyart.images.list_images(options.photos):
    try:
        painting = painter.paint(photo, strength=options.strength)
    except copyart.errors.ImageError as error:  # one bad file must not stop the others
        print(f"skipped: {error}")
        continue
    target = options.out / photo.relative_to(options.photos).with_suffix(".jpg")
    target.parent.mkdir(parents=True, exist_ok=True)
    copyart.images.save_image(painting, target)
    pair = (photo.absolute().as_uri(), target.relative_to(options.out).as_posix())
    rows.append("<p>{}</p>".format("".join(f'<img src="{picture}" width="48%"> ' for picture in pair)))
    print(target)

if not rows:
    raise SystemExit(f"no picture in {options.photos} could be painted")
page = options.out / "index.html"
page.write_text(f"<!doctype html><meta charset='utf-8'><title>{painter.name}</title>{''.join(rows)}", encoding="utf-8")
print(page)
