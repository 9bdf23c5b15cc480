"""A mixture changes during a film or an animation by the time of each frame."""

import numpy as np
import pytest

from copyart.errors import VideoError
from copyart.painting.mixture_over_time import MixtureOverTime
from copyart.video.colour import to_picture
from copyart.video.paint_video import paint_video
from copyart.video.reading import Film
from tests.video.films import frames_of, painter, pictures, write_film
from tests.video.test_animations import opened, write_animation


@pytest.fixture
def levels(monkeypatch):
    """A painter that paints the fraction of the film that is over, as a grey; it records the fractions."""
    changing = MixtureOverTime("ukiyoe→vangogh")
    changing.asked = []

    def at(fraction):
        changing.asked.append(fraction)
        return painter(lambda photo: np.full_like(photo, round(min(fraction, 1) * 200)))

    monkeypatch.setattr(changing, "painter_at", at)
    return changing


@pytest.fixture
def few_steps(monkeypatch):
    monkeypatch.setattr("copyart.painting.mixture_over_time.STEPS", 8)


def greys(path):
    return [np.asarray(to_picture(frame)).mean() for frame in frames_of(path)]


def test_each_frame_is_painted_by_its_time(tmp_path, levels):
    write_film(tmp_path / "film.mp4", pictures(4), times=[0, 1280, 6400, 12800])
    paint_video(tmp_path / "film.mp4", levels, tmp_path / "painted.mp4", steady=0)
    length = Film(tmp_path / "film.mp4").seconds
    assert levels.asked == pytest.approx([0, 0.1 / length, 0.5 / length, 1 / length], abs=1e-3)
    assert greys(tmp_path / "painted.mp4") == pytest.approx([200 * min(each, 1) for each in levels.asked], abs=3)


def test_a_part_of_a_film_has_the_whole_change(tmp_path, levels):
    write_film(tmp_path / "film.mp4", pictures(50))
    paint_video(tmp_path / "film.mp4", levels, tmp_path / "painted.mp4", steady=0, start=0.4, end=1.2)
    assert (levels.asked[0], levels.asked[-1]) == pytest.approx((0, 0.95), abs=1e-3)


def test_it_goes_on_after_a_break_as_if_there_had_been_none(tmp_path, few_steps):
    write_film(tmp_path / "film.mp4", pictures(150, (32, 32)))
    source, style = tmp_path / "film.mp4", "ukiyoe:1→vangogh:1"
    paint_video(source, style, tmp_path / "whole.mp4")

    def stop(done, total):
        if done == 130:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        paint_video(source, style, tmp_path / "painted.mp4", progress=stop)
    assert paint_video(source, style, tmp_path / "painted.mp4", resume=True).resumed == 120
    assert (tmp_path / "painted.mp4").read_bytes() == (tmp_path / "whole.mp4").read_bytes()


def test_segments_of_another_mixture_are_painted_anew(tmp_path, few_steps):
    write_film(tmp_path / "film.mp4", pictures(130, (32, 32)))

    def stop(done, total):
        if done == 125:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        paint_video(tmp_path / "film.mp4", "ukiyoe→vangogh", tmp_path / "painted.mp4", progress=stop)
    assert paint_video(tmp_path / "film.mp4", "ukiyoe→klee", tmp_path / "painted.mp4", resume=True).resumed == 0


def test_a_film_of_unknown_length_needs_an_end(tmp_path, levels, monkeypatch):
    write_film(tmp_path / "film.mp4", pictures(5))
    monkeypatch.setattr(Film, "seconds", None)
    with pytest.raises(VideoError, match=r"must have a known length .* --to"):
        paint_video(tmp_path / "film.mp4", levels, tmp_path / "painted.mp4")
    assert paint_video(tmp_path / "film.mp4", levels, tmp_path / "painted.mp4", end=0.2).frames == 5


def test_an_animation_changes_from_its_first_frame_to_its_last(tmp_path, levels):
    write_animation(tmp_path / "a.png", loop=0)
    paint_video(tmp_path / "a.png", levels, tmp_path / "b.png", steady=0)
    assert [frame[..., 0].mean() for frame in opened(tmp_path / "b.png")[2]] == [0, 100, 200]
