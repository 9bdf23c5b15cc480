"""`copyart paint` takes files, folders, patterns and streams. One bad photo does not stop the others."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import copyart as package
from copyart.data import decoding
from copyart.data.upright_rgb import to_upright_rgb
from copyart.painting import loading
from copyart.styles.bundled import bundled_styles
from tests.pictures import encode, photo, png, store, translucent
from tests.weights.torch_tensors import generator, saved


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The current folder, with three photos in `holiday`."""
    for seed, name in enumerate(("sea.jpg", "sand.png", "moon.webp")):
        store(tmp_path / "holiday" / name, photo(26, 18, seed=seed))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def loads(monkeypatch):
    """The styles that were loaded."""
    calls, load = [], loading.load

    def counted(source, network=None):
        calls.append(source)
        return load(source, network)

    monkeypatch.setattr(loading, "load", counted)
    return calls


def size_of(path):
    with Image.open(path) as image:
        return image.size


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_photo_is_painted_beside_itself_and_stays_as_it_is(copyart, here, style):
    before = (here / "holiday" / "sea.jpg").read_bytes()
    result = copyart("paint", "holiday/sea.jpg", "--artist", style)
    assert result.status == 0
    assert result.out == ""
    assert result.err.startswith("holiday/sea-tiny.jpg  26×18  ")
    assert size_of(here / "holiday" / "sea-tiny.jpg") == (26, 18)
    assert (here / "holiday" / "sea.jpg").read_bytes() == before


def test_several_photos_load_the_style_once(copyart, here, style, loads):
    assert copyart("paint", "holiday", "-a", style, "-o", "painted").status == 0
    assert names_in(here / "painted") == ["moon.webp", "sand.png", "sea.jpg"]
    assert loads == [str(style)]


def test_a_pattern_is_expanded_where_the_shell_does_not(copyart, here, style):
    assert copyart("paint", "holiday/s*.*", "-a", style, "-o", "painted").status == 0
    assert names_in(here / "painted") == ["sand.png", "sea.jpg"]


def test_a_painting_goes_to_the_file_that_is_named(copyart, here, style):
    assert copyart("paint", "holiday/sand.png", "-a", style, "-o", "new/art.png").status == 0
    assert size_of(here / "new" / "art.png") == (26, 18)


def test_quiet_says_nothing(copyart, here, style):
    result = copyart("-q", "paint", "holiday/sand.png", "-a", style)
    assert (result.status, result.out, result.err) == (0, "", "")


def test_json_tells_what_was_painted(copyart, here, style):
    result = copyart("paint", "holiday/sand.png", "holiday/sea.jpg", "-a", style, "--json")
    rows = json.loads(result.out)
    assert [(row["photo"], row["painting"], row["size"]) for row in rows] == [
        ("holiday/sand.png", "holiday/sand-tiny.png", [26, 18]),
        ("holiday/sea.jpg", "holiday/sea-tiny.jpg", [26, 18]),
    ]
    assert all(row["seconds"] >= 0 for row in rows)


@pytest.mark.parametrize("options", [("--strength", "0"), ("--strength", "0.5", "--preserve-color")])
def test_options_reach_the_painter(copyart, here, style, options):
    assert copyart("paint", "holiday/sand.png", "-a", style, "-o", "art.png", *options).status == 0
    with Image.open(here / "art.png") as image:
        painting = np.asarray(image).astype(int)
    same = (painting == np.asarray(photo(26, 18, seed=1))).all()
    assert same == (options[1] == "0")


def test_max_pixels_decodes_no_more_than_it_paints(copyart, here, style, monkeypatch):
    decoded = []
    monkeypatch.setattr(
        decoding, "to_upright_rgb", lambda *given: decoded.append(to_upright_rgb(*given)) or decoded[-1]
    )
    store(here / "large.jpg", photo(208, 144))
    assert copyart("paint", "large.jpg", "-a", style, "-o", "art.jpg", "--max-pixels", str(26 * 18)).status == 0
    assert ([image.size for image in decoded], size_of(here / "art.jpg")) == ([(26, 18)], (208, 144))


@pytest.mark.parametrize(
    ("name", "image"),
    [("dot.png", photo(1, 1)), ("line.png", photo(61, 3)), ("glass.png", translucent(19, 23))],
)
def test_odd_pictures_keep_their_size_and_transparency(copyart, here, style, name, image):
    store(here / name, image)
    assert copyart("paint", name, "-a", style, "-o", "art.png").status == 0
    with Image.open(here / "art.png") as painting:
        assert (painting.size, painting.mode) == (image.size, image.mode)


