"""Animations are written frame by frame, and read by Pillow and FFmpeg."""

import io
import itertools
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageSequence

from copyart.data.painting_mark import is_marked
from copyart.errors import ConfigError, VideoError
from copyart.video.animation_files import animation_writer
from tests.video.films import pictures

SUFFIXES = [".gif", ".png", ".apng", ".webp"]


def frames(count=4, size=(31, 17)):
    return [Image.fromarray(pixels) for pixels in pictures(count, size)]


def with_hole(frame):
    frame = frame.convert("RGBA")
    frame.paste((0, 0, 0, 0), (3, 3, 9, 9))
    return frame


def write(path, frames, times, plays=0, transparent=False):
    with path.open("wb") as file:
        writer = animation_writer(path, file, plays, transparent)
        for frame, time in zip(frames, times, strict=False):
            writer.add(frame, time)
        writer.finish()
    return writer


def opened(path):
    """Return the times and the RGBA frames."""
    with Image.open(path) as image:
        # A WebP's time is known once its frame has been read.
        found = [
            (np.asarray(each.convert("RGBA"), int), each.info["duration"]) for each in ImageSequence.Iterator(image)
        ]
    return [time for _, time in found], [pixels for pixels, _ in found]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_frames_and_times_are_as_they_were_given(tmp_path, suffix):
    path, given = tmp_path / f"a{suffix}", frames()
    writer = write(path, given, [40, 120, 250, 70_000])
    assert (writer.count, writer.size) == (4, (31, 17))
    times, found = opened(path)
    assert times == [40, 120, 250, 70_000]
    for before, after in zip(given, found, strict=True):
        assert abs(np.asarray(before, int) - after[..., :3]).mean() < 6
        assert (after[..., 3] == 255).all()
    assert is_marked(path)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_frame_replaces_the_previous_one_where_it_is_transparent_too(tmp_path, suffix):
    given = frames()
    given[2] = with_hole(given[2])
    write(tmp_path / f"a{suffix}", given, itertools.repeat(80), transparent=True)
    for before, after in zip(given, opened(tmp_path / f"a{suffix}")[1], strict=True):
        assert (np.asarray(before.convert("RGBA"))[..., 3] == after[..., 3]).all()


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 300), (255, 3)])
def test_frames_of_any_size_and_equal_frames_are_kept(tmp_path, suffix, size):
    write(tmp_path / f"a{suffix}", frames(1, size) * 3, itertools.repeat(80))
    assert [pixels.shape[1::-1] for pixels in opened(tmp_path / f"a{suffix}")[1]] == [size] * 3


@pytest.mark.parametrize("suffix", [".gif", ".apng"])  # FFmpeg reads no animated WebP
def test_ffmpeg_reads_the_same_frames(tmp_path, suffix):
    path, given = tmp_path / f"a{suffix}", frames(5)
    write(path, given, itertools.repeat(80))
    with av.open(str(path)) as container:
        found = [(frame.time, frame.to_ndarray(format="rgb24").astype(int)) for frame in container.decode(video=0)]
    assert [round(time, 3) for time, _ in found] == [0, 0.08, 0.16, 0.24, 0.32]
    assert all(abs(np.asarray(a, int) - b).mean() < 6 for a, (_, b) in zip(given, found, strict=True))


@pytest.mark.parametrize(("suffix", "unit"), [(".gif", 10), (".png", 1), (".webp", 1)])
def test_rounded_times_add_up(tmp_path, suffix, unit):
    write(tmp_path / f"a{suffix}", frames(30), [1000 / 30] * 30)
    times = opened(tmp_path / f"a{suffix}")[0]
    assert sum(times) == 1000
    assert max(times) - min(times) == unit


@pytest.mark.parametrize(("suffix", "size"), [(".gif", (65_536, 1)), (".webp", (1, 16_384))])
def test_sides_that_a_format_cannot_have_are_refused(suffix, size):
    writer = animation_writer(Path(f"a{suffix}"), io.BytesIO(), 0, False)
    with pytest.raises(ConfigError, match=r"must have sides of at most (65,535|16,383) pixels"):
        writer.add(Image.new("RGB", size), 40)


def test_a_webp_that_would_become_too_large_is_refused():
    file = io.BytesIO()
    writer = animation_writer(Path("a.webp"), file, 0, False)
    writer.add(frames()[0], 40)
    file.tell = lambda: 0xFFFFFF00
    with pytest.raises(VideoError, match="must have at most 4 GB"):
        writer.add(frames()[0], 40)


def test_other_suffixes_are_refused():
    with pytest.raises(ConfigError, match=r"must be written to .*Received: 'a.mp4'"):
        animation_writer(Path("a.mp4"), io.BytesIO(), 0, False)
