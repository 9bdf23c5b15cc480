"""The report is one self-contained page, and names are escaped."""

import base64
import io
import json
import os
from html.parser import HTMLParser

import pytest
from PIL import Image

from copyart.training.report import write_report
from copyart.training.workdir import Workdir, write_text

VOID = {"meta", "img"}
HISTORY = (
    "epoch,step,art_adversarial,photo_adversarial,art_discriminator,photo_cycle,val_photo_cycle\n"
    "1,10,0.5,0.4,0.25,3.0,3.5\n2,20,0.75,0.3,0.125,2.0,2.5\n3,30,1.0,0.2,0.0625,1.0,1.5\n"
)


class Page(HTMLParser):
    """What is in a page: elements, texts, and whether every element is closed."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.words, self.open = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, words):
        self.words.append(words)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def folder(tmp_path):
    folder = Workdir(tmp_path)
    write_text(folder.history, HISTORY)
    folder.samples.mkdir()
    for number in range(10):
        path = folder.samples / f"epoch-{number:04d}.png"
        Image.new("RGB", (12, 8), (25 * number, 0, 0)).save(path)
        os.utime(path, (number, number))
    return folder


def page(folder, title="Claude Monet", summary="Step 30."):
    write_report(folder, title, summary)
    found = Page(folder.report.read_text(encoding="utf-8"))
    assert found.open == []
    return found


def test_the_page_loads_nothing_from_elsewhere(folder):
    for tag, attributes in page(folder).elements:
        assert tag not in ("script", "link", "iframe", "object", "base")
        assert attributes.get("src", "data:").startswith("data:")
        assert not {"href", "xlink:href", "srcset"} & attributes.keys()
    assert "://" not in folder.report.read_text()
    assert "url(" not in folder.report.read_text()


def test_the_page_says_whose_run_it_is_and_how_far(folder):
    words = page(folder, "Paul Cézanne", "Step 30, epoch 3.").words
    assert words.count("Paul Cézanne") == 2
    assert "Step 30, epoch 3." in words


def test_every_loss_that_was_logged_has_a_curve_over_the_epochs(folder):
    found = page(folder)
    words = "".join(found.words)
    for name in HISTORY.splitlines()[0].split(",")[2:]:
        assert f"{name}: " in words
    assert "art_identity" not in words
    curves = [curve["points"].split() for curve in found.all("polyline")]
    assert len(curves) == 5
    assert {len(points) for points in curves} == {3}


def test_a_curve_rises_where_its_loss_rises_and_stays_in_its_chart(folder):
    found = page(folder)
    rising, falling = [
        [tuple(map(float, point.split(","))) for point in curve["points"].split()] for curve in found.all("polyline")
    ][:2]
    assert rising[0][1] > rising[1][1] > rising[2][1]  # y counts downwards
    assert falling[0][1] < falling[1][1] < falling[2][1]
    width, height = map(float, found.all("svg")[0]["viewbox"].split()[2:])
    assert all(0 <= x <= width and 0 <= y <= height for x, y in rising + falling)


def test_one_epoch_is_a_dot(folder):
    write_text(folder.history, "\n".join(HISTORY.splitlines()[:2]) + "\n")
    found = page(folder)
    assert len(found.all("circle")) == 5
    assert not found.all("polyline")


def test_losses_of_zero_can_be_drawn(folder):
    write_text(folder.history, "epoch,step,art_cycle\n1,1,0.0\n2,2,0.0\n")
    assert len(page(folder).all("polyline")) == 1


def test_the_first_and_the_latest_grid_are_among_those_shown_the_latest_first(folder):
    names = [image["alt"] for image in page(folder).all("img")]
    assert len(names) == 6
    assert (names[0], names[-1]) == ("epoch-0009", "epoch-0000")
    assert names == sorted(names, reverse=True)


def test_grids_are_pictures_inside_the_page(folder):
    source = page(folder).all("img")[0]["src"]
    head, data = source.split(",", 1)
    assert head == "data:image/jpeg;base64"
    with Image.open(io.BytesIO(base64.b64decode(data, validate=True))) as image:
        assert image.size == (12, 8)
        assert abs(image.getpixel((5, 5))[0] - 225) < 8


def test_a_grid_that_cannot_be_read_is_left_out(folder):
    (folder.samples / "epoch-0009.png").write_bytes(b"cut short")
    (folder.samples / "gone.png").symlink_to("nowhere.png")
    names = [image["alt"] for image in page(folder).all("img")]
    assert len(names) == 5
    assert names[-1] == "epoch-0000"


def test_every_curve_has_its_colour_and_its_latest_value_in_the_legend(folder):
    found = page(folder)
    legend = [text["style"].removeprefix("fill:") for text in found.all("text") if "style" in text]
    assert legend == [curve["stroke"] for curve in found.all("polyline")]
    assert "val_photo_cycle 1.500" in found.words


FIGURES = (
    "step,epoch,kid,distance_reduction,structure,colour,brightness,checkerboard,photos,held_out_art,training_art,evaluation_set\n"
    "0,0,80.0,0.0,1.0,1.0,1.0,3.5,64,40,24,7\n10,1,60.0,0.25,0.7,-0.2,0.9,9.5,64,40,24,7\n"
    "20,2,40.0,0.5,0.6,0.5,0.9,4.0,64,40,24,7\n"
)
BEST = {
    "steps": 20,
    "epochs": 2.0,
    "judged": {"by": 7},
    "figures": {"kid": {"value": 40.0}, "distance_reduction": {"value": 0.5}},
}


def test_figures_have_curves_beside_the_untouched_photos_and_the_best_is_marked(folder):
    write_text(folder.figures, FIGURES)
    write_text(folder.best / "metadata.json", json.dumps(BEST))
    found = page(folder)
    words = " ".join(found.words)
    assert "step 20, epoch 2.00: the KID is 50% lower than the untouched photos'. It" in words
    assert (
        "Evaluated with 64 photos and 40 paintings that the run was not trained on, and 24 training paintings." in words
    )
    for name in ("distance_reduction", "kid", "structure", "colour", "brightness", "checkerboard"):
        assert f"{name}: " in words
    counts = {name: found.words.count(f"- - the untouched photos {name}") for name in ("80.000", "3.500")}
    assert counts == {"80.000": 1, "3.500": 1}
    assert found.words.count("best") == 4


def test_without_a_best_the_page_says_what_is_wrong(folder):
    write_text(folder.figures, "\n".join(FIGURES.splitlines()[:3]) + "\n")
    words = " ".join(page(folder).words)
    assert "No style has been good enough to be kept in best/ yet: colours invert, a checkerboard shows." in words


@pytest.mark.parametrize("text", ["", "epoch,step\n1,two\n", FIGURES.splitlines()[0]])
def test_figures_that_cannot_be_read_are_left_out(folder, text):
    write_text(folder.figures, text)
    assert "Figures of the paintings" not in page(folder).words


def test_a_name_is_never_markup(folder):
    name = "<script>alert(1)</script>\"'&amp;{summary}"
    found = page(folder, name, name)
    assert not found.all("script")
    assert found.words.count(name) == 3


def test_a_run_without_epochs_and_grids_has_a_page_too(tmp_path):
    words = "".join(page(Workdir(tmp_path)).words)
    assert "The first epoch is not over yet." in words
    assert "None yet." in words
