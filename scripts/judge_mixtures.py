"""Measure mixtures of two styles and print a row for each, as in the tables of docs/mixing.md.

    python -m scripts.judge_mixtures monet vangogh --photos held_out_photos --paintings paintings --cache features

A row has the KID × 1000 to each artist's paintings by each judge, with 95 % intervals over the photos, and whether
Copyart refuses the mixture. PAINTINGS holds a folder for each artist.
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from copyart.errors import CopyartError
from copyart.evaluation.bootstrap import equal_weights, estimate, resample
from copyart.evaluation.features import feature_networks
from copyart.evaluation.kid import KernelDistance
from copyart.evaluation.pictures import load_pictures
from copyart.styles import open_style
from copyart.styles.mixing import interpolate, mix_styles
from scripts.judge_styles import CachedFeatures, find_paintings, markdown_row

#: Shares of the second style: eleven from 0 to 1, and three above 1.
SHARES = (*(round(0.1 * step, 1) for step in range(11)), 1.2, 1.5, 2.0)


def main():
    """Read the arguments, paint, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("styles", nargs=2, help="two styles whose weights can be mixed")
    parser.add_argument("--shares", nargs="+", type=float, default=SHARES, help="of the second style")
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--paintings", type=Path, required=True, help="a folder of paintings for each artist")
    parser.add_argument("--cache", type=Path, required=True, help="folder that keeps the features of pictures")
    parser.add_argument(
        "--count", type=int, default=40, help="photos to paint; twice as many paintings are the measure"
    )
    parser.add_argument("--size", type=int, default=256, help="side of the pictures in pixels")
    arguments = parser.parse_args()
    styles = [open_style(style) for style in arguments.styles]
    judges = [CachedFeatures(network, arguments.cache) for network in feature_networks()]
    photos = load_pictures(arguments.photos, arguments.size, arguments.count).images
    measures = [
        load_pictures(
            find_paintings(arguments.paintings, style.metadata["name"]), arguments.size, 2 * arguments.count
        ).images
        for style in styles
    ]
    heads = [f"{judge.name} to {style.metadata['name']}" for style in styles for judge in judges]
    print(markdown_row(["shares", *heads, "refused"]), markdown_row(["---"] * (len(heads) + 2)), sep="\n", flush=True)
    distances = [(judge, KernelDistance(judge(measure))) for measure in measures for judge in judges]
    for share in arguments.shares:
        painted = _paint_mixture(styles, (1 - share, share), photos)
        figures = [_format_kid(judge(painted), distance) for judge, distance in distances]
        print(markdown_row([f"{1 - share:.0%} : {share:.0%}", *figures, _mixing_error(styles, share)]), flush=True)


def _paint_mixture(styles, shares, photos):
    """Return a mixture's paintings, uint8, even if Copyart refuses the mixture."""
    engine = interpolate(styles, shares).engine
    return np.stack([np.asarray(engine.paint(Image.fromarray(photo))) for photo in photos])


def _format_kid(features, distance):
    weights = resample(len(features))
    draws = distance.draws(features, weights, np.repeat(equal_weights(len(distance._reference)), len(weights), 0))
    found = estimate(distance(features), draws)
    return f"{found.value:.0f} ({found.low:.0f} … {found.high:.0f})"


def _mixing_error(styles, share):
    try:
        mix_styles(styles, (1 - share, share))
    except CopyartError as error:
        return str(error)
    return ""


if __name__ == "__main__":
    main()
