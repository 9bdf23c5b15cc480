"""Mixtures that change from the start of a film to its end."""

import itertools

import numpy as np
import pytest

from copyart.errors import ConfigError
from copyart.models.generators import build_generator
from copyart.painting.loading import load
from copyart.painting.mixture_over_time import STEPS, MixtureOverTime
from copyart.styles import save_style
from tests.pictures import photo


def painted(painter):
    return np.asarray(painter.paint(photo(40, 30))).astype(int)


@pytest.mark.parametrize("arrow", ["→", "->", " → "])
def test_it_begins_as_the_first_style_and_ends_as_the_last(arrow):
    changing = MixtureOverTime(f"ukiyoe:1{arrow}vangogh:1")
    assert (painted(changing.painter_at(0)) == painted(load("ukiyoe"))).all()
    assert (painted(changing.painter_at(1)) == painted(load("vangogh"))).all()
    assert (painted(changing.painter_at(0.25)) == painted(load("ukiyoe:0.75,vangogh:0.25"))).all()
    assert "blended" not in changing.metadata


def test_styles_with_unlike_weights_are_blended(tmp_path):
    save_style(tmp_path / "own", build_generator("light", filters=4, blocks=1), {"name": "Nobody"})
    changing = MixtureOverTime(f"{tmp_path / 'own'}→vangogh")
    assert changing.metadata == {"name": "Nobody → Vincent van Gogh", "blended": True}
    assert (painted(changing.painter_at(0.5)) == painted(load({tmp_path / "own": 0.5, "vangogh": 0.5}))).all()


def test_three_mixtures_lie_evenly_over_the_film():
    changing = MixtureOverTime("ukiyoe→ukiyoe:0.5,klee:0.5→klee")
    assert (painted(changing.painter_at(0.5)) == painted(load("ukiyoe:0.5,klee:0.5"))).all()
    assert (painted(changing.painter_at(0.75)) == painted(load("ukiyoe:0.25,klee:0.75"))).all()
    assert (painted(changing.painter_at(7)) == painted(load("klee"))).all()


@pytest.mark.parametrize("source", ["ukiyoe:1→vangogh:1", "monet:1→vangogh:1"])
def test_no_step_shows_as_a_jump(source):
    changing = MixtureOverTime(source)
    steps = [painted(changing.painter_at(step / STEPS)) for step in range(30, 35)]
    jumps = [abs(now - before).mean() for before, now in itertools.pairwise(steps)]
    assert min(jumps) > 0
    assert max(jumps) < 2
    assert max(jumps) < abs(painted(changing.painter_at(1)) - painted(changing.painter_at(0))).mean() / 16


def test_neighbouring_moments_share_a_painter():
    changing = MixtureOverTime("ukiyoe→vangogh")
    assert changing.painter_at(0.5) is changing.painter_at(0.5 + 0.2 / STEPS)


@pytest.mark.parametrize("source", ["→vangogh:1", "monet:1→", "monet->->vangogh", "vangogh:0.5→monet:1"])
def test_what_is_malformed_is_refused(source):
    with pytest.raises(ConfigError, match=r"a (mixture|single style) .*must have .*Received"):
        MixtureOverTime(source)


def test_a_photo_takes_no_mixture_that_changes():
    with pytest.raises(ConfigError, match="can only paint a film"):
        load("monet:1→vangogh:1")
