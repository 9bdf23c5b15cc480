"""Train a style for each of many artists with the recipe `quick`, with a time limit for each.

    python -m scripts.train_styles --paintings paintings/ --photos photos/ --runs runs/ --minutes 10

PAINTINGS contains a folder for each artist. The same command resumes after a stop; finished runs are skipped. Then
`scripts/judge_styles.py` measures the styles, and `scripts/bundle_styles.py` puts them into the package.

Comparisons (options of `copyart train` follow `--`); judge each with `scripts/judge_styles.py`:

    few paintings       --artists monet --limit 20 -- --augment     against  --artists monet
    another starter     -- --start-from monet                       against  the bundled starter
    reconstruction only copyart train Nobody --workdir runs/nobody --recipe quick --start-from none \
                            --cycle-weight 1000 --identity-weight 1000 --photos photos/ --art paintings/
                        -- --start-from runs/nobody
    larger generators   -- --filters 48 --start-from none           against  -- --start-from none
"""

import argparse
import os
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from copyart.data.images import list_images
from copyart.data.split import split_files
from scripts.artist_folders import art_folders, artist_name


def main():
    """Read the arguments and train."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--paintings", type=Path, required=True, help="folder with one folder of paintings per artist")
    parser.add_argument("--photos", action="append", required=True, help="folder of photos; may be repeated")
    parser.add_argument("--runs", type=Path, required=True, help="folder for the workdirs, one per artist")
    parser.add_argument("--minutes", type=float, default=10.0, help="minutes for each artist; default 10")
    parser.add_argument("--deadline", type=float, help="minutes for all artists together, divided evenly")
    parser.add_argument("--artists", nargs="+", help="names or folders; default: every folder")
    parser.add_argument("--limit", type=int, help="most training paintings of each artist")
    parser.add_argument("--seed", type=int, default=0, help="seed of the choice of paintings; default 0")
    parser.add_argument("--jobs", type=int, default=1, help="artists trained at a time; default 1")
    parser.add_argument("settings", nargs="*", help="further options of `copyart train`, after --")
    options = parser.parse_args()
    artists = options.artists or [path.name for path in sorted(options.paintings.iterdir()) if path.is_dir()]
    if unknown := [artist for artist in artists if not art_folders(options.paintings, artist)]:
        parser.error(f"every artist must have a folder in {options.paintings}. Received: {', '.join(unknown)}")
    end = options.deadline and time.monotonic() + 60 * options.deadline
    with ThreadPoolExecutor(options.jobs) as pool:
        statuses = pool.map(lambda item: train(options, *item, len(artists), end), enumerate(artists))
        sys.exit(any(list(statuses)))


def train(options, number, artist, count, end):
    """Train one artist in its own process and return the exit status."""
    rounds_left = -(-(count - number) // options.jobs)
    minutes = min(options.minutes, (end - time.monotonic()) / 60 / rounds_left) if end else options.minutes
    workdir = options.runs / artist
    if minutes <= 0 or (workdir / "done").exists():
        return 0
    workdir.mkdir(parents=True, exist_ok=True)
    art = art_folders(options.paintings, artist)
    if options.limit:
        art = [link_random_paintings(art, options.limit, options.seed, options.runs / f"{artist}.art")]
    command = [sys.executable, "-m", "copyart", "train", artist_name(artist), "--workdir", workdir, "--recipe", "quick"]
    command += ["--minutes", f"{minutes:.2f}", *(part for photos in options.photos for part in ("--photos", photos))]
    command += [*(part for path in art for part in ("--art", path)), *options.settings]
    print(f"{artist}: {minutes:.1f} minutes", flush=True)
    with open(workdir / "log.txt", "a") as log:
        status = subprocess.run(list(map(os.fspath, command)), stdout=log, stderr=log).returncode
    if status == 0:
        (workdir / "done").touch()
    print(f"{artist}: {'done' if status == 0 else f'failed ({status}), see {workdir}/log.txt'}", flush=True)
    return status


def link_random_paintings(folders, count, seed, target):
    """Link some training paintings into a folder, and return the folder."""
    training, _ = split_files([path for folder in folders for path in list_images(folder)])
    target.mkdir(parents=True, exist_ok=True)
    for path in random.Random(seed).sample(training, min(count, len(training))):
        link = target / path.name
        if not link.is_symlink():
            link.symlink_to(path.resolve())
    return target


if __name__ == "__main__":
    main()
