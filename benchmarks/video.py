"""Measure film painting: its speed against single frames and PyTorch, its memory over 1,000 frames, and its flicker.

python -m benchmarks.video                  # speed and memory: some five minutes on two idle cores
python -m benchmarks.video speed [--heights 360 720 1080] [--frames 24]
python -m benchmarks.video memory
python -m benchmarks.video flicker [FILM...]

`speed` also times PyTorch if it is installed. `flicker` needs OpenCV (pip install opencv-python-headless), whose
optical flow is independent of Copyart's.
"""

import argparse
import importlib.util
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import av
import numpy as np
from PIL import Image

import copyart
from copyart.video.paint_video import paint_video
from copyart.video.reading import Film

#: A pair of frames counts as a cut if the squared error after warping by their flow exceeds this.
_CUT = 0.004
#: Height of the frames → how many of them PyTorch paints; 1 for other heights.
_TORCH_FRAMES = {360: 3, 720: 2}
#: Rounds of each way to paint, in turns.
_ROUNDS = 2


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["all", "speed", "memory", "flicker"], nargs="?", default="all")
    parser.add_argument("films", nargs="*")
    parser.add_argument("--heights", type=int, nargs="+", default=[360, 720, 1080])
    parser.add_argument("--frames", type=int, default=24, help="Number of frames; for speed at 360p, fewer above.")
    parser.add_argument("--style", default="monet")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.what in ("all", "speed"):
            print_speeds(Path(folder), arguments.style, arguments.heights, arguments.frames)
        if arguments.what in ("all", "memory"):
            print_memory(Path(folder), copyart.load(arguments.style))
        if arguments.what == "flicker":
            print_flicker(Path(folder), copyart.load(arguments.style), arguments)


def panning_frames(count, size, noise=0.0):
    """Yield frames that pan over a smooth random picture, uint8 (height, width, 3)."""
    chance = np.random.default_rng(0)
    wide = chance.integers(0, 256, (size[1] // 20 + 4, size[0] // 20 + 8, 3), np.uint8)
    picture = np.asarray(Image.fromarray(wide).resize((size[0] + 2 * count, size[1]), Image.Resampling.BICUBIC))
    for number in range(count):
        frame = picture[:, 2 * number : 2 * number + size[0]].astype(np.float32)
        yield np.clip(np.rint(frame + chance.normal(0, noise, frame.shape)), 0, 255).astype(np.uint8)


def write_film(path, frames):
    with av.open(str(path), "w") as container:
        stream = None
        for frame in frames:
            if stream is None:
                stream = container.add_stream("libx264", rate=25, options={"crf": "10", "preset": "ultrafast"})
                stream.height, stream.width = frame.shape[:2]
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, "rgb24")))
        container.mux(stream.encode(None))
    return path


def print_speeds(folder, style, heights, frames):
    """Print a table of frames per second, without the process's start. PyTorch paints with the paper's nine blocks."""
    print(f"{os.cpu_count()} processors, load average {os.getloadavg()[0]:.1f}; style {style}; frames a second")
    print("| height | frames one by one | film, steady 0 | film | PyTorch | film / one by one | film / PyTorch |")
    print("|---|---|---|---|---|---|---|", flush=True)
    start = min(time_command("paint", write_tiny_photo(folder), style, folder / "tiny-painted.png") for _ in range(2))
    for height in heights:
        count = max(round(frames * 360 / height), 3)
        photos, film = folder / f"{height}", folder / f"{height}.mp4"
        photos.mkdir()
        pictures = list(panning_frames(count, (round(height * 16 / 9 / 2) * 2, height)))
        for number, pixels in enumerate(pictures):
            Image.fromarray(pixels).save(photos / f"{number:03}.jpg", quality=95)
        write_film(film, pictures)
        sides = {"one": (photos,), "steady 0": (film, "--steady", "0"), "film": (film,)}
        taken = dict.fromkeys(sides, 0.0)
        for number in range(_ROUNDS):
            for name, (source, *options) in sides.items():
                target = folder / f"{height}-{name}-{number}{source.suffix}"
                taken[name] += time_command("paint", source, style, target, *options) - start
        one, steadily_0, steadily = (_ROUNDS * count / taken[name] for name in sides)
        torch = (
            pytorch_frames_per_second(pictures, _TORCH_FRAMES.get(height, 1))
            if importlib.util.find_spec("torch")
            else None
        )
        beside = ("–", "–") if torch is None else (f"{torch:.3f}", f"{steadily / torch:.1f}")
        print(
            f"| {height}p | {one:.2f} | {steadily_0:.2f} | {steadily:.2f} | {beside[0]} | {steadily / one:.2f} | "
            f"{beside[1]} |",
            flush=True,
        )


