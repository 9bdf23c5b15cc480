"""`paint_video` preserves timing, sound and metadata, and converts the pictures."""

from fractions import Fraction

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image

from copyart.errors import ConfigError, VideoError
from copyart.painting.blending import BlendEngine
from copyart.painting.painter import Painter
from copyart.video.colour import to_picture
from copyart.video.paint_video import paint_video
from tests.video.films import Engine, frames_of, painter, pictures, sound_of, times_of, write_film


def pixels(frame):
    return np.asarray(to_picture(frame)).astype(int)


def paint(tmp_path, name="painted.mp4", film="film.mp4", **options):
    options.setdefault("steady", 0)
    return paint_video(tmp_path / film, options.pop("style", painter()), tmp_path / name, **options)


@pytest.mark.parametrize("name", ["painted.mp4", "painted.mkv", "painted.mov", "painted.webm"])
def test_every_frame_is_painted_and_keeps_its_time(tmp_path, name):
    write_film(tmp_path / "film.mp4", pictures(9))
    video = paint(tmp_path, name, style=painter(lambda photo: 255 - photo))
    assert (video.frames, video.size, video.problems) == (9, (48, 32), ())
    rounded = [round(time, 3) for time in times_of(tmp_path / name)]
    assert rounded == [round(time, 3) for time in times_of(tmp_path / "film.mp4")]
    before, after = frames_of(tmp_path / "film.mp4"), frames_of(tmp_path / name)
    assert all(abs(255 - pixels(a) - pixels(b)).mean() < 6 for a, b in zip(before, after, strict=True))


def test_uneven_times_are_kept_exactly(tmp_path):
    times = [0, 512, 700, 5000, 5001, 12000, 40000]
    write_film(tmp_path / "film.mp4", pictures(7), times=times)
    paint(tmp_path)
    assert times_of(tmp_path / "painted.mp4") == [Fraction(time, 12800) for time in times]


def test_a_film_of_sixty_frames_a_second_keeps_its_length(tmp_path):
    write_film(tmp_path / "film.mp4", pictures(60), rate=60, time_base=Fraction(1, 15360))
    paint(tmp_path)
    with av.open(str(tmp_path / "painted.mp4")) as container:
        assert container.duration == 1_000_000


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_rotation_is_applied(tmp_path, rotation):
    frame = np.zeros((32, 48, 3), np.uint8)
    frame[:16, :24] = 255
    write_film(tmp_path / "film.mp4", [frame] * 3, rotation=rotation)
    paint(tmp_path)
    (found,) = frames_of(tmp_path / "painted.mp4")[:1]
    turned = np.rot90(frame, rotation // 90)  # to the left, as PyAV counts
    assert found.rotation == 0
    assert abs(pixels(found) - turned).mean() < 5


def test_an_odd_side_is_continued_by_a_pixel(tmp_path):
    write_film(tmp_path / "film.webm", pictures(4, (37, 23)), codec="libvpx-vp9", options={}, pix_fmt="yuv444p")
    assert paint(tmp_path, film="film.webm").size == (38, 24)


@pytest.mark.parametrize("level", [16, 90, 128, 235])
@pytest.mark.parametrize("name", ["painted.mp4", "painted.webm"])
def test_a_grey_stays_that_grey(tmp_path, level, name):
    write_film(tmp_path / "film.mp4", [np.full((32, 48, 3), level, np.uint8)] * 2)
    paint(tmp_path, name)
    frame = frames_of(tmp_path / name)[0]
    assert (frame.colorspace, frame.color_range) == (Colorspace.ITU709, ColorRange.MPEG)
    assert abs(pixels(frame) - level).max() <= 2


def test_ten_bits_become_eight(tmp_path):
    write_film(tmp_path / "film.mp4", [np.full((32, 48, 3), 150, np.uint8)] * 2, pix_fmt="yuv420p10le")
    paint(tmp_path)
    frame = frames_of(tmp_path / "painted.mp4")[0]
    assert frame.format.name == "yuv420p"
    assert abs(pixels(frame) - 150).max() <= 2


@pytest.mark.parametrize("start", [0, 0.4])
@pytest.mark.parametrize("name", ["painted.mp4", "painted.mkv"])
def test_sound_is_copied_unchanged_in_sync(tmp_path, name, start):
    write_film(tmp_path / "film.mp4", pictures(25), sound=start)
    paint(tmp_path, name)
    before, after = sound_of(tmp_path / "film.mp4"), sound_of(tmp_path / name)
    assert [data for _, data in before] == [data for _, data in after]
    # Matroska starts at zero: the encoder's silence in front of the sound moves all streams alike.
    moved = times_of(tmp_path / name)[0] - times_of(tmp_path / "film.mp4")[0]
    assert moved <= Fraction(22, 1000)
    assert all(abs(b - a - moved) <= 0.001 for (a, _), (b, _) in zip(before, after, strict=True))


def test_sound_that_a_container_cannot_hold_is_encoded_anew(tmp_path):
    write_film(tmp_path / "film.mp4", pictures(25), sound=0)
    paint(tmp_path, "painted.webm")
    with av.open(str(tmp_path / "painted.webm")) as container:
        assert container.streams.audio[0].codec_context.name.endswith("opus")
        samples = sum(frame.samples for frame in container.decode(audio=0))
    assert abs(samples / 48000 - 1) < 0.1


def test_title_and_chapters_are_kept(tmp_path):
    chapter = {"id": 1, "start": 0, "end": 500, "time_base": Fraction(1, 1000), "metadata": {"title": "One"}}
    write_film(tmp_path / "film.mkv", pictures(25), title="A day", chapters=[chapter])
    paint(tmp_path, film="film.mkv")
    with av.open(str(tmp_path / "painted.mp4")) as container:
        assert container.metadata["title"] == "A day"
        (found,) = container.chapters()
    assert found["metadata"]["title"] == "One"
    assert found["end"] * found["time_base"] == Fraction(1, 2)


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv", "webm"])
def test_a_film_says_that_it_is_painted_beside_its_own_comment(tmp_path, suffix):
    write_film(tmp_path / "film.mkv", pictures(5), comment="At sea")
    paint(tmp_path, f"once.{suffix}", film="film.mkv")
    paint(tmp_path, f"twice.{suffix}", film=f"once.{suffix}")
    for name in ("once", "twice"):
        with av.open(str(tmp_path / f"{name}.{suffix}")) as container:
            found = {key.lower(): value for key, value in container.metadata.items()}
        assert found["comment"] == "At sea Painted by Copyart"


def test_a_part_of_a_film_starts_at_zero_with_its_own_sound(tmp_path):
    write_film(tmp_path / "film.mp4", pictures(50), sound=0)
    assert paint(tmp_path, start=0.5, end=1.5).frames == 25
    assert times_of(tmp_path / "painted.mp4") == [Fraction(n, 25) for n in range(25)]
    whole = dict(sound_of(tmp_path / "film.mp4"))
    first = times_of(tmp_path / "film.mp4")[13]
    part = sound_of(tmp_path / "painted.mp4")
    assert all(data in whole.values() for _, data in part)
    assert abs(next(time for time, data in whole.items() if data == part[0][1]) - first - part[0][0]) < 0.001


def test_progress_counts_frames(tmp_path):
    write_film(tmp_path / "film.mp4", pictures(5))
    calls = []
    paint(tmp_path, progress=lambda *call: calls.append(call))
    assert calls == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5), (5, 5)]


