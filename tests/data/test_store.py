"""The store decodes each file once, and again only if the file has changed or the store is damaged."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from copyart.data import store
from copyart.data.images import flatten, read_image, resize
from copyart.data.report import FileRecord
from copyart.data.store import cache_folder, decode_once
from copyart.errors import DataError
from tests.pictures import photo
from tests.pictures import store as store_picture


@pytest.fixture
def files(tmp_path):
    return [store_picture(tmp_path / "pictures" / f"{seed}.png", photo(seed=seed)) for seed in range(3)]


@pytest.fixture
def scans(monkeypatch):
    """The files handed to each call of `scan_files`."""
    calls, scan = [], store.scan_files

    def counted(files, *arguments, **options):
        calls.append(list(files))
        return scan(files, *arguments, **options)

    monkeypatch.setattr(store, "scan_files", counted)
    return calls


def test_pictures_are_stored_as_they_are_resized(files):
    pictures = decode_once(files, 24)
    assert pictures.images.shape == (3, 24, 24, 3)
    for path, image in zip(pictures.files, pictures.images, strict=True):
        np.testing.assert_array_equal(image, np.asarray(resize(flatten(read_image(path)), 24)))


def test_a_second_call_decodes_nothing_and_finds_the_same(files, scans):
    first, second = decode_once(files, 24), decode_once(files, 24)
    assert len(scans) == 1
    np.testing.assert_array_equal(first.images, second.images)
    assert (first.files, first.records) == (second.files, second.records)


def test_a_changed_file_is_decoded_again(files, scans):
    before = np.array(decode_once(files, 24).images)
    store_picture(files[1], photo(seed=9))
    os.utime(files[1], ns=(1, 1))
    after = decode_once(files, 24).images
    assert len(scans) == 2
    assert [(one == other).all() for one, other in zip(before, after, strict=True)] == [True, False, True]


@pytest.mark.parametrize("change", ["size", "files"])
def test_another_size_or_another_list_has_a_store_of_its_own(files, scans, change):
    decode_once(files, 24)
    pictures = decode_once(files[:2], 24) if change == "files" else decode_once(files, 20)
    assert len(scans) == 2
    assert pictures.images.shape == ((2, 24, 24, 3) if change == "files" else (3, 20, 20, 3))


def damage_by_cutting_the_pixels(folder):
    (pixels,) = folder.glob("*.u8")
    pixels.write_bytes(pixels.read_bytes()[:100])


def damage_by_losing_the_pixels(folder):
    (pixels,) = folder.glob("*.u8")
    pixels.unlink()


def damage_by_cutting_the_index(folder):
    (index,) = folder.glob("*.json")
    index.write_text(index.read_text()[:-20])


@pytest.mark.parametrize(
    "damage", [damage_by_cutting_the_pixels, damage_by_losing_the_pixels, damage_by_cutting_the_index]
)
def test_a_damaged_store_is_made_again(files, scans, tmp_path, damage):
    first = np.array(decode_once(files, 24, tmp_path / "cache").images)
    damage(tmp_path / "cache" / "decoded")
    np.testing.assert_array_equal(decode_once(files, 24, tmp_path / "cache").images, first)
    assert len(scans) == 2


def test_files_that_cannot_be_read_are_on_record_and_not_among_the_pictures(files, tmp_path):
    broken, missing = tmp_path / "pictures" / "broken.jpg", tmp_path / "pictures" / "missing.jpg"
    broken.write_text("no picture")
    for pictures in (decode_once([broken, *files, missing], 24), decode_once([broken, *files, missing], 24)):
        assert pictures.files == tuple(files)
        assert len(pictures) == len(pictures.images) == 3
        verdicts = [record.verdict for record in pictures.records]
        assert (verdicts[0], verdicts[-1], verdicts.count("unreadable")) == ("unreadable", "unreadable", 2)


def test_no_files_are_no_pictures():
    assert decode_once([], 24).images.shape == (0, 24, 24, 3)


def test_progress_counts_the_files(files):
    counts = []
    decode_once(files, 24, progress=lambda done, total: counts.append((done, total)))
    assert counts == [(1, 3), (2, 3), (3, 3)]


def test_a_selection_numbers_its_own_pictures(files):
    pictures = decode_once(files, 24)
    chosen = pictures.select(np.array([False, True, True]))
    assert chosen.files == pictures.files[1:]
    whole = np.array([[0, 0, 24, 0]])
    np.testing.assert_array_equal(chosen.crop(np.array([1]), whole, 24)[0], pictures.images[2])


def test_crop_and_mirror_cut_the_square_that_they_name():
    image = np.arange(6 * 6 * 3, dtype=np.uint8).reshape(1, 6, 6, 3)
    record = FileRecord(Path("a.png"), 6, 6, 9, "ok", digest="0f")
    pictures = store.Pictures(image, (Path("a.png"),), (record,)).select(np.array([True]))
    plain, mirrored = pictures.crop(np.array([0, 0]), np.array([[1, 2, 3, 0], [1, 2, 3, 1]]), 3)
    np.testing.assert_array_equal(plain, image[0, 1:4, 2:5])
    np.testing.assert_array_equal(mirrored, image[0, 1:4, [4, 3, 2]].transpose(1, 0, 2))


def test_a_larger_crop_is_resized_and_mirrored(files):
    pictures = decode_once(files, 48)
    chosen = pictures.select(np.array([True, False, False]))
    plain, mirrored = chosen.crop(np.array([0, 0]), np.array([[4, 8, 40, 0], [4, 8, 40, 1]]), 24)
    expected = resize(Image.fromarray(pictures.images[0, 4:44, 8:48]), 24)
    np.testing.assert_array_equal(plain, np.asarray(expected))
    np.testing.assert_array_equal(mirrored, plain[:, ::-1])


def test_a_cache_that_cannot_be_written_is_named_in_one_line(files, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(DataError, match=r"cache folder.*Received: Not a directory in .*COPYART_CACHE") as caught:
        decode_once(files, 24, blocked / "cache")
    assert "\n" not in str(caught.value)


def test_a_full_disk_is_named_and_leaves_nothing_behind(files, tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.os, "replace", full)
    with pytest.raises(DataError, match="Received: No space left on device"):
        decode_once(files, 24, tmp_path / "cache")
    assert [path.name for path in (tmp_path / "cache" / "decoded").iterdir()] == [".lock"]


def test_of_two_that_want_the_same_pictures_one_decodes(files, scans, monkeypatch):
    scan = store.scan_files

    def slow(*arguments, **options):
        time.sleep(0.5)  # by now the other has found the cache cold
        return scan(*arguments, **options)

    monkeypatch.setattr(store, "scan_files", slow)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: decode_once(files, 24), range(2))
    assert len(scans) == 1
    assert first.files == second.files == tuple(files)


def test_what_a_killed_write_left_is_swept_by_the_next(files, tmp_path):
    leftover = tmp_path / "cache" / "decoded" / ".copyart-0123456789abcdef.tmp"
    leftover.mkdir(parents=True)
    (leftover / "pixels").write_bytes(b"half")
    decode_once(files, 24, tmp_path / "cache")
    assert not leftover.exists()


def test_no_usable_picture_is_a_result_too(scans, tmp_path):
    (tmp_path / "broken.jpg").write_text("no picture")
    for _ in range(2):
        assert len(decode_once([tmp_path / "broken.jpg"], 24)) == 0
    assert len(scans) == 1


@pytest.mark.parametrize(
    ("argument", "variables", "expected"),
    [
        ("given", {"COPYART_CACHE": "ours", "XDG_CACHE_HOME": "system"}, "given"),
        (None, {"COPYART_CACHE": "ours", "XDG_CACHE_HOME": "system"}, "ours"),
        (None, {"XDG_CACHE_HOME": "system"}, "system/copyart"),
        (None, {"HOME": "/home/someone"}, "/home/someone/.cache/copyart"),
    ],
)
def test_the_cache_lies_where_it_was_asked_to(argument, variables, expected, monkeypatch):
    monkeypatch.delenv("COPYART_CACHE")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert cache_folder(argument) == Path(expected)
