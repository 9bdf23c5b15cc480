import numpy as np
import pytest
from PIL import Image

from copyart.painting import strokes
from copyart.painting.strokes import add_large_strokes, stroke_scale


def noise(width=90, height=60, centre=100, spread=20):
    values = np.random.default_rng(0).integers(centre - spread, centre + spread + 1, (height, width, 3))
    return Image.fromarray(values.astype(np.uint8))


def with_large_strokes(painting, coarse):
    result = painting.copy()
    add_large_strokes(result, coarse)
    return result


def even(width, height, colour):
    return Image.new("RGB", (width, height), colour)


@pytest.mark.parametrize(
    ("size", "scale"),
    [
        ((512, 512), 1),
        ((700, 700), 1),
        ((1024, 1024), 2),
        ((2048, 512), 2),
        ((4096, 3072), 6.928),
        ((16384, 65), 65 / 64),
    ],
)
def test_strokes_are_as_large_as_in_a_picture_of_512_pixels(size, scale):
    assert stroke_scale(size) == pytest.approx(scale, rel=1e-3)


@pytest.mark.parametrize(
    ("size", "brush", "scale"), [((300, 300), 2.0, 2.0), ((300, 300), 9.0, 300 / 64), ((20, 20), 3.0, 1)]
)
def test_a_brush_is_as_asked_for_unless_nothing_would_be_left(size, brush, scale):
    assert stroke_scale(size, brush) == pytest.approx(scale)


def test_what_is_coarse_comes_from_the_other_and_what_is_fine_stays():
    painting = noise()
    result = np.asarray(with_large_strokes(painting, even(30, 20, (150, 100, 50))), float)
    assert result.mean((0, 1)) == pytest.approx([150, 100, 50], abs=0.5)
    fine = np.asarray(painting, float) - np.asarray(
        painting.resize((30, 20), Image.Resampling.LANCZOS).resize((90, 60), Image.Resampling.BICUBIC), float
    )
    assert np.abs(result - [150, 100, 50] - fine).max() <= 2


def test_a_painting_that_is_coarse_already_as_the_other_stays_as_it_is():
    painting = noise()
    same = with_large_strokes(painting, painting.resize((30, 20), Image.Resampling.LANCZOS))
    assert np.abs(np.asarray(painting, int) - np.asarray(same, int)).max() <= 1


@pytest.mark.parametrize("rows", [1, 7, 256])
def test_no_seam_where_rows_are_taken_a_few_at_a_time(monkeypatch, rows):
    painting, coarse = noise(), noise(28, 19, centre=160, spread=60)
    monkeypatch.setattr(strokes, "_ROWS", 10**6)
    whole = with_large_strokes(painting, coarse)
    monkeypatch.setattr(strokes, "_ROWS", rows)
    parts = with_large_strokes(painting, coarse)
    assert np.abs(np.asarray(whole, int) - np.asarray(parts, int)).max() <= 1


def test_levels_end_at_black_and_white():
    painting = even(90, 60, (250, 250, 250))
    painting.paste((0, 0, 0), (0, 0, 45, 60))
    result = np.asarray(with_large_strokes(painting, even(30, 20, (255, 0, 128))))
    assert result[..., 0].max() == 255
    assert result[..., 1].min() == 0


def test_a_level_of_rounding_stays_a_level():
    rough = np.asarray(noise(900, 600), int)
    flipped = rough + np.random.default_rng(1).integers(0, 2, rough.shape)  # as another runtime might round
    coarse = noise(60, 40, centre=160, spread=60)
    results = [with_large_strokes(Image.fromarray(image.astype(np.uint8)), coarse) for image in (rough, flipped)]
    apart = np.asarray(results[1], int) - np.asarray(results[0], int)
    assert np.abs(apart).max() <= 1
