"""Make the picture of the README from a demo: `python scripts/readme_picture.py demo docs/images/demo.png`.

A photo of the bundled sample, beside what the demo's model makes of it.
"""

import sys
from pathlib import Path

import copyart
from copyart.data.images import read_image, save_image, to_array
from copyart.data.sample import sample_files
from copyart.training.grids import grid


def picture(demo):
    photo = read_image(sample_files()[0][0])
    painting = copyart.load(Path(demo) / "run").paint(photo)
    return grid([[to_array(photo), to_array(painting)]])


def main(demo="demo", out="docs/images/demo.png"):
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    save_image(picture(demo), out)
    print(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
