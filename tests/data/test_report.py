import json
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from copyart.data import report
from copyart.data.images import read_image, resize, save_image
from copyart.data.report import DataReport, FileRecord, scan_files
from tests import pictures
from tests.pictures import photo, scene, store


def verdicts(records):
    return [record.verdict for record in records]


@pytest.fixture
def mixed(tmp_path):
    """One file of each verdict, for pictures of 32 pixels: path by verdict."""
    files = {
        "ok": store(tmp_path / "a ok.png", photo(48, 32)),
        "small": store(tmp_path / "b small.png", photo(48, 20)),
        "too small": store(tmp_path / "c too small.png", photo(48, 15)),
        "uniform": store(tmp_path / "d uniform.png", Image.new("RGB", (40, 40), (90, 20, 60))),
        "duplicate": store(tmp_path / "e duplicate.bmp", photo(48, 32)),
        "unreadable": tmp_path / "f unreadable.jpg",
    }
    files["unreadable"].write_text("Dear Theo")
    return files


class TestScan:
    def test_each_file_gets_its_verdict_in_the_order_of_the_files(self, mixed):
        records = scan_files(list(mixed.values()), 32)
        assert verdicts(records) == list(mixed)
        assert [record.path for record in records] == list(mixed.values())

    def test_a_record_holds_sizes(self, mixed):
        record = scan_files([mixed["small"]], 32)[0]
        assert (record.width, record.height, record.bytes) == (48, 20, mixed["small"].stat().st_size)

    def test_an_unreadable_file_has_no_size_and_says_why(self, mixed):
        record = scan_files([mixed["unreadable"]], 32)[0]
        assert (record.width, record.height, record.bytes) == (None, None, 9)
        assert record.detail.startswith("'f unreadable.jpg' must be")

    def test_a_painting_by_copyart_is_no_photo_but_may_be_art(self, tmp_path):
        save_image(photo(48, 32), tmp_path / "painting.jpg", mark=True)
        files = [store(tmp_path / "photo.jpg", photo(48, 32, seed=1)), tmp_path / "painting.jpg"]
        records = scan_files(files, 32, photos=True)
        assert verdicts(records) == ["ok", "painted"]
        assert "  photo, skipped as painted: 1" in str(DataReport(records, (), 32)).splitlines()
        assert verdicts(scan_files(files, 32)) == ["ok", "ok"]

    def test_a_missing_file_is_unreadable(self, tmp_path):
        record = scan_files([tmp_path / "nowhere.png"], 32)[0]
        assert (record.verdict, record.bytes) == ("unreadable", 0)

    def test_a_bomb_and_a_truncated_file_are_unreadable(self, tmp_path):
        (tmp_path / "bomb.png").write_bytes(pictures.bomb())
        data = pictures.encode(photo(), "JPEG")
        (tmp_path / "cut.jpg").write_bytes(data[: len(data) - 60])
        assert verdicts(scan_files([tmp_path / "bomb.png", tmp_path / "cut.jpg"], 32)) == ["unreadable"] * 2

    def test_the_details_name_what_was_found(self, mixed):
        details = {record.verdict: record.detail for record in scan_files(list(mixed.values()), 32)}
        assert details["ok"] == ""
        assert details["too small"] == "48 × 15 pixels, shorter than 16"
        assert details["duplicate"] == f"the same picture as {mixed['ok']}"

    def test_the_size_is_that_of_the_upright_picture(self, tmp_path):
        path = store(tmp_path / "turned.jpg", photo(60, 40), exif=pictures.exif(6))
        record = scan_files([path], 32)[0]
        assert (record.width, record.height) == (40, 60)

    @pytest.mark.parametrize(("size", "verdict"), [(40, "small"), (42, "too small")])
    def test_a_picture_is_kept_if_its_shorter_side_has_half_of_the_size(self, mixed, size, verdict):
        assert scan_files([mixed["small"]], size)[0].verdict == verdict

    def test_a_low_contrast_picture_is_not_uniform(self, tmp_path):
        faint = Image.fromarray((scene() * 0.15 + 100).astype(np.uint8))
        assert scan_files([store(tmp_path / "faint.png", faint)], 32)[0].verdict == "ok"

    def test_kept_pictures_are_handed_on_resized_in_file_order(self, mixed):
        kept = []
        scan_files(list(mixed.values()), 32, keep=lambda index, picture: kept.append((index, picture)))
        assert [index for index, _ in kept] == [0, 1]
        assert kept[0][1].dtype == np.uint8
        assert np.array_equal(kept[0][1], np.asarray(resize(read_image(mixed["ok"]), 32)))

    def test_transparency_is_laid_on_white(self, tmp_path):
        kept = []
        path = store(tmp_path / "a.png", pictures.translucent())
        scan_files([path], 32, keep=lambda index, picture: kept.append(picture))
        assert kept[0].shape == (32, 32, 3)
        assert kept[0][:, 0].min() > 240

    def test_the_same_pixels_at_another_size_are_no_duplicate(self, tmp_path):
        columns = np.tile(scene(64, 64)[16:17], (64, 1, 1))  # the same at any height, once it is resized
        files = [store(tmp_path / f"{height}.png", Image.fromarray(columns[:height])) for height in (40, 50, 64)]
        assert verdicts(scan_files(files, 32)) == ["ok"] * 3

    def test_a_file_named_twice_is_a_duplicate(self, mixed):
        assert verdicts(scan_files([mixed["ok"], mixed["ok"]], 32)) == ["ok", "duplicate"]

    def test_the_first_of_many_duplicates_is_kept_whatever_the_threads_do(self, tmp_path, monkeypatch):
        files = [store(tmp_path / f"{number:02}.png", photo()) for number in range(12)]
        first_may_go = threading.Event()
        read = report.read_image

        def slow_for_the_first(path):
            if path == files[0]:
                assert first_may_go.wait(10)
            elif path == files[3]:
                first_may_go.set()
            return read(path)

        monkeypatch.setattr(report, "read_image", slow_for_the_first)
        assert verdicts(scan_files(files, 32, workers=4)) == ["ok"] + ["duplicate"] * 11

    def test_the_number_of_workers_does_not_change_the_result(self, mixed):
        files = list(mixed.values()) * 3
        assert scan_files(files, 32, workers=1) == scan_files(files, 32, workers=7)

    def test_each_file_is_decoded_once(self, mixed, monkeypatch):
        read = []
        monkeypatch.setattr(report, "read_image", lambda path: read.append(path) or read_image(path))
        scan_files(list(mixed.values()), 32, keep=lambda index, picture: None)
        assert sorted(read) == sorted(mixed.values())

    def test_only_a_few_pictures_are_held_at_a_time(self, tmp_path, monkeypatch):
        files = [store(tmp_path / f"{number:02}.png", photo(seed=number)) for number in range(40)]
        read, ahead = [], []
        monkeypatch.setattr(report, "read_image", lambda path: read.append(path) or read_image(path))
        scan_files(files, 32, workers=2, keep=lambda index, picture: ahead.append(len(read) - index))
        assert max(ahead) <= 6

    def test_progress_counts_every_file(self, mixed):
        calls = []
        scan_files(list(mixed.values()), 32, progress=lambda done, total: calls.append((done, total)))
        assert calls == [(number, 6) for number in range(1, 7)]

    def test_an_error_of_the_receiver_stops_the_scan(self, mixed):
        def full(index, picture):
            raise OSError(28, "No space left on device")

        with pytest.raises(OSError, match="No space"):
            scan_files(list(mixed.values()), 32, keep=full)

    def test_no_files_give_no_records(self):
        assert scan_files([], 32) == []


