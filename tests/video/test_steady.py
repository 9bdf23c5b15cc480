"""Steady painting keeps still areas, moves strokes with the film, and starts anew at a cut."""

import itertools

import numpy as np
import pytest
from PIL import Image

from copyart.video.colour import to_picture
from copyart.video.flow import optical_flow, small_grey_frame, warp_picture
from copyart.video.paint_video import paint_video
from copyart.video.steady import blend_previous, compare_frames
from tests.video.films import frames_of, painter, pictures, write_film


def textured(seed, size=(160, 96)):
    """A smooth random picture."""
    noise = np.random.default_rng(seed).integers(0, 256, (size[1] // 8, size[0] // 8, 3), np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)


def noisy(picture, seed, strength=5):
    pixels = np.asarray(picture) + np.random.default_rng(seed).normal(0, strength, (picture.height, picture.width, 3))
    return Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))


@pytest.mark.parametrize("shift", [(0, 0), (3, 1), (-2, 4), (6, -5)])
def test_the_flow_finds_a_shift(shift):
    picture = textured(1, (240, 160))
    before, now = (
        picture.crop((20, 20, 180, 116)),
        picture.crop((20 + shift[0], 20 + shift[1], 180 + shift[0], 116 + shift[1])),
    )
    flow = optical_flow(small_grey_frame(before), small_grey_frame(now))
    middle = flow[:, 20:-20, 20:-20]
    assert np.abs(middle - np.array(shift[::-1])[:, None, None]).mean() < 0.2
    difference = np.asarray(warp_picture(before, flow), float) - np.asarray(now, float)
    assert np.abs(difference[20:-20, 20:-20]).mean() < 2


def test_a_still_film_with_noise_is_painted_more_still_than_it_is():
    frames = [noisy(textured(2), seed) for seed in range(8)]
    paintings = [frames[0]]
    for before, now in itertools.pairwise(frames):
        paintings.append(blend_previous(now, paintings[-1], compare_frames(before, now, 0.8)))
    assert change(paintings[2:]) < 0.3 * change(frames[2:])


def change(pictures):
    arrays = np.stack([np.asarray(picture, float) for picture in pictures])
    return np.abs(np.diff(arrays, axis=0)).mean()


def test_a_cut_is_found_and_a_flash_of_motion_is_none():
    one, other = textured(3), Image.fromarray(np.asarray(textured(4)) // 2)
    assert compare_frames(one, other, 0.8) is None
    assert compare_frames(one, noisy(one, 1), 0.8) is not None


def test_what_has_changed_shows_the_new_painting():
    before = textured(5)
    now = before.copy()
    now.paste((255, 0, 0), (100, 30, 150, 80))
    painting = blend_previous(now, before, compare_frames(before, now, 1.0))
    assert np.abs(np.asarray(painting, float) - np.asarray(now, float))[38:72, 108:142].mean() < 8


@pytest.mark.parametrize("size", [(1, 1), (2, 50), (61, 3), (9, 9)])
def test_tiny_frames_are_compared(size):
    one = noisy(Image.new("RGB", size, "grey"), 1)
    found = compare_frames(one, one, 0.8)
    assert blend_previous(one, one, found).size == size


def test_a_flickering_painter_is_steadied_in_a_film(tmp_path):
    write_film(tmp_path / "film.mp4", pictures(1, (96, 64)) * 12)
    seeds = iter(range(1000))

    def flicker(pixels):
        return np.asarray(noisy(Image.fromarray(pixels), next(seeds), 25))

    changes = []
    for steady in (0, 0.8):
        paint_video(tmp_path / "film.mp4", painter(flicker), tmp_path / "painted.mkv", steady=steady)
        changes.append(change([frame.to_image() for frame in frames_of(tmp_path / "painted.mkv")[3:]]))
    assert changes[1] < 0.4 * changes[0]


@pytest.mark.parametrize("cuts", [5])
def test_no_painting_shows_through_a_cut(tmp_path, cuts):
    shots = [np.asarray(textured(seed, (96, 64))) // (1 + seed % 2) for seed in range(cuts + 1)]
    write_film(tmp_path / "film.mp4", [shot for shot in shots for _ in range(4)])
    paint_video(tmp_path / "film.mp4", painter(), tmp_path / "painted.mp4", steady=1)
    for number, frame in enumerate(frames_of(tmp_path / "painted.mp4")):
        assert np.abs(np.asarray(to_picture(frame), float) - shots[number // 4]).mean() < 8