def write_tiny_photo(folder):
    path = folder / "tiny.png"
    Image.new("RGB", (16, 16)).save(path)
    return path


def time_command(command, source, style, target, *options):
    """Run `copyart` in a process of its own, and return the seconds that it took."""
    words = [sys.executable, "-m", "copyart", command, str(source), "--style", style, "--out", str(target), *options]
    start = time.perf_counter()
    subprocess.run([*words, "--quiet"], check=True)
    return time.perf_counter() - start


def pytorch_frames_per_second(pictures, count):
    """Return how many frames per second a plain PyTorch loop paints, after a small first frame that warms it up."""
    import torch

    from benchmarks.pytorch_cyclegan import Generator

    network = Generator().eval()
    with torch.inference_mode():
        for number, pixels in enumerate([pictures[0][:128, :128], *pictures[:count]]):
            if number == 1:
                start = time.perf_counter()
            x = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1
            ((network(x)[0].permute(1, 2, 0) + 1) * 127.5).round().byte().numpy()
    return min(count, len(pictures)) / (time.perf_counter() - start)


def print_memory(folder, painter):
    """Paint 1,000 frames, as a film and as animations, and print how much memory this process takes meanwhile."""
    import psutil

    process = psutil.Process()
    film = write_film(folder / "film.mp4", panning_frames(1000, (160, 96)))
    print("MiB after so many frames of 160 × 96", flush=True)
    for suffix in (".mp4", ".gif", ".png", ".webp"):
        found = {}

        def progress(done, total, found=found):
            if done % 100 == 0:
                found[done] = process.memory_info().rss >> 20

        paint_video(film, painter, folder / f"out{suffix}", progress=progress)
        print(f"{suffix:5}", *(f"{done}: {size}" for done, size in found.items()), sep="  ", flush=True)


def print_flicker(folder, painter, arguments):
    still = [frame for _ in range(arguments.frames) for frame in panning_frames(1, (384, 256))]
    chance = np.random.default_rng(0)
    noisy = [np.clip(np.rint(f + chance.normal(0, 5, f.shape)), 0, 255).astype(np.uint8) for f in still]
    print_flicker_of_film(
        folder, painter, write_film(folder / "still.mp4", noisy), "still film with noise", arguments.frames
    )
    for film in arguments.films:
        print_flicker_of_film(folder, painter, film, Path(film).name, arguments.frames)


def print_flicker_of_film(folder, painter, film, name, count):
    seconds = count / 25
    paintings = {}
    for steady in (0, 0.8):
        paint_video(film, painter, folder / "out.mp4", steady=steady, end=seconds)
        paintings[steady] = read_frames(folder / "out.mp4", count)
    photos = read_frames(film, len(paintings[0]))
    flows = [flow_between(*pair) for pair in itertools.pairwise(photos)]
    kept = [n for n, pair in enumerate(itertools.pairwise(photos)) if warping_error(pair, flows[n]) < _CUT]
    rows = {"film": photos, "painted one by one": paintings[0], "painted steadily": paintings[0.8]}
    for what, frames in rows.items():
        pairs = list(itertools.pairwise(frames))
        change = statistics.mean(np.abs(b.astype(float) - a).mean() for a, b in pairs)
        warping = statistics.mean(warping_error(pairs[n], flows[n]) for n in kept)
        print(f"{name}  {what:20}  change {change:5.2f} of 255  warping error {warping * 1e4:6.2f}e-4", flush=True)


def read_frames(path, count):
    with Film(path) as film:
        return [np.asarray(moment.picture) for moment in itertools.islice(film.frames(), count)]


def flow_between(before, now):
    """Return each pixel's position in the previous frame, and whether it was visible there (Lai et al. 2018,
    arXiv:1808.00449)."""
    import cv2

    method = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    one, two = (cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in (before, now))
    back, forth = method.calc(two, one, None), method.calc(one, two, None)
    there = warp(forth, back)
    lengths = (back**2).sum(-1) + (there**2).sum(-1)
    return back, ((back + there) ** 2).sum(-1) < 0.01 * lengths + 0.5


def warp(picture, flow):
    import cv2

    y, x = np.mgrid[: flow.shape[0], : flow.shape[1]].astype(np.float32)
    places = x + flow[..., 0], y + flow[..., 1]
    return cv2.remap(picture.astype(np.float32), *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def warping_error(pair, flow):
    difference = (pair[1] - warp(pair[0], flow[0])) / 255
    return float(np.square(difference)[flow[1]].mean())


if __name__ == "__main__":
    main()
