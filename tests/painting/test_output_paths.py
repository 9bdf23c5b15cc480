"""Output paths: next to the photo, in a folder, on standard output, and never over a photo."""

import os
from pathlib import Path

import pytest

from copyart.errors import ConfigError, DataError
from copyart.painting.output_paths import STANDARD, output_paths, standard_format
from tests.pictures import photo, store


@pytest.fixture
def holiday(tmp_path, monkeypatch):
    """A folder `holiday` with two photos and one below, in the current folder."""
    for name in ("sea.jpg", "sand.png", "day/moon.gif"):
        store(tmp_path / "holiday" / name, photo())
    (tmp_path / "holiday" / "notes.txt").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "holiday"


def places(photos, out=None, style="runs/vangogh"):
    return [(str(photo), str(target)) for photo, target in output_paths(photos, out, style)]


@pytest.mark.parametrize(
    ("style", "name"),
    [
        ("vangogh", "sea-vangogh.jpg"),
        ("Vincent van Gogh", "sea-vincent-van-gogh.jpg"),
        ("runs/vangogh", "sea-vangogh.jpg"),
        ("runs/vangogh/style", "sea-vangogh.jpg"),
        ("runs/vangogh/best", "sea-vangogh.jpg"),
        ("runs/vangogh/", "sea-vangogh.jpg"),
        ("/models/monet.keras", "sea-monet.jpg"),
        (".", "sea-painted.jpg"),
        ("..", "sea-painted.jpg"),
    ],
)
def test_a_painting_goes_beside_its_photo_named_after_the_style(holiday, style, name):
    assert places(["holiday/sea.jpg"], style=style) == [("holiday/sea.jpg", f"holiday/{name}")]


def test_a_file_is_painted_where_it_was_asked_to_be(holiday):
    assert places(["holiday/sea.jpg"], "out/painting.webp") == [("holiday/sea.jpg", "out/painting.webp")]


@pytest.mark.parametrize("out", ["painted", "painted/", "v1.0/"])
def test_a_name_without_a_suffix_or_with_a_slash_is_a_folder(holiday, out):
    assert places(["holiday/sea.jpg"], out) == [("holiday/sea.jpg", str(Path(out, "sea.jpg")))]


def test_a_folder_that_is_there_is_a_folder_whatever_its_name(holiday, tmp_path):
    (tmp_path / "painted.d").mkdir()
    assert places(["holiday/sea.jpg"], "painted.d") == [("holiday/sea.jpg", "painted.d/sea.jpg")]


def test_a_folder_keeps_its_folders_and_leaves_out_what_is_no_picture(holiday):
    assert places(["holiday"], "painted") == [
        ("holiday/day/moon.gif", "painted/day/moon.png"),
        ("holiday/sand.png", "painted/sand.png"),
        ("holiday/sea.jpg", "painted/sea.jpg"),
    ]


def test_a_format_that_paintings_are_not_written_in_becomes_png(holiday):
    assert places(["holiday/day/moon.gif"]) == [("holiday/day/moon.gif", "holiday/day/moon-vangogh.png")]


def test_a_pattern_stands_for_what_it_matches(holiday):
    assert [name for name, _ in places(["holiday/s*"])] == ["holiday/sand.png", "holiday/sea.jpg"]


def test_a_folder_that_a_pattern_matches_stands_for_its_pictures(holiday):
    assert [name for name, _ in places(["holiday/d*"])] == ["holiday/day/moon.gif"]


def test_a_file_with_a_name_like_a_pattern_is_that_file(holiday):
    store(holiday / "sea[1].jpg", photo())
    assert [name for name, _ in places(["holiday/sea[1].jpg"])] == ["holiday/sea[1].jpg"]


def test_a_pattern_that_matches_nothing_is_refused_also_beside_others(holiday):
    with pytest.raises(ConfigError, match=r"Received: \*\.tiff, which matches nothing"):
        output_paths(["holiday/sea.jpg", "*.tiff"], None, "vangogh")


def test_a_folder_without_pictures_is_refused(tmp_path):
    with pytest.raises(DataError, match="must contain pictures"):
        output_paths([str(tmp_path)], None, "vangogh")


@pytest.mark.parametrize(("out", "target"), [(None, STANDARD), (STANDARD, STANDARD), ("painting.png", "painting.png")])
def test_standard_input_goes_to_standard_output_or_a_file(out, target):
    assert places([STANDARD], out) == [(STANDARD, target)]


def test_dev_stdout_is_standard_output(holiday):
    assert places(["holiday/sea.jpg"], "/dev/stdout") == places(["holiday/sea.jpg"], STANDARD)


def test_a_named_pipe_takes_one_painting(holiday):
    os.mkfifo("pipe")
    assert places(["holiday/sea.jpg"], "pipe") == [("holiday/sea.jpg", "pipe")]


def test_standard_input_has_no_name_to_go_into_a_folder(tmp_path):
    with pytest.raises(ConfigError, match="Name a file"):
        output_paths([STANDARD], str(tmp_path), "vangogh")


def test_standard_output_takes_one_painting(holiday):
    with pytest.raises(ConfigError, match="Received: 3 photos"):
        output_paths(["holiday"], STANDARD, "vangogh")


@pytest.mark.parametrize(
    ("photos", "out"),
    [
        (["holiday/sea.jpg"], "holiday/sea.jpg"),
        (["holiday/sea.jpg"], "holiday"),
        (["holiday"], "holiday"),
        (["holiday/sea.jpg"], "holiday/../holiday/sea.jpg"),
        (["holiday/sea.jpg", "holiday/sand.png"], "holiday"),
    ],
)
def test_a_photo_is_never_painted_over(holiday, photos, out):
    with pytest.raises(ConfigError, match="must not overwrite a photo") as caught:
        output_paths(photos, out, "vangogh")
    assert "\n" not in str(caught.value)


