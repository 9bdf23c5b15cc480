"""Animations keep their timing, loops and transparency."""

import weakref
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image, ImageSequence

from copyart.data.animated import is_animation
from copyart.errors import ConfigError, VideoError
from copyart.painting.painter import Painter
from copyart.video.paint_video import paint_video
from tests.video.films import Engine, painter, pictures, write_film

TIMES = [40, 120, 250]


def write_animation(path, alpha=False, times=TIMES, **more):
    frames = [Image.fromarray(pixels) for pixels in pictures(len(times), (31, 17))]
    if alpha:
        hole = Image.new("L", (31, 17), 255)
        hole.paste(0, (0, 0, 9, 9))
        for frame in frames:
            frame.putalpha(hole)
    options = {"lossless": True} if path.suffix == ".webp" else {}
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=times, **options, **more)


def opened(path):
    """Return size, times, loop and frames of an animation."""
    with Image.open(path) as image:
        loop, frames, times = image.info.get("loop"), [], []
        for frame in ImageSequence.Iterator(image):
            frames.append(np.asarray(frame.convert("RGBA")).astype(int))
            times.append(image.info["duration"])
    return times, loop, frames


@pytest.mark.parametrize("suffix", [".gif", ".png", ".webp"])
@pytest.mark.parametrize("loop", [0, 3])
def test_timing_and_loops_are_kept(tmp_path, suffix, loop):
    source, target = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    write_animation(source, loop=loop)
    video = paint_video(source, painter(lambda photo: 255 - photo), target, steady=0)
    times, found, frames = opened(target)
    assert (video.frames, video.size, found, times) == (3, (31, 17), loop, TIMES)
    before = opened(source)[2]
    assert all(abs(255 - a - b)[..., :3].mean() < 12 for a, b in zip(before, frames, strict=True))


@pytest.mark.parametrize("suffix", [".gif", ".png", ".webp"])
def test_transparency_is_kept(tmp_path, suffix):
    source, target = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    write_animation(source, alpha=True, loop=0)
    paint_video(source, painter(), target)
    for before, after in zip(opened(source)[2], opened(target)[2], strict=True):
        assert (before[..., 3] == after[..., 3]).all()
        assert (after[..., 3] == 0).any()


@pytest.mark.parametrize("suffix", [".png", ".gif"])
def test_a_mask_and_people_to_keep_leave_their_places_unpainted(tmp_path, monkeypatch, suffix):
    left = Image.new("L", (31, 17), 0)
    left.paste(255, (0, 0, 12, 17))
    source, target = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    write_animation(source, alpha=True, loop=0)
    monkeypatch.setattr("copyart.painting.painter.find_people", lambda photo: left)
    monkeypatch.setattr("copyart.painting.painter.resize_and_soften", lambda people, size: people)
    mask = Image.new("L", (31, 17), 255)
    mask.paste(0, (20, 0, 31, 17))
    paint_video(source, painter(lambda photo: 255 - photo), target, mask=mask, keep="people", steady=0)
    for before, after in zip(opened(source)[2], opened(target)[2], strict=True):
        seen = before[..., 3] > 0
        assert (before[..., 3] == after[..., 3]).all()
        distance = abs(before - after)[..., :3].mean(-1)
        assert distance[:, :11][seen[:, :11]].mean() < 4
        assert distance[:, 21:].mean() < 4
        assert abs(255 - before - after)[:, 13:19, :3].mean() < 12


def test_a_part_of_a_film_becomes_an_animation(tmp_path):
    write_film(tmp_path / "film.mp4", pictures(50))
    video = paint_video(tmp_path / "film.mp4", painter(), tmp_path / "b.gif", start=0.4, end=0.6)
    assert video.frames == 5
    assert opened(tmp_path / "b.gif")[:2] == ([40] * 5, 0)


def test_stills_are_no_animations(tmp_path):
    for suffix in (".gif", ".png", ".webp"):
        Image.new("RGB", (5, 5)).save(tmp_path / f"still{suffix}")
        write_animation(tmp_path / f"moving{suffix}")
        assert not is_animation(tmp_path / f"still{suffix}")
        assert is_animation(tmp_path / f"moving{suffix}")
    (tmp_path / "broken.gif").write_bytes(b"GIF89a")
    assert not is_animation(tmp_path / "broken.gif")
    assert not is_animation(tmp_path / "missing.webp")


