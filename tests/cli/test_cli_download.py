"""`copyart download` downloads once, checks and reports. Without credentials, one line says what to do."""

import functools
import json
import sys
from pathlib import Path

import pytest

from copyart.data import kaggle, tfds
from copyart.data import store as store_module
from copyart.errors import DownloadError
from copyart.weights import paper_styles
from tests.data.weights_server import serving
from tests.pictures import photo, store

GENERATOR = Path(__file__).parent.parent / "oracles" / "generator_9blocks_filters8_legacy.pth"


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
    monkeypatch.setattr(store_module, "scan_files", pytest.fail)
    assert len(store_module.decode_once(kaggle.photo_files("."), 286, photos=True)) == 2


@pytest.mark.parametrize("words", [("ukiyoe",), ("monet", "--source", "tfds")])
def test_tensorflow_is_hushed_before_tfds_imports_it(copyart, fetched, monkeypatch, words):
    calls = []
    monkeypatch.setattr(sys.modules["copyart.cli.download"], "load_tensorflow", lambda: calls.append("suppress_stderr"))
    monkeypatch.setattr(tfds, "export", lambda *_: (calls.append("exported"), [kaggle.photo_files(".")] * 2)[1])
    copyart("download", *words)
    assert calls == ["suppress_stderr", "exported"]


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


@pytest.fixture
def published(monkeypatch):
    """A server with a small Monet, at which the command asks."""
    with serving() as state:
        state.files["style_monet.pth"] = GENERATOR.read_bytes()
        real = paper_styles.download_style
        here = functools.partial(real, address=state.address)
        monkeypatch.setattr(paper_styles, "download_style", here)
        yield state


def test_a_published_style_becomes_a_folder_here(copyart, published, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = copyart("download", "style", "Claude", "Monet")
    assert (result.status, result.out) == (0, "")
    assert "recorded for later downloads; the authors publish no checksum" in result.err
    report = json.loads(copyart("download", "style", "monet", "-o", "again", "--json").out)
    assert (report["path"], report["known_checksum"]) == (str(tmp_path / "again"), True)
    assert (tmp_path / "style_monet" / "preview.jpg").exists()


def test_a_dead_address_is_one_line_that_says_what_else_works(copyart, published, tmp_path):
    published.status = 404
    line = copyart("download", "style", "monet", "-o", tmp_path / "monet").complaint
    assert "404" in line
    assert "copyart convert style_monet.pth STYLE" in line


def test_an_unpublished_style_is_one_line(copyart):
    assert "one of monet, cezanne, ukiyoe, vangogh" in copyart("download", "style", "picasso").complaint


@pytest.mark.parametrize(
    "words", [("style",), ("style", "monet", "--source", "kaggle"), ("van", "gogh"), ("monet", "-o", "x"), ()]
)
def test_words_that_do_not_go_together_are_refused(copyart, words):
    result = copyart("download", *words)
    assert (result.status, result.out) == (2, "")
    assert "Usage: copyart download" in result.err
