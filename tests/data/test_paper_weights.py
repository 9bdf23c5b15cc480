"""Published weights are downloaded once, resumed after an interruption, and checked against their checksum."""

import hashlib
import os
import socket

import pytest

from copyart.data import resumable_download
from copyart.data.paper_weights import SLUGS, fetch_paper_weights, paper_slug, record_checksum
from copyart.data.store import cache_folder
from copyart.errors import ArtistError, DownloadError

from .weights_server import serving

CONTENT = os.urandom(200_000)
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def server():
    with serving() as state:
        state.files["style_monet.pth"] = CONTENT
        yield state


def refuse(server, match):
    with pytest.raises(DownloadError, match=match) as raised:
        fetch_paper_weights("monet", server if isinstance(server, str) else server.address)
    assert "\n" not in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize("name", ["monet", "Claude Monet", "Cezanne", "Ukiyo-e", "Vincent_van_Gogh"])
def test_the_four_are_found_by_any_name(name):
    assert paper_slug(name) in SLUGS


@pytest.mark.parametrize("name", ["Picasso", "nobody"])
def test_others_get_the_list(name):
    with pytest.raises(ArtistError, match="one of monet, cezanne, ukiyoe, vangogh"):
        paper_slug(name)


def test_a_file_is_fetched_once(server):
    counts = []
    first = fetch_paper_weights("monet", server.address, lambda *count: counts.append(count))
    assert first.path.read_bytes() == CONTENT
    assert (first.sha256, first.known_checksum, counts[-1]) == (DIGEST, False, (len(CONTENT), len(CONTENT)))
    record_checksum(first)
    assert fetch_paper_weights("monet", server.address).known_checksum
    assert server.asked == [("/models/style_monet.pth", None, None)]


def test_a_cut_download_goes_on_where_it_was(server):
    server.cut = 147_456
    refuse(server, "147,456 bytes of .*then the connection broke.*to resume it")
    assert fetch_paper_weights("monet", server.address).sha256 == DIGEST
    assert server.asked[1] == ("/models/style_monet.pth", "bytes=147456-", '"1"')


@pytest.mark.parametrize("change", [{"version": '"2"'}, {"resumes": False}])
def test_what_has_changed_meanwhile_comes_whole(server, change):
    server.cut = 16_384
    refuse(server, "then the connection broke")
    vars(server).update(change)
    server.files["style_monet.pth"] = CONTENT[::-1]
    assert fetch_paper_weights("monet", server.address).path.read_bytes() == CONTENT[::-1]


@pytest.mark.parametrize("version", [None, 'W/"1"'])
def test_without_a_version_to_go_by_it_comes_whole(server, version):
    server.version, server.cut = version, 16_384
    refuse(server, "then the connection broke")
    assert fetch_paper_weights("monet", server.address).sha256 == DIGEST
    assert server.asked[1][1] is None


def test_a_part_that_is_longer_than_the_file_is_begun_anew(server):
    server.cut = 147_456
    refuse(server, "then the connection broke")
    server.files["style_monet.pth"] = CONTENT[:1000]
    refuse(server, "0 bytes")
    assert fetch_paper_weights("monet", server.address).path.read_bytes() == CONTENT[:1000]


@pytest.mark.parametrize("status", [403, 404, 500, 503])
def test_a_dead_address_says_what_else_works(server, status):
    server.status = status
    line = refuse(server, f"Received: {status} .* from http://127.0.0.1.*may be gone for good")
    assert "copyart convert style_monet.pth STYLE" in line
    assert "bundled style" in line


def test_nobody_there_says_so():
    with socket.socket() as taken:  # bound, and not listening
        taken.bind(("127.0.0.1", 0))
        refuse(f"http://127.0.0.1:{taken.getsockname()[1]}", r"no answer \(Connection refused\)")


def test_a_file_that_differs_from_the_first_download_is_refused(server):
    first = fetch_paper_weights("monet", server.address)
    record_checksum(first)
    first.path.unlink()
    server.files["style_monet.pth"] = CONTENT[:-1]
    line = refuse(server, f"must have the SHA-256 {DIGEST}, that of the first download")
    assert "style_monet.pth.json" in line
    assert not first.path.exists()


@pytest.mark.parametrize("lies", [True, False])
def test_what_is_too_large_is_not_kept(server, monkeypatch, lies):
    monkeypatch.setattr(resumable_download, "MAX_BYTES", 100_000)
    server.length = 1000 if lies else None
    if lies:
        assert fetch_paper_weights("monet", server.address).path.stat().st_size <= 1000
    else:
        refuse(server, "must not be larger.*Nothing was kept")
        assert [path.name for path in (cache_folder() / "published").iterdir()] == [".lock"]


def test_a_length_that_is_no_number_counts_for_nothing(server):
    server.length = "many"
    assert fetch_paper_weights("monet", server.address).sha256 == DIGEST


def test_a_cache_that_cannot_be_written_is_one_line(server, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COPYART_CACHE", str(tmp_path / "file"))
    refuse(server, "the cache folder must have space.*COPYART_CACHE")


def test_a_damaged_record_counts_for_nothing(server):
    first = fetch_paper_weights("monet", server.address)
    first.path.with_name("style_monet.pth.json").write_text("[")
    assert fetch_paper_weights("monet", server.address).known_checksum is False
