"""A mixture is refused if its painting of one small photo has other colours than its parents', or lost the photo."""

import dataclasses

import pytest

from copyart.styles import bundled_styles, mixture_check, open_style
from copyart.styles.mixing import _starter_style, interpolate
from copyart.styles.mixture_check import FIGURES, SampleFigures, fault_of_mixture, paint_sample

PARENTS = (SampleFigures(100, 100, 100, 50, 0.9), SampleFigures(120, 120, 120, 70, 0.8))


@pytest.fixture(scope="module")
def style():
    return open_style("vangogh")


def fault(style, monkeypatch, beyond=False, **figures):
    """What is wrong with a mixture whose painting has these figures, or those of its first parent."""
    parents = [dataclasses.replace(style, metadata={FIGURES: list(each)}) for each in PARENTS]
    monkeypatch.setattr(mixture_check, "paint_sample", lambda mixture: PARENTS[0]._replace(**figures))
    return fault_of_mixture(style, parents, beyond)


@pytest.mark.parametrize("slug", bundled_styles())
def test_the_figures_of_bundled_styles_are_those_of_their_paintings(slug):
    style = open_style(slug)
    assert style.metadata[FIGURES] == pytest.approx(paint_sample(style), abs=0.5)


def test_the_figures_of_the_starter_are_those_of_its_painting(style):
    starter = _starter_style(style)
    assert starter.metadata[FIGURES] == pytest.approx(paint_sample(starter), abs=0.5)


@pytest.mark.parametrize("colour", ["red", "green", "blue", "colourfulness"])
def test_colours_lie_between_those_of_the_parents(style, monkeypatch, colour):
    high = getattr(PARENTS[1], colour)
    assert fault(style, monkeypatch, **{colour: high + 9}) is None
    assert colour in fault(style, monkeypatch, **{colour: high + 11})


def test_beyond_0_to_1_there_is_more_room(style, monkeypatch):
    assert fault(style, monkeypatch, beyond=True, red=144) is None
    assert "a mean red of 146, expected 100 to 120" in fault(style, monkeypatch, beyond=True, red=146)


def test_the_photo_is_still_there(style, monkeypatch):
    assert fault(style, monkeypatch, structure=0.61) is None
    assert "loses the photo's structure" in fault(style, monkeypatch, structure=0.59)
    assert "loses the photo's structure" in fault(style, monkeypatch, structure=float("nan"))


@pytest.mark.parametrize("stored", [None, [1, 2], [1, 2, 3, 4, None], [float("nan")] * 5, "12345"])
def test_a_style_whose_metadata_do_not_say_paints_the_photo(style, stored):
    parent = dataclasses.replace(style, metadata={FIGURES: stored})
    assert fault_of_mixture(style, [parent], False) is None


@pytest.mark.parametrize("first", ["hiroshige", "goya"])
def test_too_colourful_a_mixture_is_refused(first):
    parents = [open_style(first), open_style("rousseau")]
    assert "colourfulness" in fault_of_mixture(interpolate(parents, (-0.5, 1.5)), parents, True)
