"""Train styles from nothing, one artist after the other or several at a time, within a time for each; resumable.

    python scripts/train_styles.py --paintings paintings/ --photos photos/ --runs runs/ --minutes 10

PAINTINGS holds a folder for each artist, named as in `copyart artists` or in Kaggle's set. A run that is finished is
passed over and one that was stopped goes on: the same command picks up where it left off. `scripts/bundle_style.py`
judges the result and puts it into the package.
"""

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from copyart import artists

#: Schools whose paintings lie in several artists' folders.
SCHOOLS = {"ukiyo-e": ("Ukiyo-e", "Utagawa_Hiroshige", "Katsushika_Hokusai")}


def main():
    """Read the arguments and train."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--paintings", type=Path, required=True, help="folder with one folder of paintings an artist")
    parser.add_argument("--photos", action="append", required=True, help="folder of photos; may be repeated")
    parser.add_argument("--runs", type=Path, required=True, help="folder for the workdirs, one an artist")
    parser.add_argument("--minutes", type=float, default=10.0, help="for each artist; default 10")
    parser.add_argument("--deadline", type=float, help="minutes for all together; what is left is shared out")
    parser.add_argument("--artists", nargs="+", help="names or folders; default: every folder")
    parser.add_argument("--jobs", type=int, default=1, help="artists trained at a time; default 1")
    parser.add_argument("settings", nargs="*", help="further options of `copyart train`, after --")
    options = parser.parse_args()
    folders = [path.name for path in sorted(options.paintings.iterdir()) if path.is_dir()]
    queue = options.artists or folders
    end = options.deadline and time.monotonic() + 60 * options.deadline
    with ThreadPoolExecutor(options.jobs) as pool:
        waiting = list(enumerate(queue))
        outcomes = pool.map(lambda item: train(options, *item, len(waiting), end), waiting)
        sys.exit(any(list(outcomes)))


def train(options, number, folder, count, end):
    """Train one artist in a process of its own; return its exit status."""
    rounds_left = -(-(count - number) // options.jobs)
    minutes = min(options.minutes, (end - time.monotonic()) / 60 / rounds_left) if end else options.minutes
    workdir = options.runs / folder
    if minutes <= 0 or (workdir / "done").exists():
        return 0
    art = [options.paintings / name for name in SCHOOLS.get(folder.lower(), (folder,))]
    command = [sys.executable, "-m", "copyart", "train", name_of(folder), "--workdir", workdir, "--recipe", "quick"]
    command += ["--minutes", f"{minutes:.2f}", *(part for photos in options.photos for part in ("--photos", photos))]
    command += [*(part for path in art for part in ("--art", path)), *options.settings]
    print(f"{folder}: {minutes:.1f} minutes", flush=True)
    workdir.mkdir(parents=True, exist_ok=True)
    with open(workdir / "log.txt", "a") as log:
        status = subprocess.run(list(map(os.fspath, command)), stdout=log, stderr=log).returncode
    if status == 0:
        (workdir / "done").touch()
    print(f"{folder}: {'done' if status == 0 else f'failed ({status}), see {workdir}/log.txt'}", flush=True)
    return status


def name_of(folder):
    """Return the artist's name for a folder."""
    try:
        return artists.find(folder).name
    except ValueError:
        return folder.replace("_", " ")


if __name__ == "__main__":
    main()
