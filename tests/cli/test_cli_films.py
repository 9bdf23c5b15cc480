"""`copyart paint` with films among the photos."""

import contextlib
import json
import sys

import pytest
from PIL import Image

from copyart.cli import films
from tests.pictures import photo, store
from tests.video.films import frames_of, pictures, write_film


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The current folder, with a film and a photo in `holiday`."""
    store(tmp_path / "holiday" / "sea.jpg", photo(26, 18))
    write_film(tmp_path / "holiday" / "waves.mp4", pictures(5))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_of_films_and_photos_is_painted(copyart, here, style):
    result = copyart("paint", "holiday", "-s", style, "-o", "painted", "--json")
    assert result.status == 0
    assert [row["painting"] for row in json.loads(result.out)] == ["painted/sea.jpg", "painted/waves.mp4"]
    assert json.loads(result.out)[1]["frames"] == 5
    assert len(frames_of(here / "painted" / "waves.mp4")) == 5


def test_a_film_is_painted_beside_itself_and_not_twice(copyart, here, style):
    result = copyart("paint", "holiday/waves.mp4", "-s", style)
    assert result.err.startswith("holiday/waves-tiny.mp4  48×32  5 frames  ")
    copyart("paint", "holiday", "-s", style)
    assert sorted(path.name for path in (here / "holiday").glob("*.mp4")) == ["waves-tiny.mp4", "waves.mp4"]


def test_a_mixture_that_changes_paints_films_alone(copyart, here):
    result = copyart("paint", "holiday/waves.mp4", "-s", "monet:1→vangogh:1")
    assert result.status == 0
    assert len(frames_of(here / "holiday" / "waves-monet-1-vangogh-1.mp4")) == 5
    result = copyart("paint", "holiday", "-s", "monet:1→vangogh:1", "-o", "painted")
    assert result.status == 2
    assert "a changing mixture can only paint a film" in result.err
    assert not (here / "painted").exists()


def test_a_part_of_a_film(copyart, here, style):
    assert copyart("paint", "holiday/waves.mp4", "-s", style, "-o", "a.webm", "--from", "0:00.08").status == 0
    assert len(frames_of(here / "a.webm")) == 3


def test_a_broken_film_costs_only_itself(copyart, here, style):
    (here / "holiday" / "broken.mkv").write_text("no film")
    result = copyart("paint", "holiday", "-s", style, "-o", "painted")
    assert result.status == 2
    assert "copyart: 'broken.mkv' must be a film" in result.err
    assert sorted(path.name for path in (here / "painted").iterdir()) == ["sea.jpg", "waves.mp4"]


def test_a_wrong_time_is_one_line(copyart, here, style):
    result = copyart("paint", "holiday/waves.mp4", "-s", style, "--from", "1:x")
    assert result.status == 2
    assert "must be a time, such as 12.5 or 1:02:03" in result.err


def test_without_the_extra_the_line_says_what_to_install(copyart, here, style, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    for module in [name for name in sys.modules if name.startswith("copyart.video.")]:
        monkeypatch.delitem(sys.modules, module)
    assert "painting films needs the extra video" in copyart("paint", "holiday/waves.mp4", "-s", style).complaint


def test_an_interruption_says_how_to_go_on(copyart, here, style, monkeypatch):
    write_film(here / "long.mp4", pictures(125, (16, 16)))
    monkeypatch.setattr(films, "count_bar", interrupted_at(122))
    result = copyart("paint", "long.mp4", "-s", style)
    assert result.status == 130
    assert result.err.strip() == "long-tiny.mp4: 120 painted frames are kept. Continue with --resume."
    monkeypatch.undo()
    monkeypatch.chdir(here)
    assert copyart("paint", "long.mp4", "-s", style, "--resume").status == 0
    assert len(frames_of(here / "long-tiny.mp4")) == 125


def interrupted_at(frame):
    @contextlib.contextmanager
    def counting(description, unit):
        def count(done, total):
            if done == frame:
                raise KeyboardInterrupt

        yield count

    return counting


def test_an_animation_stays_one_and_a_still_gif_becomes_png(copyart, here, style):
    frames = [photo(20, 14, seed=seed) for seed in range(3)]
    frames[0].save(here / "moving.gif", save_all=True, append_images=frames[1:], duration=80, loop=0)
    frames[0].save(here / "still.gif")
    assert copyart("paint", "moving.gif", "still.gif", "-s", style, "-o", "painted/").status == 0
    assert sorted(path.name for path in (here / "painted").iterdir()) == ["moving.gif", "still.png"]
    with Image.open(here / "painted" / "moving.gif") as image:
        assert (image.n_frames, image.info["duration"]) == (3, 80)


def test_a_mask_and_a_mixture_reach_a_film(copyart, here, style):
    store(here / "mask.png", Image.new("L", (48, 32), 0))
    mixture = f"{style}:0.5,{style}:0.5"
    assert copyart("paint", "holiday/waves.mp4", "-s", style, "--mask", "mask.png", "-o", "a.mp4").status == 0
    before, after = (frames_of(here / name)[2].to_ndarray() for name in ("holiday/waves.mp4", "a.mp4"))
    assert abs(before.astype(int) - after).mean() < 6
    assert copyart("paint", "holiday/waves.mp4", "-s", mixture, "-o", "b.mp4").status == 0
