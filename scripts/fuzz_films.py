"""Paint 200 damaged films and animations as a user would, and count the outcomes.

python scripts/fuzz_films.py [COUNT]

Each film must be refused with one line or painted to a playable file. No other file may be left behind, and no process
may crash or exceed its time limit.
"""

import argparse
import collections
import json
import random
import subprocess
import sys
import tempfile
import traceback
import warnings
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
#: Time limit in seconds for each film; the limit of a process is the sum for its films.
SECONDS = 20
_BATCH = 25


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", nargs="?", type=int, default=200)
    parser.add_argument("--batch", type=int, nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.batch:
        return paint_batch(*arguments.batch)
    outcomes = collections.Counter()
    for first in range(0, arguments.count, _BATCH):
        last = min(first + _BATCH, arguments.count)
        command = [sys.executable, __file__, "--batch", str(first), str(last)]
        try:
            run = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=SECONDS * (last - first))
        except subprocess.TimeoutExpired:
            outcomes["HANG"] += 1
            continue
        found = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
        outcomes.update(line["outcome"] for line in found)
        for line in found:
            if line["outcome"] == "WRONG":
                print(line, flush=True)
        if run.returncode or len(found) != last - first:
            print(f"PROCESS ENDED with {run.returncode} after {first + len(found)}", flush=True)
            outcomes["CRASH"] += 1
    print(dict(outcomes))
    return 1 if outcomes["WRONG"] or outcomes["HANG"] or outcomes["CRASH"] else 0


def paint_batch(first, last):
    import av

    from tests.video.films import painter

    av.logging.set_level(None)
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as temporary:
        seeds = make_seeds(Path(temporary))
        for number in range(first, last):
            folder = Path(temporary) / str(number)
            folder.mkdir()
            suffix, data = damage_file(seeds, random.Random(number))
            print(json.dumps({"number": number, **outcome_of_painting(folder, suffix, data, painter())}), flush=True)


def make_seeds(folder):
    """Return the bytes of small intact files, by suffix."""
    from PIL import Image

    from tests.video.films import pictures, write_film

    write_film(folder / "a.mp4", pictures(12), sound=0, options={"g": "4"})
    write_film(folder / "b.mkv", pictures(12), sound=0, times=[0, 512, 700, *range(1000, 10000, 1000)])
    write_film(folder / "c.webm", pictures(8, (37, 23)), codec="libvpx-vp9", options={})
    write_film(folder / "d.mov", pictures(6), codec="png", pix_fmt="rgb24", options={})
    frames = [Image.fromarray(pixels) for pixels in pictures(5)]
    for name in ("e.gif", "f.png", "g.webp"):
        frames[0].save(folder / name, save_all=True, append_images=frames[1:], duration=80, loop=0)
    return [(path.suffix, path.read_bytes()) for path in sorted(folder.glob("[a-g].*"))]


def damage_file(seeds, chance):
    """Return a suffix and damaged bytes: truncated, with flipped bits, or with a part overwritten, doubled, moved or
    missing."""
    suffix, data = chance.choice(seeds)
    data = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5))):
        place, length = chance.randrange(len(data)), chance.choice((1, 4, 16, 200))
        match chance.randrange(6):
            case 0:
                data = data[: max(place, 1)]
            case 1:
                for _ in range(length):
                    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            case 2:
                data[place : place + length] = chance.randbytes(min(length, len(data) - place))
            case 3:
                data[place:place] = data[place : place + length]
            case 4:
                data[place : place + length] = b"" if len(data) > 2 * length else data[place : place + length]
            case 5:
                data[place : place + 4] = chance.choice((b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"))[
                    : len(data) - place
                ]
    return suffix, bytes(data)


def outcome_of_painting(folder, suffix, data, painter):
    """Paint one file and return the outcome."""
    from copyart.errors import CopyartError
    from copyart.video.paint_video import paint_video

    source = folder / f"film{suffix}"
    target = folder / f"painted{suffix}"
    source.write_bytes(data)
    try:
        video = paint_video(source, painter, target)
        said = f"{video.frames} frames, {len(video.problems)} problems"
        if not is_playable(target):
            return {"outcome": "WRONG", "said": f"cannot be played: {said}"}
        found = "painted, and reported problems" if video.problems else "painted"
    except CopyartError as error:
        if "\n" in str(error):
            return {"outcome": "WRONG", "said": str(error)}
        found, said = "refused", str(error)
    except Exception as error:  # any other exception is a bug in Copyart
        return {"outcome": "WRONG", "said": repr(error), "where": traceback.format_exc()[-900:]}
    left = {path.name for path in folder.iterdir()} - {source.name, target.name}
    if left or (found == "refused" and target.exists()):
        return {"outcome": "WRONG", "said": f"left behind: {sorted(left)}, {target.exists()}"}
    return {"outcome": found, "said": said}


def is_playable(path):
    import av
    from PIL import Image

    if path.suffix in (".gif", ".png", ".webp"):
        with Image.open(path) as image:
            image.seek(image.n_frames - 1)
            image.load()
        return True
    with av.open(str(path)) as container:
        return next(container.decode(video=0), None) is not None


if __name__ == "__main__":
    sys.exit(main())
