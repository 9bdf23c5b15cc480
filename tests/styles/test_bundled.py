"""Bundled styles are small, have metadata and figures, and paint without Keras."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import copyart
from copyart.artists import find
from copyart.data.sample import sample_files
from copyart.engine import onnx_engine, strip_geometry
from copyart.styles import bundled
from copyart.styles.folder import CONFIG, METADATA, PREVIEW, WEIGHTS, read_metadata
from scripts.bundle_styles import is_good

STYLES = sorted(bundled.bundled_styles())


def landscape():
    return Image.open(sample_files()[0][1]).convert("RGB").resize((202, 131))


@pytest.fixture(params=STYLES)
def folder(request):
    return bundled.bundled_styles()[request.param]


def test_those_that_the_readme_names_are_there():
    assert {"monet", "vangogh", "cezanne", "ukiyoe"} <= set(STYLES)


def test_it_is_named_by_its_artists_slug_and_no_larger_than_three_quarters_of_a_megabyte(folder):
    assert find(folder.name).slug == folder.name
    assert {path.name for path in folder.iterdir()} == {CONFIG, METADATA, WEIGHTS, PREVIEW}
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 750_000


def test_no_style_of_an_artist_in_copyright_comes_along(folder):
    assert find(folder.name).public_domain


def test_all_of_them_together_fit_into_a_small_wheel():
    files = [path for folder in bundled.bundled_styles().values() for path in folder.iterdir()]
    assert sum(path.stat().st_size for path in files) <= 33_000_000


def test_its_card_says_whose_it_is_and_how_it_was_made(folder):
    card = read_metadata(folder)
    assert {"name", "source", "licence", "recipe", "settings", "pictures", "steps", "date"} <= card.keys()
    assert {"versions", "figures", "judged"} <= card.keys()
    assert card["steps"] > 0
    assert card["figures"]["kid"].keys() >= {"value", "low", "high", "photos", "real"}


def test_its_card_says_nothing_of_the_machine_that_trained_it(folder):
    started = read_metadata(folder)["settings"].get("start_from")
    assert not started or started.count("/") <= 1


def test_it_is_experimental_unless_its_figures_are_good(folder):
    card = read_metadata(folder)
    assert card["experimental"] or is_good({"figures": card["figures"], "faults": card["judged"]["faults"]})


def test_what_a_search_of_its_metadata_finds_is_what_they_say(folder):
    assert bundled.is_experimental(folder) == bool(read_metadata(folder).get("experimental"))


@pytest.mark.parametrize(
    ("metadata", "experimental"),
    [({}, False), ({"experimental": False}, False), ({"experimental": True}, True), ({"name": "experimental"}, False)],
)
def test_experimental_is_what_the_metadata_say(tmp_path, metadata, experimental):
    for indent in (None, 2):
        (tmp_path / METADATA).write_text(json.dumps(metadata, indent=indent))
        assert bundled.is_experimental(tmp_path) == experimental


def test_it_paints_and_keeps_what_the_photo_shows(folder):
    photo = landscape()
    painting = copyart.load(folder.name).paint(photo)
    assert painting.size == photo.size
    assert abs(np.asarray(painting, int) - np.asarray(photo, int)).mean() > 5
    light = [np.asarray(image.convert("L").resize((20, 13)), float).ravel() for image in (photo, painting)]
    assert np.corrcoef(*light)[0, 1] > 0.7


def test_strips_paint_what_the_whole_paints(folder, monkeypatch):
    whole = np.asarray(copyart.load(folder).paint(landscape()), int)
    monkeypatch.setattr(onnx_engine, "WHOLE_PIXELS", 0)
    monkeypatch.setattr(strip_geometry, "STRIP_NUMBERS", 1)
    assert abs(np.asarray(copyart.load(folder).paint(landscape()), int) - whole).max() <= 1


def test_a_bundled_style_paints_without_keras_or_a_backend(tmp_path):
    landscape().save(tmp_path / "photo.png")
    program = (
        "import json, sys\n"
        "import copyart\n"
        f"copyart.load({STYLES[0]!r}).paint({str(tmp_path / 'photo.png')!r})\n"
        "print(json.dumps([name for name in ('keras', 'tensorflow', 'jax', 'torch') if name in sys.modules]))\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == []
