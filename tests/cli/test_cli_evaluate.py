"""`copyart evaluate` prints a table and writes a report. Errors are one line."""

import json
import shutil

import pytest
from PIL import Image

from copyart.training.run_spec import RunSpec
from copyart.training.workdir import Workdir
from tests.pictures import photo, store


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Folders of photos, of paintings, and of paintings learnt from."""
    root = tmp_path_factory.mktemp("pictures")
    for place, name in enumerate(("photos", "art", "learnt")):
        for number in range(4):
            store(root / name / f"{number}.png", photo(96, 80, seed=10 * place + number))
    return root


def options(folders):
    named = ("--photos", folders / "photos", "--art", folders / "art", "--training-art", folders / "learnt")
    return (*named, "--image-size", 64, "--features", "none")


def test_the_figures_are_a_table_and_the_report_is_named(copyart, style, folders, tmp_path, terminal):
    result = copyart("evaluate", style, *options(folders), "-o", tmp_path / "out")
    assert result.status == 0
    shown = terminal()
    assert "Tiny" in shown
    assert "SWD × 1000" in shown
    assert "4 photos and their paintings" in shown
    assert f"side by side: {tmp_path / 'out' / 'report.html'}" in result.err
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "contact_sheet.jpg",
        "figures.json",
        "report.html",
    ]


def test_faults_are_told(copyart, folders, tmp_path, terminal):
    from tests.painting.networks import negative

    negative().save(tmp_path / "negative.keras")
    copyart("evaluate", tmp_path / "negative.keras", *options(folders), "-o", tmp_path / "out")
    assert "FAULT  brightness is inverted in" in terminal()


def test_json_is_the_figures(copyart, style, folders, tmp_path):
    result = copyart("evaluate", style, *options(folders), "-o", tmp_path / "out", "--json")
    found = json.loads(result.out)
    assert found.pop("report") == str(tmp_path / "out" / "report.html")
    assert found == json.loads((tmp_path / "out" / "figures.json").read_text())


def test_a_style_folder_gets_its_report_inside(copyart, folders, tmp_path):
    from copyart.styles.networks import save_style
    from tests.painting.networks import small_generator

    save_style(tmp_path / "mine", small_generator(), {})
    assert copyart("-q", "evaluate", tmp_path / "mine", *options(folders)).err == ""
    assert (tmp_path / "mine" / "evaluation" / "report.html").is_file()


def test_a_workdir_is_judged_by_what_it_held_out(copyart, style, tmp_path):
    spec = RunSpec.new(source="sample", image_size=32, load_size=36, validation_fraction=0.2)
    Workdir(tmp_path / "run").write_spec(spec)
    shutil.copytree(style, tmp_path / "run" / "style")
    result = copyart("evaluate", tmp_path / "run", "--image-size", 32, "--features", "none", "--json")
    assert json.loads(result.out)["counts"] == {"photos": 4, "art": 3, "real": 29}
    assert (tmp_path / "run" / "evaluation" / "report.html").is_file()


def test_another_style_needs_photos_to_be_judged_by(copyart, style):
    assert "needs --photos" in copyart("evaluate", style).complaint


def test_paintings_alone_are_refused(copyart, style, folders):
    assert "--art needs --photos" in copyart("evaluate", style, "--art", folders / "art").complaint
    alone = copyart("evaluate", style, "--photos", folders / "photos", "--training-art", folders / "learnt")
    assert "--training-art needs --art" in alone.complaint


def test_photos_alone_and_people_are_judged_without_distances(copyart, style, folders, tmp_path, terminal):
    named = ("--photos", folders / "photos", "--people", folders / "learnt", "--image-size", 64)
    assert copyart("evaluate", style, *named, "-o", tmp_path / "out").status == 0
    shown = terminal()
    assert "Tiny, photos of people" in shown
    assert "SWD" not in shown.split("No KID")[0]
    with Image.open(tmp_path / "out" / "contact_sheet.jpg") as sheet:
        assert sheet.height == 2 * (2 * 76 + 12)


def test_an_unknown_style_is_one_line(copyart, folders):
    assert "nowhere" in copyart("evaluate", "nowhere", *options(folders)).complaint


def test_a_folder_that_cannot_be_written_is_one_line(copyart, style, folders, tmp_path):
    (tmp_path / "out").write_text("")
    result = copyart("-q", "evaluate", style, *options(folders), "-o", tmp_path / "out")
    assert "must be writable" in result.complaint