def test_a_bad_photo_costs_only_itself(copyart, here, style):
    (here / "holiday" / "broken.jpg").write_text("no picture")
    (here / "holiday" / "bomb.png").write_bytes(png(20_000, 10_000, 8, 2))
    result = copyart("paint", "holiday", "-a", style, "-o", "painted", "--json")
    assert result.status == 2
    assert len(json.loads(result.out)) == 3
    assert names_in(here / "painted") == ["moon.webp", "sand.png", "sea.jpg"]
    complaints = [line for line in result.err.splitlines() if line.startswith("copyart: ")]
    assert ["bomb.png" in complaints[0], "broken.jpg" in complaints[1], len(complaints)] == [True, True, 2]
    assert "Traceback" not in result.err


def test_a_missing_photo_is_one_line_that_does_not_wait_for_tensorflow(copyart, here, style, monkeypatch):
    monkeypatch.setattr(sys.modules["copyart.cli.paint"], "_load_painter", pytest.fail)
    assert "'nowhere.jpg' must exist" in copyart("paint", "nowhere.jpg", "-a", style).complaint


def test_a_folder_can_be_painted_twice(copyart, here, style):
    assert copyart("paint", "holiday", "-a", style).status == 0
    paintings = names_in(here / "holiday")
    assert copyart("paint", "holiday", "-a", style).status == 0
    assert names_in(here / "holiday") == paintings


def test_several_photos_have_a_bar_on_a_terminal_and_a_line_each(copyart, here, style, terminal):
    copyart("paint", "holiday", "-a", style)
    assert re.search(r"painting .* 3/3 [\d.]+ photos/s 0:00:0\d", terminal())
    assert len(re.findall(r"holiday/\w+-tiny\.\w+  26×18", terminal())) == 3


def test_one_photo_has_no_bar(copyart, here, style, terminal):
    copyart("paint", "holiday/sea.jpg", "-a", style)
    assert terminal() == ""


def test_a_photo_is_never_painted_over(copyart, here, style):
    before = (here / "holiday" / "sea.jpg").read_bytes()
    line = copyart("paint", "holiday/sea.jpg", "-a", style, "-o", "holiday/sea.jpg").complaint
    assert "must not overwrite a photo" in line
    assert (here / "holiday" / "sea.jpg").read_bytes() == before


def test_a_format_that_cannot_be_written_is_one_line(copyart, here, style):
    assert (
        "'art.xyz' must be saved in a format"
        in copyart("paint", "holiday/sea.jpg", "-a", style, "-o", "art.xyz").complaint
    )


def test_a_place_that_cannot_be_written_is_one_line(copyart, here, style):
    (here / "file").write_text("")
    assert "file" in copyart("paint", "holiday/sea.jpg", "-a", style, "-o", "file/art.png").complaint


def test_an_unknown_style_is_one_line_and_paints_nothing(copyart, here):
    assert "Received: 'nowhere'" in copyart("paint", "holiday/sea.jpg", "-a", "nowhere").complaint
    assert names_in(here / "holiday") == ["moon.webp", "sand.png", "sea.jpg"]


def test_one_of_several_networks_in_a_file_paints(copyart, here):
    (here / "c.pth").write_bytes(saved({"Gab": generator(2), "Gba": generator(3)}))
    assert "networks ('Gab', 'Gba')" in copyart("paint", "holiday/sea.jpg", "-a", "c.pth").complaint
    copyart("paint", "holiday/sea.jpg", "-a", "c.pth", "--network", "Gba", "-o", "painted.jpg")
    assert size_of(here / "painted.jpg") == (26, 18)


def test_a_value_out_of_range_is_one_line_for_all_photos(copyart, here, style):
    assert "Received: " in copyart("paint", "holiday", "-a", style, "--strength", "2").complaint


def test_standard_output_is_not_for_json_too(copyart, here, style):
    assert "Received: both" in copyart("paint", "holiday/sea.jpg", "-a", style, "-o", "-", "--json").complaint


def test_standard_input_is_painted_to_standard_output_with_no_other_byte(style):
    environment = {**os.environ, "PYTHONPATH": str(Path(package.__file__).parents[1])}
    command = [sys.executable, "-m", "copyart", "paint", "-", "--artist", str(style)]
    picture = encode(photo(26, 18), "JPEG")
    result = subprocess.run(command, input=picture, env=environment, capture_output=True, timeout=200)
    assert (result.returncode, result.stderr) == (0, b"")
    with Image.open(BytesIO(result.stdout)) as painting:
        assert (painting.format, painting.size) == ("JPEG", (26, 18))


def test_a_mixture_paints_under_the_names_of_its_styles(copyart, here):
    result = copyart("paint", "holiday/sea.jpg", "--style", "vangogh:0.6,ukiyoe:0.4")
    assert result.status == 0
    assert size_of(here / "holiday" / "sea-vangogh-0-6-ukiyoe-0-4.jpg") == (26, 18)
    assert "blended" not in result.err


