import errno
import io
import os
import socket
import zipfile
from pathlib import Path

import kagglehub.config
import pytest
from kagglesdk import kaggle_env

from copyart.data import kaggle
from copyart.data.kaggle import ART_DATASET, PHOTO_DATASET, cached_folder, download, painting_files, photo_files
from copyart.errors import ArtistError, DataError, DownloadError
from tests.data.kaggle_server import (
    ART_FOLDERS,
    COMPOSED_DURER,
    DECOMPOSED_DURER,
    MANGLED_DURER,
    KaggleServer,
    art_zip,
    jpeg,
    photo_zip,
    zipped,
)

MIB = 1 << 20


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """A home without credentials, an empty cache, and no wait between tries."""
    for name in [name for name in os.environ if name.startswith("KAGGLE") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    # kagglehub fixes its default folders when it is imported, so HOME alone would come too late.
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KAGGLE_CONFIG_DIR", str(tmp_path / "home" / ".kaggle"))
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KAGGLE_API_ENVIRONMENT", "LOCALHOST")
    monkeypatch.setattr(kagglehub.config, "_kaggle_credentials", None)
    monkeypatch.setattr(kaggle, "RETRY_SECONDS", (0.0, 0.0))
    return tmp_path / "cache"


@pytest.fixture
def server(monkeypatch):
    with KaggleServer({ART_DATASET: art_zip(), PHOTO_DATASET: photo_zip()}) as running:
        _point_kagglehub_at(running.url, monkeypatch)
        yield running


def _point_kagglehub_at(url, monkeypatch):
    monkeypatch.setitem(kaggle_env._env_to_endpoint, kaggle_env.KaggleEnv.LOCAL, url)


def _failure(handle=ART_DATASET):
    with pytest.raises(DownloadError) as caught:
        download(handle)
    message = str(caught.value)
    assert "\n" not in message
    assert "Received: " in message
    return message


def _files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


class TestDownload:
    def test_unpacks_the_set_into_kagglehubs_cache(self, server, cache):
        root = download(ART_DATASET)
        assert root == cache / "datasets" / ART_DATASET / "versions" / "3"
        assert (root / "artists.csv").is_file()
        assert (root / "images/images/Claude_Monet/Claude_Monet_2.jpg").read_bytes() == jpeg(2)

    def test_leaves_no_archive_behind(self, server, cache):
        download(ART_DATASET)
        assert not list(cache.rglob("*.archive"))

    def test_prints_nothing(self, server, capfd):
        download(ART_DATASET)
        assert capfd.readouterr() == ("", "")

    def test_reports_progress_up_to_the_last_byte(self, server):
        seen = []
        download(ART_DATASET, progress=lambda done, total: seen.append((done, total)))
        total = len(server.datasets[ART_DATASET])
        assert seen[0] == (0, total)
        assert seen[-1] == (total, total)

    def test_sends_the_credentials_of_the_environment(self, server, monkeypatch):
        server.credentials_required = True
        monkeypatch.setenv("KAGGLE_USERNAME", "somebody")
        monkeypatch.setenv("KAGGLE_KEY", "secret")
        assert download(PHOTO_DATASET).is_dir()

    def test_sends_the_credentials_of_kaggle_json(self, server, tmp_path):
        server.credentials_required = True
        (tmp_path / "home" / ".kaggle").mkdir(parents=True)
        (tmp_path / "home/.kaggle/kaggle.json").write_text('{"username": "somebody", "key": "secret"}')
        assert download(PHOTO_DATASET).is_dir()

    def test_leaves_kagglehub_as_it_was(self, server):
        import kagglehub.clients
        import kagglehub.http_resolver

        before = (kagglehub.clients.tqdm, kagglehub.http_resolver._extract_archive)
        download(PHOTO_DATASET)
        assert (kagglehub.clients.tqdm, kagglehub.http_resolver._extract_archive) == before

    @pytest.mark.parametrize(
        ("module", "name"),
        [("http_resolver", "_extract_archive"), ("http_resolver", "download_file"), ("clients", "tqdm")],
    )
    def test_refuses_a_kagglehub_whose_archives_cannot_be_checked(self, server, cache, monkeypatch, module, name):
        monkeypatch.delattr(f"kagglehub.{module}.{name}")
        assert f"which lacks {name}. Install one that has it" in _failure()
        assert server.requests == []
        assert not list(cache.rglob("*.jpg"))


class TestCache:
    def test_a_second_call_makes_no_request(self, server):
        first = download(ART_DATASET)
        server.requests.clear()
        assert download(ART_DATASET) == first
        assert server.requests == []

    def test_a_cached_set_is_found_with_no_server_at_all(self, monkeypatch):
        with KaggleServer({ART_DATASET: art_zip()}) as running:
            _point_kagglehub_at(running.url, monkeypatch)
            first = download(ART_DATASET)
        assert download(ART_DATASET) == first

    def test_the_newest_complete_version_is_taken(self, cache):
        folder = cache / "datasets" / ART_DATASET
        for version in (2, 9, 10, 11):
            (folder / "versions" / str(version)).mkdir(parents=True)
        for version in (2, 9, 10):  # 11 was never finished
            (folder / f"{version}.complete").touch()
        assert download(ART_DATASET).name == "10"
        assert download(f"{ART_DATASET}/versions/2").name == "2"

    def test_an_unfinished_version_is_not_taken(self, cache):
        (cache / "datasets" / ART_DATASET / "versions" / "3").mkdir(parents=True)
        assert cached_folder(ART_DATASET) is None

    def test_unpacking_that_was_killed_is_done_again(self, server, cache):
        partial = cache / "datasets" / ART_DATASET / "versions" / "3" / "images"
        partial.mkdir(parents=True)
        (cache / "datasets" / ART_DATASET / "3.archive").write_bytes(server.datasets[ART_DATASET])
        assert len(painting_files(download(ART_DATASET), "monet")) == 3
        assert server.ranges == []


class TestCut:
    @pytest.fixture
    def long_archive(self, server):
        server.datasets[ART_DATASET] = art_zip(padding=3 * MIB)
        return server.datasets[ART_DATASET]

    def test_goes_on_from_the_bytes_that_came(self, server, long_archive):
        server.cuts = [2 * MIB + 1000]
        root = download(ART_DATASET)
        assert server.ranges == [f"bytes={2 * MIB}-"]
        with zipfile.ZipFile(io.BytesIO(long_archive)) as archive:
            assert _files(root) == set(archive.namelist())
            for name in archive.namelist():
                assert (root / name).read_bytes() == archive.read(name)

    def test_gives_up_after_three_tries_and_keeps_what_came(self, server, long_archive, cache):
        server.cuts = [MIB + 1000, 1000, 1000, 1000, 1000]
        assert "Run the same command again to resume it" in _failure()
        assert server.requests.count("DownloadDataset") == 3
        assert (cache / "datasets" / ART_DATASET / "3.archive").stat().st_size == MIB

    def test_the_next_call_goes_on_too(self, server, long_archive, monkeypatch):
        monkeypatch.setattr(kaggle, "RETRY_SECONDS", ())
        server.cuts = [MIB + 1000]
        _failure()
        assert download(ART_DATASET).is_dir()
        assert server.ranges == [f"bytes={MIB}-"]

    def test_what_follows_a_cut_is_checked_as_a_whole(self, server, long_archive, cache):
        server.cuts = [MIB + 1000]
        server.wrong_checksum = True
        assert "checksum" in _failure()
        assert not list(cache.rglob("*.archive"))


class TestRefusals:
    def test_without_credentials_the_line_says_how_to_get_them(self, server):
        server.credentials_required = True
        message = _failure()
        for needed in ("Settings → API", "KAGGLE_API_TOKEN", "~/.kaggle/kaggle.json", "KAGGLE_USERNAME"):
            assert needed in message

    def test_without_credentials_the_line_says_what_works_without_any(self, server):
        server.status = 403
        message = _failure()
        for way in ("no Kaggle credentials", "--source sample", "--photos DIR --art DIR", "--source tfds"):
            assert way in message

    def test_403_with_credentials_asks_to_accept_the_terms(self, server, monkeypatch):
        monkeypatch.setenv("KAGGLE_API_TOKEN", "revoked")
        server.status = 403
        message = _failure()
        assert f"https://www.kaggle.com/datasets/{ART_DATASET}" in message
        assert "revoked" in message
        assert "no Kaggle credentials" not in message

    def test_404_says_that_the_set_is_not_there(self, server):
        assert "Received: 404" in _failure("somebody/nothing")

    @pytest.mark.parametrize("status", [429, 500, 503])
    def test_a_server_in_trouble_is_named_with_its_status(self, server, status):
        server.status = status
        assert f"HTTP status {status}" in _failure()

    def test_a_refusal_is_not_tried_again(self, server):
        server.status = 403
        _failure()
        assert server.requests == ["GetDataset"]

    def test_credentials_that_cannot_be_read_are_named(self, server, tmp_path):
        (tmp_path / "home" / ".kaggle").mkdir(parents=True)
        (tmp_path / "home/.kaggle/kaggle.json").write_text("not json")
        assert "kaggle.json" in _failure()

    def test_a_server_that_is_not_there_is_a_matter_of_the_network(self, monkeypatch):
        with socket.socket() as reserved:
            reserved.bind(("127.0.0.1", 0))  # bound and not listening: every connection is refused
            _point_kagglehub_at(f"http://127.0.0.1:{reserved.getsockname()[1]}", monkeypatch)
            message = _failure()
        assert "must be reachable" in message
        assert "0x" not in message


class TestDamage:
    def test_a_wrong_checksum_deletes_the_archive_and_says_run_again(self, server, cache):
        server.wrong_checksum = True
        message = _failure()
        assert "checksum" in message
        assert "Run the same command again" in message
        assert not list(cache.rglob("*.archive"))
        assert cached_folder(ART_DATASET) is None

    def test_after_a_wrong_checksum_the_next_call_works(self, server):
        server.wrong_checksum = True
        _failure()
        server.wrong_checksum = False
        assert download(ART_DATASET).is_dir()

    @pytest.mark.parametrize("content", [b"<html>Sign in to the hotel</html>", art_zip()[:3000]])
    def test_what_is_no_zip_is_deleted(self, server, cache, content):
        server.datasets[ART_DATASET] = content
        assert "must be a zip archive" in _failure()
        assert _files(cache) <= {".copyart.lock"}

    def test_a_damaged_archive_of_the_right_size_is_not_kept(self, server, cache):
        content = server.datasets[ART_DATASET]
        at = content.index(jpeg(1)) + 20
        folder = cache / "datasets" / ART_DATASET
        folder.mkdir(parents=True)
        (folder / "3.archive").write_bytes(content[:at] + b"XXXX" + content[at + 4 :])
        assert "CRC" in _failure()
        assert download(ART_DATASET).is_dir()

    @pytest.mark.parametrize(
        "name",
        [
            "../../../../escaped.jpg",
            "images/../../escaped.jpg",
            "/tmp/escaped.jpg",
            "..\\escaped.jpg",
            "C:/escaped.jpg",
        ],
    )
    def test_a_zip_that_leaves_its_folder_writes_nothing(self, server, tmp_path, cache, name):
        server.datasets[ART_DATASET] = zipped({"artists.csv": b"", name: b"evil", "images/fine.jpg": jpeg(1)})
        assert "inside its own folder" in _failure()
        assert not list(tmp_path.rglob("*escaped*"))
        assert _files(cache) <= {".copyart.lock"}
        assert cached_folder(ART_DATASET) is None

    def test_a_full_disk_is_named_and_keeps_the_archive(self, server, cache, monkeypatch):
        def no_room(*_):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(zipfile.ZipFile, "extractall", no_room)
        message = _failure()
        assert "no space left" in message
        assert "KAGGLEHUB_CACHE" in message
        assert (cache / "datasets" / ART_DATASET / "3.archive").is_file()
        assert not (cache / "datasets" / ART_DATASET / "versions" / "3").exists()

    def test_a_cache_that_cannot_be_written_is_named(self, server, cache):
        cache.write_text("a file where the cache folder should be")
        assert str(cache) in _failure()


class TestPaintingFiles:
    def test_lists_one_artist_in_the_order_of_the_numbers(self, server):
        files = painting_files(download(ART_DATASET), "Vincent van Gogh")
        assert [file.name for file in files] == [f"Vincent_van_Gogh_{n}.jpg" for n in range(1, 13)]
        assert all(file.is_file() for file in files)

    def test_finds_the_mangled_durer_in_the_zip(self, server):
        assert len(painting_files(download(ART_DATASET), "Dürer")) == ART_FOLDERS[MANGLED_DURER]

    @pytest.mark.parametrize(
        "folder",
        [
            COMPOSED_DURER,
            DECOMPOSED_DURER,
            MANGLED_DURER,
            COMPOSED_DURER.encode().decode("cp437"),
            COMPOSED_DURER.encode().decode("latin-1"),
            "Albrecht_Durer",
        ],
    )
    def test_finds_durer_in_every_spelling(self, tmp_path, folder):
        _write(tmp_path, {folder: [1, 2], "Albrecht_Altdorfer": [1]})
        assert len(painting_files(tmp_path, "durer")) == 2

    def test_merges_two_spellings_and_lists_each_painting_once(self, tmp_path):
        _write(tmp_path, {COMPOSED_DURER: [1, 2, 10], MANGLED_DURER: [2, 3]})
        files = painting_files(tmp_path, "durer")
        assert [int(file.stem.rpartition("_")[2]) for file in files] == [1, 2, 3, 10]
        assert files[1].parent.name == COMPOSED_DURER

    def test_reads_no_other_folder(self, tmp_path, monkeypatch):
        _write(tmp_path, {"Claude_Monet": [1], "Edouard_Manet": [1]})
        listed = []
        iterdir = Path.iterdir
        monkeypatch.setattr(Path, "iterdir", lambda self: listed.append(self.name) or iterdir(self))
        painting_files(tmp_path, "monet")
        assert listed == ["Claude_Monet"]

    def test_leaves_the_resized_copies_alone(self, server):
        files = painting_files(download(ART_DATASET), "monet")
        assert not [file for file in files if "resized" in file.parts]

    def test_passes_over_what_is_no_image(self, tmp_path):
        _write(tmp_path, {"Claude_Monet": [1]})
        (tmp_path / "images/images/Claude_Monet/Thumbs.db").touch()
        assert len(painting_files(tmp_path, "monet")) == 1

    def test_an_artist_outside_the_set_gets_the_sources_that_work(self, tmp_path):
        with pytest.raises(DataError, match=r"Received: Ukiyo-e.*--source tfds.*ukiyoe2photo.*--photos DIR --art DIR"):
            painting_files(tmp_path, "ukiyoe")

    def test_a_wrong_name_is_an_artist_error(self, tmp_path):
        with pytest.raises(ArtistError):
            painting_files(tmp_path, "nobody")

    @pytest.mark.parametrize("folders", [{}, {"Claude_Monet": []}, {"Paul_Klee": [1]}])
    def test_a_set_without_the_artists_paintings_is_named(self, tmp_path, folders):
        _write(tmp_path, folders)
        with pytest.raises(DataError, match=r"images/images/Claude_Monet.*copyart download"):
            painting_files(tmp_path, "monet")


class TestPhotoFiles:
    def test_lists_the_photos_of_flickr8k(self, server):
        files = photo_files(download(PHOTO_DATASET))
        assert len(files) == 5
        assert files == sorted(files)
        assert {file.suffix for file in files} == {".jpg"}

    @pytest.mark.parametrize("folder", ["Images", "images"])
    def test_takes_the_folder_in_either_case(self, tmp_path, folder):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "1.jpg").write_bytes(jpeg(1))
        assert len(photo_files(tmp_path)) == 1

    def test_a_set_without_photos_is_named(self, tmp_path):
        with pytest.raises(DataError, match=r"flickr8k.*Received: none"):
            photo_files(tmp_path)


def _write(root, folders):
    (root / "images" / "images").mkdir(parents=True)
    for folder, numbers in folders.items():
        (root / "images" / "images" / folder).mkdir()
        for n in numbers:
            (root / "images" / "images" / folder / f"{folder}_{n}.jpg").write_bytes(jpeg(n))
