"""Paint real and synthetic films, and compare each painting with its film.

python scripts/check_films.py [FILM...] [--style monet] [--out FOLDER]

It prints a table of the frames, times, sound and length of each film and its painting, read by PyAV, and whether
headless Chromium plays the painting to its end. Then it kills a run and interrupts another, resumes both with --resume,
and compares the results with that of an uninterrupted run.
"""

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import av
import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import copyart  # noqa: E402
from copyart.video.paint_video import paint_video  # noqa: E402
from copyart.video.segments import FRAMES, kept_frames  # noqa: E402
from tests.video.films import pictures, sound_of, write_film  # noqa: E402
from tests.web.browser.chromium import chromium, plain_host  # noqa: E402
from tests.web.browser.test_painted_films import PLAY  # noqa: E402

_SIZE = 160, 96
#: Larger frames are painted at this many pixels, and their paintings enlarged.
_MAX_PIXELS = 60_000


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("films", nargs="*", type=Path)
    parser.add_argument("--style", default="monet")
    parser.add_argument("--out", type=Path, help="Folder to keep the films in.")
    arguments = parser.parse_args()
    av.logging.set_level(None)
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.out or Path(temporary)
        (folder / "public").mkdir(parents=True, exist_ok=True)
        (folder / "public" / "index.html").write_text("<!doctype html><title>Films</title>")
        films = [*arguments.films, *write_unusual_films(folder)]
        compare_in_browser(films, copyart.load(arguments.style), folder / "public")
        if arguments.films:
            check_stop_and_resume(min(arguments.films, key=lambda film: film.stat().st_size), arguments.style, folder)


def write_unusual_films(folder):
    """Write films with features that are rare in real ones, and return their paths."""
    chance = np.random.default_rng(0)
    still = pictures(1, _SIZE)[0].astype(float)
    noisy = [np.clip(np.rint(still + chance.normal(0, 5, still.shape)), 0, 255).astype(np.uint8) for _ in range(75)]
    cuts = [pixels // 2 + 20 * shot for shot in range(6) for pixels in pictures(10, _SIZE)]
    uneven = [int(time) for time in np.cumsum(chance.integers(200, 1500, 30))]
    films = {
        "variable rate.mp4": ({"times": uneven, "sound": 0}, pictures(30, _SIZE)),
        "rotated.mp4": ({"rotation": 90, "sound": 0}, pictures(20, _SIZE)),
        "10 bits.mkv": ({"pix_fmt": "yuv420p10le", "sound": 0}, pictures(20, _SIZE)),
        "odd sides.webm": ({"codec": "libvpx-vp9", "options": {}}, pictures(20, (161, 97))),
        "no sound.mp4": ({}, pictures(20, _SIZE)),
        "late sound.mp4": ({"sound": 1.0}, pictures(50, _SIZE)),
        "60 frames a second.mp4": ({"rate": 60, "sound": 0}, pictures(90, _SIZE)),
        "still, with noise.mp4": ({"sound": 0}, noisy),
        "five cuts.mp4": ({"sound": 0}, cuts),
        "truncated.mkv": ({"sound": 0, "options": {"g": "10"}}, pictures(100, _SIZE)),
        "30 minutes.mp4": ({"rate": 2, "sound": 0}, pictures(60, (64, 48)) * 60),
    }
    for name, (options, frames) in films.items():
        write_film(folder / name, frames, **options)
    whole = (folder / "truncated.mkv").read_bytes()
    (folder / "truncated.mkv").write_bytes(whole[: len(whole) // 2])
    return [folder / name for name in films]


def compare_in_browser(films, painter, folder):
    print("| film | frames: film, painting | times differ by | sound | length: film, painting | played by Chromium |")
    print("|---|---|---|---|---|---|", flush=True)
    with chromium() as browser, plain_host(folder) as address:
        page = browser.new_page()
        page.set_default_timeout(0)
        page.goto(address)
        for film in films:
            target = folder / f"painted {film.stem}.mp4"
            video = paint_video(film, painter, target, max_pixels=_MAX_PIXELS)
            before, after = frame_times(film), frame_times(target)
            apart = max(abs((a - before[0]) - (b - after[0])) for a, b in zip(before, after, strict=False))
            rate = max(1, film_length(target) / 20)
            how, *_, left = page.evaluate(PLAY.replace("Rate: 2", f"Rate: {min(rate, 16)}"), target.name)
            played = f"{how}, {abs(left):.2f} s left"
            sound = compare_sound(film, target)
            print(
                f"| {film.name} | {len(before)}, {len(after)} | {1000 * float(apart):.2f} ms | {sound} | "
                f"{film_length(film):.3f} s, {film_length(target):.3f} s | {played} |",
                *video.problems,
                flush=True,
            )


def frame_times(film):
    """Return the time of each readable frame."""
    found = []
    with av.open(str(film)) as container:
        packets = container.demux(video=0)
        while (packet := next(packets, None)) is not None:
            try:
                found += [frame.pts * frame.time_base for frame in packet.decode()]
            except av.FFmpegError:
                continue
    return found


def film_length(film):
    with av.open(str(film)) as container:
        return container.duration / av.time_base


def compare_sound(film, target):
    with av.open(str(film)) as container:
        if not container.streams.audio:
            return "none"
    before, after = sound_of(film), sound_of(target)
    if [data for _, data in before] != [data for _, data in after]:
        return f"OTHER: {len(before)}, {len(after)} packets"
    starts = frame_times(film)[0], frame_times(target)[0]
    late = max(abs((a - starts[0]) - (b - starts[1])) for (a, _), (b, _) in zip(before, after, strict=True))
    return f"{len(after)} packets, the same bytes, {1000 * float(late):.2f} ms apart"


def check_stop_and_resume(film, style, folder):
    """Stop the command in its second segment, resume it, and compare the result with that of an uninterrupted run."""
    command = [sys.executable, "-m", "copyart", "paint", str(film), "--style", style, "--max-pixels", str(_MAX_PIXELS)]
    command += ["--quiet", "--out"]
    whole = folder / "whole.mp4"
    subprocess.run([*command, str(whole)], check=True)
    for number in (signal.SIGKILL, signal.SIGINT):
        target = folder / f"{number.name}.mp4"
        # Background processes of a shell ignore Ctrl-C, and the processes that they start inherit this.
        heed = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)  # noqa: E731
        with subprocess.Popen([*command, str(target)], preexec_fn=heed) as process:
            while kept_frames(target) < FRAMES and process.poll() is None:
                time.sleep(0.05)
            time.sleep(0.3)
            process.send_signal(number)
            status = process.wait()
        kept, half = kept_frames(target), target.exists()
        subprocess.run([*command, str(target), "--resume"], check=True)
        same = target.read_bytes() == whole.read_bytes()
        left = sorted(path.name for path in folder.glob(f".{target.name}*"))
        print(
            f"{number.name}: status {status}, half-written film {half}, {kept} frames kept; "
            f"after --resume the same file as without: {same}; left behind: {left}",
            flush=True,
        )


if __name__ == "__main__":
    main()
