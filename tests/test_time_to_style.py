"""The benchmark of minutes to a style: all sides train on the same pictures and are measured by the same judges."""

import json

import numpy as np
import pytest

from benchmarks import time_to_style, time_to_style_sides
from benchmarks.time_to_style_sides import Judge, Stopwatch
from copyart.evaluation.pictures import load_pictures
from tests.evaluation.test_validation import colours
from tests.pictures import photo, store

TINY = {"image_size": 32, "load_size": 36, "filters": 2, "discriminator_filters": 2, "blocks": 0, "pool_size": 0}
LIMITS = {"seconds": 600.0, "every": 10.0, "target": 0.5, "size": 32, "count": 4}


@pytest.fixture
def folder(tmp_path):
    """Pictures of two domains, held-out ones of each, and a folder of an artist's paintings."""
    for place, kind in enumerate(("photos", "art", "held_out_photos", "held_out_art", "paintings/Claude_Monet")):
        for number in range(12):
            store(tmp_path / kind / f"{number}.png", photo(40, 40, seed=100 * place + number))
    return tmp_path


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(time_to_style_sides.time, "perf_counter", lambda: now[0])
    return now


@pytest.fixture
def watch(clock):
    """A stopwatch whose judge finds brighter paintings closer to the artist."""
    return Stopwatch(np.zeros((6, 4, 4, 3), np.uint8), LIMITS, lambda paintings: {"bright": paintings.mean() / 255})


def test_measuring_costs_no_training_time(watch, clock):
    def paint(photos):
        clock[0] += 100
        return photos

    clock[0] = 5.0
    assert not watch.step(paint)
    assert watch.rows == []
    clock[0] = 12.0
    assert not watch.step(paint)
    assert watch.rows[0][:2] == (12.0, 2)
    clock[0] += 11.0
    watch.step(paint)
    assert watch.rows[1][:2] == (23.0, 3)


def test_a_run_ends_when_the_target_is_reached(watch, clock):
    clock[0] = 10.0
    assert not watch.step(lambda photos: photos)
    clock[0] = 20.0
    assert watch.step(lambda photos: -photos)
    assert [gaps for *_, gaps in watch.rows] == [{"bright": 0.0}, {"bright": 1.0}]


def test_photos_close_no_gap_and_real_paintings_all_of_it(folder, monkeypatch):
    colours.name = "Colours"
    monkeypatch.setattr("copyart.evaluation.features.feature_networks", lambda: (colours,))
    judge = Judge(folder, LIMITS)
    for kind, gap in (("held_out_photos", 0.0), ("art", 1.0)):
        np.save(folder / "paintings.npy", load_pictures(folder / kind, 32, 4).images)
        assert judge.gap_closed_by_judge(folder / "paintings.npy")["colours"] == pytest.approx(gap, abs=1e-6)


def test_the_time_limit_ends_a_run(watch, clock):
    clock[0] = 601.0
    assert watch.step(lambda photos: photos)


def test_a_crop_is_one_picture_of_the_network_s_size_and_range():
    pictures = np.random.default_rng(0).integers(0, 256, (3, 36, 36, 3), np.uint8)
    crop = time_to_style_sides._random_crop(pictures, 32, time_to_style_sides.random.Random(0))
    assert (crop.shape, crop.dtype) == ((1, 32, 32, 3), np.float32)
    assert -1 <= crop.min() < -0.9 < 0.9 < crop.max() <= 1


def test_copyart_trains_by_a_recipe_until_the_time_is_over(folder, capsys, tmp_path):
    sides = {"paper": ("benchmarks.time_to_style_sides:Copyart", {**time_to_style.PAPER, **TINY, "minutes": 9.0})}
    photos = [folder / "photos"]
    (result,) = time_to_style.run(folder / "paintings", photos, ["monet"], sides, minutes=0.05, every=1.0, size=32)
    assert (result["artist"], result["side"]) == ("Claude Monet", "paper")
    assert result["rows"]
    assert "squeezenet" in result["rows"][0][2]
    assert capsys.readouterr().out.startswith("| Claude Monet | paper | ")
    assert json.dumps(result)


def test_a_row_says_when_the_target_was_not_reached():
    result = {"artist": "A", "side": "quick", "minutes": None, "rows": [(60.0, 1200, {"squeezenet": 0.25})]}
    assert time_to_style.result_cells(result, 30.0) == "| A | quick | not in 30 min | 1,200 | squeezenet 25% |"
    assert "| **2.5 min** |" in time_to_style.result_cells({**result, "minutes": 2.5}, 30.0)
