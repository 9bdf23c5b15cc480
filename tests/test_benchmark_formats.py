"""The benchmark of export formats runs every format in turn and prints difference, size and time."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import format_sides, formats
from benchmarks.formats import FORMS, HEADER, Row, table
from benchmarks.pictures import random_picture
from copyart.styles.networks import save_style
from tests.painting.networks import gentle_generator

TINY = dict.fromkeys(formats.SIZES, (32, 24))


@pytest.fixture(scope="module")
def style(tmp_path_factory):
    folder = tmp_path_factory.mktemp("formats") / "gentle"
    save_style(folder, gentle_generator(), {"name": "Gentle"})
    return folder


def test_forms_are_exported_compared_and_timed_in_processes_of_their_own(style):
    names = ("Copyart, style folder", "ONNX, int8", "web folder")
    forms = {name: FORMS[name] for name in names}
    rows = formats.run(style, rounds=2, steps=1, starts=1, sizes=TINY, forms=forms)
    assert tuple(row.name for row in rows) == names
    own, int8, web = (row.report for row in rows)
    assert own["max"] <= 1
    assert int8["mean"] > 0.05
    assert min(web["bytes"], int8["bytes"]) > 10_000
    for row in rows:
        for size in formats.SIZES:
            assert (len(row.cold[size]), len(row.warm[size])) == (1, 2)
            assert row.cold[size][0] > min(row.warm[size]) > 0


def test_every_side_paints(style, tmp_path):
    random_picture(32, 24, seed=0).save(tmp_path / "photo.png")
    exporting = format_sides.Exporter(tmp_path, style)
    exporting.save_as_folder("style")
    sides = {form[3]: form for form in FORMS.values() if form[2] == {}}  # the plain form of each
    exporting.export([form[:3] for form in sides.values() if form[1]])
    paintings = {}
    for name, (file, *_) in sides.items():
        side = getattr(format_sides, name)(tmp_path, formats._INSIDE.get(file, file), 1)
        side.load_and_paint("photo.png")
        assert len(side.time_round(1, "photo.png")) == 1
        paintings[name] = np.asarray(side.paint("photo.png"), int)
        assert Path(tmp_path, f"{side.file}.painted.png").exists()
    assert set(paintings) == {"Keras", "Style", "SavedModel", "Onnx", "LiteRt"}
    assert max(abs(painting - paintings["Keras"]).max() for painting in paintings.values()) <= 1


def test_without_the_runtime_a_form_is_left_out():
    forms = {**FORMS, "Paper": ("paper", None, {}, "Keras", "no_such_package")}
    assert formats.installed_formats(forms) == FORMS


def test_the_table_has_a_row_for_each_form():
    report = {"max": 1.0, "mean": 0.0123, "bytes": 2_500_000}
    row = Row("ONNX", report, {"512": [2, 1, 9], "1 MP": [3]}, {"512": [0.5], "1 MP": [0.75, 0.25]})
    lines = table([row]).splitlines()
    assert lines[2] == "| ONNX | 1 | 0.012 | 2.50 | 2.00 s | 0.50 s | 3.00 s | 0.50 s |"
    assert all(line.count("|") == len(HEADER) + 1 for line in lines)


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (0.0004, "0.000"), (0.5, "0.500"), (32.0, "32"), (3.456, "3.5")]
)
def test_differences_are_written_as_they_are(value, text):
    assert formats._format_levels(value) == text


def test_every_form_of_the_command_line_is_in_the_table():
    from copyart.cli.export import export

    (choices,) = (parameter.type.choices for parameter in export.params if parameter.name == "form")
    assert {form[1] for form in FORMS.values() if form[1]} == set(choices) - {"torch"}, "that has no runtime here"
