"""Compare the KID of films painted frame by frame and painted steadily, with intervals, by every judge.

python -m benchmarks.video_kid FILM... --style monet --art FOLDER [--frames 120] [--max-pixels 250000]

The frames of a film are similar. So the interval shows how the KID varies with other frames of the same film and with
other paintings, but not with other films.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

import copyart
from benchmarks.video import read_frames
from copyart.data.images import list_images
from copyart.evaluation.bootstrap import estimate, resample
from copyart.evaluation.features import feature_networks
from copyart.evaluation.kid import KernelDistance
from copyart.evaluation.pictures import central_square, load_pictures
from copyart.evaluation.real_paintings import split_pictures
from copyart.video.paint_video import paint_video

#: Side in pixels of the squares to compare. Only every third frame is used: neighbouring frames are nearly the same.
_SIDE, _STEP = 256, 3


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("films", nargs="+")
    parser.add_argument("--style", default="monet")
    parser.add_argument("--art", required=True, help="Folder of paintings by the artist.")
    parser.add_argument("--frames", type=int, default=120)
    parser.add_argument("--max-pixels", type=int, default=250_000)
    arguments = parser.parse_args()
    _, held_out = split_pictures(list_images(arguments.art))
    art = load_pictures(held_out, _SIDE).images
    judges = [(judge, KernelDistance(judge(art))) for judge in feature_networks()]
    painter = copyart.load(arguments.style)
    print(f"{arguments.style}: {len(art)} held-out paintings; KID x 1000, 95 % interval", flush=True)
    for film in arguments.films:
        sets = paint_squares(painter, film, arguments.frames, arguments.max_pixels)
        for judge, distance in judges:
            print_kids(Path(film).name, judge, distance, sets, len(art))


def paint_squares(painter, film, count, max_pixels):
    """Return squares of a film's frames: unpainted, painted frame by frame, and painted steadily."""
    sets = {"film": read_frames(film, count)}
    with tempfile.TemporaryDirectory() as folder:
        for name, steady in (("one by one", 0), ("steady", 0.8)):
            target = Path(folder) / "out.mp4"
            end = None if count is None else count / 25
            paint_video(film, painter, target, steady=steady, end=end, max_pixels=max_pixels)
            sets[name] = read_frames(target, count)
    fewest = min(map(len, sets.values()))
    return {name: to_squares(frames[:fewest:_STEP]) for name, frames in sets.items()}


def to_squares(frames):
    return np.stack([np.asarray(central_square(Image.fromarray(frame), _SIDE)) for frame in frames])


def print_kids(film, judge, distance, sets, paintings):
    """Print the KID of each set, and how much steady painting adds to it. All sets share the bootstrap draws."""
    count = len(sets["film"])
    weights, reference_weights = resample(count), resample(paintings, seed=2)
    values, draws = {}, {}
    for name, pictures in sets.items():
        features = judge(pictures)
        values[name], draws[name] = distance(features), distance.draws(features, weights, reference_weights)
    values["steady minus one by one"] = values["steady"] - values["one by one"]
    draws["steady minus one by one"] = draws["steady"] - draws["one by one"]
    for name, value in values.items():
        found = estimate(value, draws[name])
        interval = f"{found.low:10.1f} ... {found.high:10.1f}"
        print(f"{film}  {count} frames  {judge.name}  {name:22}  {value:10.1f}  {interval}", flush=True)


if __name__ == "__main__":
    main()