def test_the_painters_options_are_heeded(tmp_path):
    write_film(tmp_path / "film.mp4", pictures(2))
    paint(tmp_path, style=painter(lambda photo: 255 - photo), strength=0.0)
    assert abs(pixels(frames_of(tmp_path / "painted.mp4")[0]) - pictures(1)[0]).mean() < 10


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"steady": 1.5}, "steady must lie in 0 to 1"),
        ({"start": -1.0}, "start must be at least 0 seconds"),
        ({"start": 2.0, "end": 1.0}, "end must be later than start"),
        ({"name": "painted.avi"}, "must be written to a name that ends in"),
        ({"name": "film.mp4"}, "must not overwrite its film"),
    ],
)
def test_a_wrong_argument_is_refused(tmp_path, options, line):
    write_film(tmp_path / "film.mp4", pictures(2))
    with pytest.raises(ConfigError, match=line):
        paint(tmp_path, **options)


def test_a_part_without_frames_is_refused(tmp_path):
    write_film(tmp_path / "film.mp4", pictures(5))
    with pytest.raises(VideoError, match="must have a readable frame between 9 and its end"):
        paint(tmp_path, start=9.0)
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]


def test_a_mask_keeps_a_part_of_every_frame(tmp_path):
    write_film(tmp_path / "film.mp4", pictures(4))
    mask = Image.new("L", (48, 32), 0)
    mask.paste(255, (0, 0, 24, 32))
    paint(tmp_path, style=painter(lambda photo: 255 - photo), mask=mask)
    before, after = (frames_of(tmp_path / name)[3] for name in ("film.mp4", "painted.mp4"))
    assert abs(pixels(before) - pixels(after))[:, 28:].mean() < 6
    assert abs(255 - pixels(before) - pixels(after))[:, :20].mean() < 6


def test_what_moves_out_of_the_kept_part_of_a_film_is_painted(tmp_path):
    rough = np.random.default_rng(0).integers(0, 256, (8, 40, 3), np.uint8)
    wide = np.asarray(Image.fromarray(rough).resize((200, 40), Image.Resampling.BICUBIC))
    write_film(tmp_path / "film.mp4", [wide[:, 80 - 4 * number :][:, :96] for number in range(10)])
    mask = Image.new("L", (96, 40), 0)
    mask.paste(255, (48, 0, 96, 40))
    paint(tmp_path, style=painter(lambda photo: 255 - photo), mask=mask, steady=1)
    before, after = (pixels(frames_of(tmp_path / name)[-1]) for name in ("film.mp4", "painted.mp4"))
    assert abs(255 - before - after)[:, 50:70].mean() < 8
    assert abs(before - after)[:, :46].mean() < 6


def test_a_blend_of_two_styles_paints_a_film(tmp_path):
    write_film(tmp_path / "film.mp4", pictures(2))
    blend = BlendEngine([Engine(lambda photo: photo * 0), Engine(lambda photo: photo * 0 + 200)], [0.5, 0.5])
    style = Painter(blend, {"name": "Both", "blended": True})
    paint(tmp_path, style=style)
    assert abs(pixels(frames_of(tmp_path / "painted.mp4")[0]) - 100).max() <= 3
