"""Measure painting films: speed compared with single frames, memory over 1,000 frames, and flicker.

python -m benchmarks.video speed [--heights 360 720 1080] [--frames 24]
python -m benchmarks.video memory
python -m benchmarks.video flicker [FILM...]

`flicker` needs OpenCV (pip install opencv-python-headless) for an independent optical flow.
"""

import argparse
import itertools
import statistics
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["speed", "memory", "flicker"])
    parser.add_argument("films", nargs="*")
    parser.add_argument("--heights", type=int, nargs="+", default=[360, 720, 1080])
    parser.add_argument("--frames", type=int, default=24)
    parser.add_argument("--style", default="monet")
    parser.add_argument("--torch", action="store_true", help="Also time the paper's generator in PyTorch.")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        painter = copyart.load(arguments.style)
        if arguments.what == "speed":
            for height in arguments.heights:
                speed(Path(folder), painter, height, arguments.frames, arguments.torch)
        elif arguments.what == "memory":
            memory(Path(folder), painter)
        else:
            flicker(Path(folder), painter, arguments)


def pan(count, size, noise=0.0):
    """Yield frames that pan over a smooth random picture, uint8 (height, width, 3)."""
    chance = np.random.default_rng(0)
    wide = chance.integers(0, 256, (size[1] // 20 + 4, size[0] // 20 + 8, 3), np.uint8)
    picture = np.asarray(Image.fromarray(wide).resize((size[0] + 2 * count, size[1]), Image.Resampling.BICUBIC))
    for number in range(count):
        frame = picture[:, 2 * number : 2 * number + size[0]].astype(np.float32)
        yield np.clip(np.rint(frame + chance.normal(0, noise, frame.shape)), 0, 255).astype(np.uint8)


def write(path, frames):
    with av.open(str(path), "w") as container:
        stream = None
        for frame in frames:
            if stream is None:
                stream = container.add_stream("libx264", rate=25, options={"crf": "10", "preset": "ultrafast"})
                stream.height, stream.width = frame.shape[:2]
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, "rgb24")))
        container.mux(stream.encode(None))
    return path


def speed(folder, painter, height, count, torch):
    size = (round(height * 16 / 9 / 2) * 2, height)
    film = write(folder / "film.mp4", pan(count, size))
    photos = [Image.fromarray(frame) for frame in pan(count, size)]
    painter.paint(photos[0])
    rates = {
        "one by one": rate(count, lambda: [painter.paint(photo).save(folder / "one.jpg") for photo in photos]),
        "film, steady 0": rate(count, lambda: paint_video(film, painter, folder / "out.mp4", steady=0)),
        "film, steady 0.8": rate(count, lambda: paint_video(film, painter, folder / "out.mp4")),
    }
    if torch:
        rates["PyTorch, 9 blocks"] = torch_rate(photos[:3])
    for name, value in rates.items():
        print(f"{height}p  {name:18}  {value:6.2f} frames/s", flush=True)


def rate(count, work):
    start = time.perf_counter()
    work()
    return count / (time.perf_counter() - start)


def torch_rate(photos):
    import torch

    from benchmarks.pytorch_cyclegan import Generator

    network = Generator().eval()
    with torch.inference_mode():
        for number, photo in enumerate([photos[0], *photos]):
            if number == 1:
                start = time.perf_counter()
            x = torch.from_numpy(np.asarray(photo).copy()).permute(2, 0, 1)[None].float() / 127.5 - 1
            ((network(x)[0].permute(1, 2, 0) + 1) * 127.5).round().byte().numpy()
    return len(photos) / (time.perf_counter() - start)


def memory(folder, painter):
    import psutil

    process, found = psutil.Process(), []
    film = write(folder / "film.mp4", pan(1000, (160, 96)))

    def progress(done, total):
        if done % 100 == 0:
            found.append((done, process.memory_info().rss >> 20))

    paint_video(film, painter, folder / "out.mp4", progress=progress)
    print("frames, MiB:", *(f"{done} {size}" for done, size in found), sep="  ")


def flicker(folder, painter, arguments):
    still = [frame for _ in range(arguments.frames) for frame in pan(1, (384, 256))]
    chance = np.random.default_rng(0)
    noisy = [np.clip(np.rint(f + chance.normal(0, 5, f.shape)), 0, 255).astype(np.uint8) for f in still]
    report(folder, painter, write(folder / "still.mp4", noisy), "still film with noise", arguments.frames)
    for film in arguments.films:
        report(folder, painter, film, Path(film).name, arguments.frames)


def report(folder, painter, film, name, count):
    seconds = count / 25
    paintings = {}
    for steady in (0, 0.8):
        paint_video(film, painter, folder / "out.mp4", steady=steady, end=seconds)
        paintings[steady] = read(folder / "out.mp4", count)
    photos = read(film, len(paintings[0]))
    flows = [flow_between(*pair) for pair in itertools.pairwise(photos)]
    kept = [n for n, pair in enumerate(itertools.pairwise(photos)) if error(pair, flows[n]) < _CUT]
    rows = {"film": photos, "painted one by one": paintings[0], "painted steadily": paintings[0.8]}
    for what, frames in rows.items():
        pairs = list(itertools.pairwise(frames))
        change = statistics.mean(np.abs(b.astype(float) - a).mean() for a, b in pairs)
        warping = statistics.mean(error(pairs[n], flows[n]) for n in kept)
        print(f"{name}  {what:20}  change {change:5.2f} of 255  warping error {warping * 1e4:6.2f}e-4", flush=True)


def read(path, count):
    with Film(path) as film:
        return [np.asarray(moment.picture) for moment in itertools.islice(film.frames(), count)]


def flow_between(before, now):
    """Return each pixel's position in the previous frame, and whether it was visible there (Lai et al. 2018,
    arXiv:1808.00449)."""
    import cv2

    method = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    one, two = (cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in (before, now))
    back, forth = method.calc(two, one, None), method.calc(one, two, None)
    there = moved(forth, back)
    lengths = (back**2).sum(-1) + (there**2).sum(-1)
    return back, ((back + there) ** 2).sum(-1) < 0.01 * lengths + 0.5


def moved(picture, flow):
    import cv2

    y, x = np.mgrid[: flow.shape[0], : flow.shape[1]].astype(np.float32)
    places = x + flow[..., 0], y + flow[..., 1]
    return cv2.remap(picture.astype(np.float32), *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def error(pair, flow):
    difference = (pair[1] - moved(pair[0], flow[0])) / 255
    return float(np.square(difference)[flow[1]].mean())


if __name__ == "__main__":
    main()