def test_a_truncated_animation_is_painted_as_far_as_it_goes(tmp_path):
    write_animation(tmp_path / "a.png", times=[50] * 9, loop=0)
    data = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(data[: len(data) // 2])
    video = paint_video(tmp_path / "a.png", painter(), tmp_path / "b.png")
    assert 1 <= video.frames < 9
    assert "must be complete" in video.problems[0]


def test_an_animation_does_not_become_a_film(tmp_path):
    write_animation(tmp_path / "a.gif")
    with pytest.raises(ConfigError, match="an animation must be written to"):
        paint_video(tmp_path / "a.gif", painter(), tmp_path / "b.mp4")


def test_a_missing_folder_is_one_line_and_leaves_nothing(tmp_path):
    write_animation(tmp_path / "a.gif")
    with pytest.raises(VideoError, match="must be writable"):
        paint_video(tmp_path / "a.gif", painter(), tmp_path / "none" / "b.gif")
    assert [path.name for path in tmp_path.iterdir()] == ["a.gif"]


@pytest.mark.parametrize("name", ["painted.gif", "painted.png", "painted.webp"])
def test_only_a_few_frames_are_in_memory(tmp_path, name):
    """However long the film: here 60 frames."""
    write_film(tmp_path / "film.mp4", pictures(60))
    seen, most = [], []

    class Watched(Engine):
        def paint(self, photo, progress=None):
            painting = super().paint(photo)
            seen.extend(map(weakref.ref, (photo, painting)))
            most.append(sum(picture() is not None for picture in seen))
            return painting

    video = paint_video(tmp_path / "film.mp4", Painter(Watched(), {"name": "test"}), tmp_path / name)
    assert video.frames == len(most) == 60
    assert max(most) <= 8


def test_an_animation_of_too_large_frames_is_refused_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr("copyart.video.animations.MAX_PIXELS", 31 * 17 - 1)
    write_animation(tmp_path / "a.gif")
    with pytest.raises(VideoError, match="must have frames of at most 526 pixels"):
        paint_video(tmp_path / "a.gif", painter(), tmp_path / "b.gif")
    assert [path.name for path in tmp_path.iterdir()] == ["a.gif"]


@pytest.mark.parametrize(("rate", "frames", "times"), [(30, 30, {30, 40}), (60, 30, {30, 40}), (50, 50, {20})])
def test_a_fast_film_becomes_a_gif_that_browsers_play_at_its_speed(tmp_path, rate, frames, times):
    write_film(tmp_path / "film.mp4", pictures(rate), rate=rate, time_base=Fraction(1, 15300))
    calls = []
    progress = lambda *call: calls.append(call)  # noqa: E731
    assert paint_video(tmp_path / "film.mp4", painter(), tmp_path / "b.gif", progress=progress).frames == frames
    found = opened(tmp_path / "b.gif")[0]
    assert (sum(found), len(found), set(found)) == (1000, frames, times)
    assert calls[-1] == (frames, frames)


@pytest.mark.parametrize("suffix", [".png", ".webp"])
def test_the_times_of_a_fast_film_add_up_in_other_formats(tmp_path, suffix):
    write_film(tmp_path / "film.mp4", pictures(60), rate=60, time_base=Fraction(1, 15360))
    assert paint_video(tmp_path / "film.mp4", painter(), tmp_path / f"b{suffix}").frames == 60
    assert sum(opened(tmp_path / f"b{suffix}")[0]) == 1000


@pytest.mark.parametrize(("suffix", "loop"), [(".gif", None), (".png", 1), (".webp", 1)])
def test_an_animation_that_plays_once_does_so_in_every_format(tmp_path, suffix, loop):
    write_animation(tmp_path / f"a{suffix}", **({} if loop is None else {"loop": loop}))
    for target, once in ((".gif", None), (".png", 1), (".webp", 1)):
        paint_video(tmp_path / f"a{suffix}", painter(), tmp_path / f"b{target}")
        assert opened(tmp_path / f"b{target}")[1] == once