class TestDataReport:
    @pytest.fixture
    def found(self, mixed):
        records = scan_files(list(mixed.values()), 32)
        return DataReport(photo=records, art=records[:2], size=32)

    def test_it_counts_files_kept_ones_and_verdicts(self, found):
        assert found.counts()["photo"] == {
            "files": 6,
            "kept": 2,
            "ok": 1,
            "small": 1,
            "unreadable": 1,
            "painted": 0,
            "too small": 1,
            "uniform": 1,
            "duplicate": 1,
        }
        assert found.counts()["art"]["files"] == 2

    def test_it_gives_the_skipped_files_of_each_domain(self, found):
        assert len(found.skipped()["photo"]) == 4
        assert found.skipped()["art"] == []

    def test_its_text_names_counts_sizes_and_reasons(self, found):
        lines = str(found).splitlines()
        assert lines[0].startswith("photo  2 of 6 files kept · median 48 × 26 pixels (48 × 20 to 48 × 32)")
        assert lines[0].endswith("1 smaller than 32, enlarged")
        assert lines[1].startswith("art    2 of 2 files kept")
        assert "  photo, skipped as unreadable: 1" in lines
        assert len(lines) == 2 + 4 * 2

    def test_its_text_shows_ten_files_a_reason(self):
        records = [FileRecord(Path(f"{n}.jpg"), 9, 9, 1, "too small", "9 × 9 pixels") for n in range(1234)]
        lines = str(DataReport(records, (), 32)).splitlines()
        assert lines[0] == "photo  0 of 1,234 files kept"
        assert lines[-1] == "    … and 1,224 more"
        assert len(lines) == 2 + 1 + 10 + 1

    def test_its_text_keeps_to_the_line_whatever_the_names(self):
        records = [FileRecord(Path("two\nlines\udcff.jpg"), None, None, 0, "unreadable", "no")]
        text = str(DataReport(records, (), 32))
        assert len(text.splitlines()) == 4
        text.encode()

    def test_its_values_can_be_written_as_json(self, found):
        values = json.loads(json.dumps(found.to_dict()))
        assert values["size"] == 32
        assert values["photo"]["kept"] == 2
        assert values["photo"]["median"] == [48, 26]
        assert values["photo"]["skipped"][0]["verdict"] == "too small"
        assert values["art"]["skipped"] == []

    def test_without_pictures_there_are_no_sizes(self):
        assert DataReport((), (), 32).to_dict()["photo"]["median"] is None
        assert str(DataReport((), (), 32)) == "photo  0 of 0 files kept\nart    0 of 0 files kept"

    def test_it_cannot_be_changed(self, found):
        with pytest.raises(AttributeError):
            found.size = 64
