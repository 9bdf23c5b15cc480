"""A published style is downloaded and converted, and its checksum is recorded only after that."""

import json
from pathlib import Path

import pytest

from copyart.errors import DownloadError, StyleError
from copyart.painting.loading import load
from copyart.weights import download_style
from tests.data.weights_server import serving

GENERATOR = Path(__file__).parent.parent / "oracles" / "generator_9blocks_filters8_legacy.pth"


@pytest.fixture
def server():
    with serving() as state:
        state.files["style_vangogh.pth"] = GENERATOR.read_bytes()
        yield state


def test_a_published_style_becomes_a_style_folder(server, tmp_path):
    report = download_style("Vincent van Gogh", tmp_path / "style", address=server.address)
    card = json.loads((tmp_path / "style" / "metadata.json").read_text())
    assert (report.name, report.known_checksum) == ("Vincent van Gogh", False)
    assert "arXiv:1703.10593" in card["source"]
    assert f"{server.address}/style_vangogh.pth" in card["source"]
    assert card["licence"]["weights"].startswith("unknown")
    assert load(tmp_path / "style").name == "Vincent van Gogh"
    assert download_style("vangogh", tmp_path / "again", address=server.address).known_checksum
    assert len(server.asked) == 1


@pytest.mark.parametrize("content", [b"<html>Sorry, the page has moved.</html>", GENERATOR.read_bytes()[:5000]])
def test_an_answer_that_is_no_style_is_told_and_forgotten(server, tmp_path, content):
    server.files["style_vangogh.pth"] = content
    with pytest.raises(DownloadError, match="a file that is not such a style") as raised:
        download_style("vangogh", tmp_path / "style", address=server.address)
    assert "\n" not in str(raised.value)
    assert not (tmp_path / "style").exists()
    server.files["style_vangogh.pth"] = GENERATOR.read_bytes()
    assert download_style("vangogh", tmp_path / "style", address=server.address).known_checksum is False


def test_a_folder_that_is_taken_is_told_before_anything_is_fetched(server, tmp_path):
    with pytest.raises(StyleError, match="must have a new folder"):
        download_style("vangogh", tmp_path, address=server.address)
    assert server.asked == []
