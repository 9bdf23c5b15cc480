"""`copyart download`: fetched once, checked, told; without credentials one line says what to do."""

import json
import sys

import pytest

from copyart.data import kaggle, tfds
from copyart.data import store as store_module
from copyart.errors import DownloadError
from tests.pictures import photo, store


@pytest.fixture
def fetched(tmp_path, monkeypatch):
    """Data sets of two photos and two paintings, one of them broken, as if they had been fetched."""
    photos = [store(tmp_path / f"{seed}.jpg", photo(400, 300, seed=seed)) for seed in range(2)]
    art = [store(tmp_path / "iris.jpg", photo(400, 300, seed=9)), tmp_path / "broken.jpg"]
    art[1].write_text("no picture")
    monkeypatch.setattr(kaggle, "download", lambda handle, progress=None: handle)
    monkeypatch.setattr(kaggle, "photo_files", lambda root: photos)
    monkeypatch.setattr(kaggle, "painting_files", lambda root, artist: art)


def test_what_was_fetched_is_told(copyart, fetched):
    result = copyart("download", "Vincent van Gogh")
    assert result.status == 0
    assert result.err == ""
    assert "photo  2 of 2 files kept" in result.out
    assert "art    1 of 2 files kept" in result.out
    assert "broken.jpg" in result.out


def test_json_tells_it_to_programs(copyart, fetched):
    report = json.loads(copyart("download", "vangogh", "--json").out)
    assert (report["photo"]["kept"], report["art"]["unreadable"]) == (2, 1)


def test_training_finds_what_was_decoded(copyart, fetched, monkeypatch):
    copyart("download", "vangogh")
    monkeypatch.setattr(store_module, "scan", pytest.fail)
    assert len(store_module.decode_once(kaggle.photo_files("."), 286)) == 2


@pytest.mark.parametrize("words", [("ukiyoe",), ("monet", "--source", "tfds")])
def test_tensorflow_is_hushed_before_tfds_imports_it(copyart, fetched, monkeypatch, words):
    calls = []
    monkeypatch.setattr(sys.modules["copyart.cli.download"], "load_tensorflow", lambda: calls.append("hushed"))
    monkeypatch.setattr(tfds, "export", lambda *_: (calls.append("exported"), [kaggle.photo_files(".")] * 2)[1])
    copyart("download", *words)
    assert calls == ["hushed", "exported"]


def test_missing_credentials_are_one_line(copyart, monkeypatch):
    def refuse(handle, progress=None):
        raise DownloadError("Kaggle must know who asks. Received: no credentials.\nMake a token.")

    monkeypatch.setattr(kaggle, "download", refuse)
    line = copyart("download", "vangogh").complaint
    assert line == "Kaggle must know who asks. Received: no credentials. Make a token."


def test_an_unknown_artist_is_one_line_with_the_nearest(copyart):
    assert "Vincent van Gogh" in copyart("download", "van Gouh").complaint


def test_a_source_that_lacks_the_artist_is_one_line(copyart):
    assert "Received: Frida Kahlo" in copyart("download", "kahlo", "--source", "tfds").complaint