def test_blended_paintings_are_announced(copyart, here, style):
    result = copyart("paint", "holiday/sea.jpg", "--style", f"vangogh:0.6,{style}:0.4", "-o", "out.png")
    assert result.status == 0
    assert "paintings are blended" in result.err


def test_a_folder_of_masks_goes_with_a_folder_of_photos(copyart, here):
    for name in ("sea", "sand", "moon"):
        store(here / "masks" / f"{name}.png", Image.new("L", (26, 18)))
    assert copyart("paint", "holiday", "-s", "vangogh", "--mask", "masks", "-o", "painted").status == 0
    with Image.open(here / "painted" / "sand.png") as painted, Image.open(here / "holiday" / "sand.png") as image:
        assert painted.tobytes() == image.tobytes()


@pytest.mark.parametrize(
    "options", [("--mask", "none.png"), ("--mask", "empty"), ("--keep", "dogs"), ("--mask", "holiday/sea.jpg")]
)
def test_a_mask_that_does_not_fit_is_one_line_and_paints_nothing(copyart, here, options):
    (here / "empty").mkdir()
    result = copyart("paint", "holiday", "-s", "vangogh", *options, "-o", "painted")
    assert result.status == 2
    assert result.complaint
    assert not (here / "painted").exists()


def test_all_styles_are_painted_on_one_sheet(copyart, here, monkeypatch):
    monkeypatch.setattr("copyart.painting.all_styles.bundled_styles", lambda: {"monet": bundled_styles()["monet"]})
    result = copyart("paint", "holiday/sea.jpg", "--all", "-o", "sheet.png", "--json")
    assert result.status == 0
    assert json.loads(result.out)[0]["painting"] == "sheet.png"
    assert size_of(here / "sheet.png")[0] >= 26


@pytest.mark.parametrize(
    "options", [("--all", "-s", "monet"), (), ("--all", "--network", "G_A"), ("--all", "holiday/sand.png")]
)
def test_all_styles_take_one_photo_and_no_style(copyart, here, options):
    result = copyart("paint", "holiday/sea.jpg", *options, "-o", "sheets/")
    assert result.status == 2
    assert not (here / "sheets").exists()


def test_two_photos_for_one_sheet_are_told_as_such(copyart, here):
    result = copyart("paint", "holiday/sea.jpg", "holiday/sand.png", "--all", "-o", "sheet.jpg")
    assert result.complaint == "--all takes one photo. Received: 2 photos. Give one photo."


def test_a_named_pipe_is_read_once_and_its_jpeg_stays_one(copyart, here, style):
    os.mkfifo(here / "pipe.jpg")
    photo_bytes = (here / "holiday" / "sea.jpg").read_bytes()
    writer = threading.Thread(target=(here / "pipe.jpg").write_bytes, args=(photo_bytes,))
    writer.start()
    assert copyart("paint", "pipe.jpg", "-s", style).status == 0
    writer.join(10)
    assert size_of(here / "pipe-tiny.jpg") == (26, 18)


def test_a_pipe_without_a_name_is_painted_to_standard_output(here, style):
    command = [sys.executable, "-m", "copyart", "paint", "/dev/stdin", "-s", str(style)]
    photo_bytes = (here / "holiday" / "sea.jpg").read_bytes()
    painted = subprocess.run(command, input=photo_bytes, capture_output=True, timeout=120, check=True).stdout
    assert painted.startswith(b"\xff\xd8")


@pytest.mark.parametrize(("name", "format"), [("pipe", "JPEG"), ("pipe.png", "PNG")])
def test_a_painting_goes_into_a_named_pipe(copyart, here, style, name, format):
    os.mkfifo(here / name)
    read = []
    reader = threading.Thread(target=lambda: read.append((here / name).read_bytes()))
    reader.start()
    assert copyart("paint", "holiday/sea.jpg", "-s", style, "-o", name).status == 0
    reader.join(10)
    with Image.open(BytesIO(read[0])) as painting:
        assert (painting.format, painting.size) == (format, (26, 18))
    assert (here / name).is_fifo()


@pytest.mark.parametrize(
    "arguments", [("pipe.jpg",), ("holiday/sea.jpg", "-o", "pipe.jpg")], ids=["to read", "to write"]
)
def test_waiting_for_a_pipe_ends_on_sigterm(here, style, arguments):
    os.mkfifo(here / "pipe.jpg")
    command = [sys.executable, "-m", "copyart", "paint", *arguments, "-s", str(style)]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as waiting:
        time.sleep(5)
        waiting.terminate()
        assert waiting.wait(30) == 130


def test_names_that_are_not_utf8_stand_in_the_json(copyart, here, style):
    name = os.fsdecode(b"caf\xe9.jpg")
    (here / name).write_bytes((here / "holiday" / "sea.jpg").read_bytes())
    (painted,) = json.loads(copyart("paint", name, "-s", style, "--json").out)
    assert painted["photo"] == name
