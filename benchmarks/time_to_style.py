"""Measure the minutes until half of the KID gap is closed by both judges: recipe `quick`, recipe `paper` and PyTorch.

    python -m benchmarks.time_to_style --paintings paintings/ --photos photos/ --minutes 30

PAINTINGS contains a folder for each artist. All three train at batch 1 on random 128-px crops of the same pictures,
resized to 286 px. Two pretrained networks, the judges, measure the gap on held-out photos and paintings. The minutes
start with the training and include reading the pictures and compiling, but neither painting nor measuring.
"""

import argparse
import json
import os
import tempfile
from pathlib import Path

from benchmarks.duel import Worker
from benchmarks.report import machine_facts
from benchmarks.run import busy_machine_warning, describe_machine, require_pytorch
from copyart.data.atomic_files import write_atomically
from copyart.data.images import list_images
from copyart.data.split import split_files
from scripts.artist_folders import art_folders, artist_name

ARTISTS = ("Georges Seurat", "Claude Monet", "Ukiyo-e")
#: Gap closed that ends a run.
TARGET = 0.5
#: Settings that train the paper's networks on the crops of the recipe `quick`.
PAPER = {"recipe": "paper", "image_size": 128, "load_size": 286, "evaluation_epochs": 0}
SIDES = {
    "quick": ("benchmarks.time_to_style_sides:Copyart", {"recipe": "quick"}),
    "paper": ("benchmarks.time_to_style_sides:Copyart", PAPER),
    "PyTorch": ("benchmarks.time_to_style_sides:PyTorch", {"image_size": 128, "load_size": 286}),
}
#: Number of held-out pictures of each kind.
MEASURED = 64


def run(paintings, photos, artists=ARTISTS, sides=SIDES, minutes=30.0, every=20.0, size=256):
    """Train each artist by each side and return a dictionary for each run.

    Args:
        paintings: Folder with a folder of paintings for each artist.
        photos: Folders of photos.
        artists: Names.
        sides: Name → the worker's task and the settings of its training.
        minutes: Maximum length of a run in minutes.
        every: Seconds of training between measurements.
        size: Side in pixels at which photos are painted.

    Returns:
        A list of dictionaries: `artist`; `side`; `minutes` to the target, or None if it was not reached; and `rows`, a
        list of (seconds, step, dictionary: judge → gap closed).
    """
    training_photos, held_out_photos = split_pictures(photos)
    found = []
    for artist in artists:
        art, held_out_art = split_files(
            [path for folder in art_folders(paintings, artist) for path in list_images(folder)]
        )
        pictures = {
            "photos": training_photos,
            "art": art,
            "held_out_photos": held_out_photos,
            "held_out_art": held_out_art,
        }
        for side, (task, settings) in sides.items():
            with tempfile.TemporaryDirectory() as folder:
                link_pictures(pictures, Path(folder))
                limits = {"seconds": 60 * minutes, "every": every, "target": TARGET, "size": size, "count": MEASURED}
                with Worker(task, folder=folder, limits=limits) as worker:
                    rows = worker.ask("train", **settings)
            reached = next((seconds for seconds, _, gaps in rows if min(gaps.values()) >= TARGET), None)
            found.append(
                {"artist": artist_name(artist), "side": side, "minutes": reached and reached / 60, "rows": rows}
            )
            print(result_cells(found[-1], minutes), flush=True)
    return found


def split_pictures(folders):
    """Return the training files and the held-out files of some folders."""
    return split_files([path for folder in folders for path in list_images(folder)])


def link_pictures(pictures, folder):
    """Link files into a folder for each kind of picture."""
    for kind, files in pictures.items():
        (folder / kind).mkdir()
        for number, path in enumerate(files):
            (folder / kind / f"{number:05d}{path.suffix}").symlink_to(path.resolve())


def result_cells(result, minutes):
    """Return the row of a run in Markdown: minutes to the target, and the last gaps."""
    _, step, gaps = result["rows"][-1]
    reached = f"**{result['minutes']:.1f} min**" if result["minutes"] else f"not in {minutes:g} min"
    closed = ", ".join(f"{judge} {gap:.0%}" for judge, gap in gaps.items())
    return f"| {result['artist']} | {result['side']} | {reached} | {step:,} | {closed} |"


def main(arguments=None):
    """Read the arguments, run, print, and write the raw figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.time_to_style", description=__doc__.splitlines()[0])
    parser.add_argument("--paintings", type=Path, required=True, help="folder with one folder of paintings per artist")
    parser.add_argument("--photos", type=Path, action="append", required=True, help="folder of photos; may be repeated")
    parser.add_argument("--artists", nargs="+", default=ARTISTS, help=f"default: {', '.join(ARTISTS)}")
    parser.add_argument("--sides", nargs="+", default=tuple(SIDES), choices=SIDES)
    parser.add_argument("--minutes", type=float, default=30.0, help="most minutes of a run; default 30")
    parser.add_argument("--every", type=float, default=20.0, help="seconds between measurements; default 20")
    parser.add_argument("--json", type=Path, metavar="FILE", help="file for the raw figures")
    options = parser.parse_args(arguments)
    if "PyTorch" in options.sides:
        require_pytorch()
    facts = machine_facts()
    print(describe_machine(facts), busy_machine_warning(facts), sep="\n", flush=True)
    print("| artist | side | half of the KID gap closed in | steps | gap closed at the end |\n|---|---|---|---|---|")
    sides = {name: SIDES[name] for name in options.sides}
    found = run(options.paintings, options.photos, options.artists, sides, options.minutes, options.every)
    print(f"Load average {facts['load']:.1f} before, {os.getloadavg()[0]:.1f} after.")
    if options.json:
        write_atomically(options.json, (json.dumps({"machine": facts, "runs": found}, indent=2) + "\n").encode())


if __name__ == "__main__":
    main()
