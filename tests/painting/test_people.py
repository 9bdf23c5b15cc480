"""People are found by a bundled network and left unpainted."""

import numpy as np
import onnxruntime
import pytest

import copyart
from copyart.errors import ConfigError
from copyart.painting import painter as painter_module
from copyart.painting.people import NETWORK, find_people, parse_keep
from tests.pictures import photo, pixels


def test_the_network_comes_with_its_licence_and_is_small():
    assert NETWORK.stat().st_size < 260_000
    assert "Apache License" in NETWORK.with_name("people.LICENSE.txt").read_text(encoding="utf-8")


def test_the_network_answers_with_probabilities():
    session = onnxruntime.InferenceSession(str(NETWORK), providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"photo": np.zeros((1, 256, 256, 3), np.float32)})
    assert found.shape == (1, 1, 256, 256)
    assert 0 <= found.min() <= found.max() <= 1


@pytest.mark.parametrize("size", [(48, 32), (1, 1), (3, 400), (2300, 700)])
def test_a_photo_of_any_size_is_searched_at_no_more_than_1024_pixels(size):
    found = find_people(photo(*size))
    assert found.mode == "L"
    assert max(found.size) <= 1024


@pytest.mark.parametrize(("text", "share"), [("people", 1), ("people:0.5", 0.5), ("people:0", 0)])
def test_what_is_kept_may_have_a_share(text, share):
    assert parse_keep(text) == share


@pytest.mark.parametrize("text", ["dogs", "people:", "people:2", "people:much", "", "people:nan"])
def test_what_cannot_be_kept_is_refused(text):
    with pytest.raises(ConfigError, match="must be people, or people:SHARE"):
        parse_keep(text)


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_people_stay_as_they_are_by_their_share(monkeypatch, share):
    def left_half(image):
        mask = np.zeros((image.height, image.width), np.uint8)
        mask[:, : image.width // 2] = 255
        return painter_module.Image.fromarray(mask)

    monkeypatch.setattr(painter_module, "find_people", left_half)
    painter, image = copyart.load("vangogh"), photo(120, 80)
    kept, painting = pixels(painter.paint(image, keep=f"people:{share}")), pixels(painter.paint(image))
    expected = share * pixels(image) + (1 - share) * painting
    assert abs(kept - expected)[:, :50].max() <= 2
    assert (kept[:, 70:] == painting[:, 70:]).all()