def test_a_photo_is_not_painted_over_through_a_link(holiday, tmp_path):
    (tmp_path / "link.jpg").symlink_to(holiday / "sea.jpg")
    with pytest.raises(ConfigError, match="must not overwrite a photo"):
        output_paths(["holiday/sea.jpg"], "link.jpg", "vangogh")


def test_a_named_photo_with_the_name_of_a_painting_is_not_painted_over(holiday):
    store(holiday / "sea-vangogh.jpg", photo())
    with pytest.raises(ConfigError, match="leave earlier paintings out"):
        output_paths(["holiday/sea.jpg", "holiday/sea-vangogh.jpg"], None, "vangogh")


@pytest.mark.parametrize("argument", ["holiday", "holiday/**/*.*"])
def test_earlier_paintings_are_no_photos_of_a_folder_or_pattern(holiday, argument):
    (holiday / "notes.txt").unlink()
    first = places([argument])
    for _, target in first:
        store(Path(target), photo())
    assert places([argument]) == first


def test_a_painting_by_another_artist_is_a_photo_like_any_other(holiday):
    store(holiday / "sea-monet.jpg", photo())
    assert ("holiday/sea-monet.jpg", "holiday/sea-monet-vangogh.jpg") in places(["holiday"])


def test_several_photos_do_not_go_to_a_file(holiday):
    with pytest.raises(ConfigError, match=r"Received: -o out\.JPG for 2 photos"):
        output_paths(["holiday/sea.jpg", "holiday/sand.png"], "out.JPG", "vangogh")


def test_a_folder_with_one_picture_can_go_to_a_file(holiday):
    assert places(["holiday/day"], "out.jpg") == [("holiday/day/moon.gif", "out.jpg")]


def test_a_photo_that_is_not_there_is_refused_also_beside_others(holiday):
    with pytest.raises(ConfigError, match=r"'nowhere\.jpg' must exist"):
        output_paths(["holiday/sea.jpg", "nowhere.jpg"], None, "vangogh")


def test_photos_of_one_name_keep_the_names_of_their_folders(holiday):
    store(holiday / "day" / "sea.jpg", photo())
    assert [target for _, target in places(["holiday/sea.jpg", "holiday/day/sea.jpg"], "painted")] == [
        "painted/sea.jpg",
        "painted/day/sea.jpg",
    ]


def test_folders_of_one_name_keep_the_names_of_theirs(tmp_path, monkeypatch):
    for name in ("june", "july"):
        store(tmp_path / name / "sea" / "1.jpg", photo())
    monkeypatch.chdir(tmp_path)
    painted = [target for _, target in places(["june/sea", "july/sea"], "painted")]
    assert painted == ["painted/june/sea/1.jpg", "painted/july/sea/1.jpg"]


@pytest.mark.parametrize("out", ["painted", None])
def test_photos_that_differ_in_their_suffix_alone_are_all_painted(holiday, out):
    store(holiday / "sand.gif", photo())
    store(holiday / "sand.bmp", photo())
    targets = [Path(target).name for photo, target in places(["holiday"], out) if "sand" in photo]
    assert len(targets) == len(set(targets)) == 3
    assert sorted(targets)[-1] == ("sand.png" if out else "sand-vangogh.png")


def test_a_photo_that_is_named_twice_is_painted_once(holiday):
    twice = ["holiday/sea.jpg", "holiday/../holiday/sea.jpg", "holiday/s*.jpg"]
    assert places(twice) == [("holiday/sea.jpg", "holiday/sea-vangogh.jpg")]


def test_paintings_in_a_folder_below_their_photos_are_not_painted(holiday):
    first = places(["holiday"], "holiday/painted")
    for _, target in first:
        store(Path(target), photo())
    assert places(["holiday"], "holiday/painted") == first
    store(holiday / "new.jpg", photo())
    assert ("holiday/new.jpg", "holiday/painted/new.jpg") in places(["holiday"], "holiday/painted")


def test_linked_folders_are_followed_once_and_loops_are_not(holiday, tmp_path):
    store(tmp_path / "more" / "hill.jpg", photo())
    (holiday / "linked").symlink_to(tmp_path / "more")
    (holiday / "again").symlink_to(tmp_path / "more")
    (holiday / "loop").symlink_to(holiday)
    (holiday / "a").symlink_to(holiday / "day")
    names = [photo for photo, _ in places(["holiday"])]
    assert names == ["holiday/again/hill.jpg", "holiday/day/moon.gif", "holiday/sand.png", "holiday/sea.jpg"]


@pytest.mark.parametrize("name", ["old.jfif", "old.JPE", "old.mpo", "IMG_1.HEIC"])
def test_a_jpeg_stays_one_whatever_its_name(holiday, name):
    store(holiday / "old.jpg", photo()).rename(holiday / name)
    assert places([f"holiday/{name}"])[0][1].lower().endswith((".jpg", ".jpe", ".jfif"))


def test_a_tilde_is_the_home_folder(holiday, monkeypatch):
    monkeypatch.setenv("HOME", str(holiday.parent))
    assert places(["~/holiday/sea.jpg"], "~/out/")[0][1] == f"{holiday.parent}/out/sea.jpg"


def test_a_jpeg_comes_back_as_jpeg_and_all_else_as_png(holiday):
    assert standard_format(holiday / "sea.jpg") == standard_format((holiday / "sea.jpg").read_bytes()) == "jpeg"
    assert standard_format(holiday / "sand.png") == standard_format(b"") == "png"
