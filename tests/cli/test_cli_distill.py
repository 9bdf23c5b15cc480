"""`copyart distill` makes a light style from any style. Errors are one line."""

import json

import pytest

from tests.pictures import photo

SMALL = ("--steps", 2, "--image-size", 32, "--filters", 2, "--blocks", 1, "--batch-size", 1)


@pytest.fixture
def photos(tmp_path):
    (tmp_path / "photos").mkdir()
    for seed in range(3):
        photo(96, 80, seed).save(tmp_path / "photos" / f"{seed}.png")
    return tmp_path / "photos"


def test_it_makes_a_style_and_says_how_near_it_came(copyart, style, photos, tmp_path):
    result = copyart("distill", style, "--photos", photos, "-o", tmp_path / "light", *SMALL)
    assert (result.status, result.out) == (0, "")
    assert "light: Tiny, light, 2 filters, 1 block, " in result.err
    assert " weights (resnet, 4 filters, 1 block has " in result.err
    assert copyart("paint", photos / "0.png", "--artist", tmp_path / "light", "-o", tmp_path / "p.png").status == 0


def test_json_tells_it_to_programs(copyart, style, photos, tmp_path):
    result = copyart("distill", style, "--photos", photos, "-o", tmp_path / "light", "--json", *SMALL)
    made = json.loads(result.out)
    assert (made["path"], made["name"], made["steps"]) == (str(tmp_path / "light"), "Tiny", 2)
    assert made["difference"] > 0


def test_a_bar_shows_how_far_it_is(copyart, style, photos, tmp_path, terminal):
    copyart("distill", style, "--photos", photos, "-o", tmp_path / "light", *SMALL)
    assert "learning" in terminal()
    assert "2/2" in terminal()


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        (("--steps", 0), "steps must be a whole number"),
        (("--image-size", 30), "image_size must be"),
        (("--photos", "nowhere"), "must be a folder of pictures"),
    ],
)
def test_what_is_wrong_is_one_line(copyart, style, photos, tmp_path, changes, complaint):
    result = copyart("distill", style, "--photos", photos, "-o", tmp_path / "light", *SMALL, *changes)
    assert complaint in result.complaint
    assert not (tmp_path / "light").exists()
