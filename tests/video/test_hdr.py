"""HDR to SDR: greys stay grey, paper white stays bright, highlights keep their order."""

import numpy as np
import pytest

from copyart.video.hdr import to_sdr


@pytest.mark.parametrize("transfer", ["pq", "hlg"])
def test_greys_stay_grey_and_in_order(transfer):
    levels = np.linspace(0, 0.75, 40)
    mapped = to_sdr(np.stack([levels] * 3, -1), transfer)
    assert np.ptp(mapped, axis=-1).max() < 0.002
    assert (np.diff(mapped[:, 0]) >= 0).all()
    assert mapped[0].max() < 0.01


@pytest.mark.parametrize(("transfer", "level"), [("pq", 0.58), ("hlg", 0.75)])
def test_diffuse_white_becomes_nearly_white(transfer, level):
    assert 0.85 < to_sdr(np.full((1, 3), level), transfer).min() < 1


@pytest.mark.parametrize(("transfer", "level"), [("pq", 0.38), ("hlg", 0.38)])
def test_middle_grey_stays_in_the_middle(transfer, level):
    assert 0.3 < to_sdr(np.full((1, 3), level), transfer).mean() < 0.5


def test_colours_keep_their_hue_and_lie_in_range():
    mapped = to_sdr(np.array([[0.6, 0.3, 0.2], [0.9, 0.9, 0.1]]), "pq")
    assert mapped[0].argmax() == 0
    assert mapped.min() >= 0
    assert mapped.max() <= 1
