import io
import os
import sys
import threading
import warnings
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PIL import Image

from copyart.data.tfds import export
from copyart.errors import DataError, DownloadError
from tests.data.kaggle_server import jpeg, zipped

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # TFDS imports deprecated names of its own dependencies
    import tensorflow_datasets as tfds
    from tensorflow_datasets.image_classification import cycle_gan


@pytest.fixture
def mocked():
    with tfds.testing.mock_data(num_examples=3, policy=tfds.testing.MockPolicy.USE_CODE):
        yield


@pytest.fixture
def authors_server(tmp_path, monkeypatch):
    """The real TFDS builder, fetching a small set from a loopback server instead of the authors'."""
    served = tmp_path / "served"
    served.mkdir()
    handler = partial(_SilentHandler, directory=str(served))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        url = f"http://127.0.0.1:{http.server_port}/monet2photo.zip"
        monkeypatch.setitem(cycle_gan._DL_URLS, "monet2photo", url)
        for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
            monkeypatch.delenv(name)
        yield served
        http.shutdown()
        thread.join()


class _SilentHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def _authors_zip():
    numbers = {"trainA": [1, 2], "trainB": [3, 4, 5], "testA": [6], "testB": [7, 8]}
    return zipped({f"monet2photo/{split}/{n}.jpg": jpeg(n) for split, members in numbers.items() for n in members})


def _contents(files):
    return sorted(file.read_bytes() for file in files)


def test_writes_each_image_once_under_its_domain(mocked, tmp_path):
    photos, art = export("monet2photo", tmp_path)
    assert [file.stem for file in photos] == [file.stem for file in art] == ["00001", "00002", "00003"]
    assert {file.parent for file in photos} == {tmp_path / "tfds" / "monet2photo" / "photos"}
    assert {file.parent for file in art} == {tmp_path / "tfds" / "monet2photo" / "art"}


def test_the_files_are_images_named_for_their_format(mocked, tmp_path):
    photos, _ = export("vangogh2photo", tmp_path)
    with Image.open(io.BytesIO(photos[0].read_bytes())) as image:
        image.load()
        assert photos[0].suffix == f".{image.format.lower()}"


def test_a_second_call_does_not_open_tfds(mocked, tmp_path, monkeypatch):
    first = export("monet2photo", tmp_path)
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", None)
    assert export("monet2photo", tmp_path) == first


def test_an_export_that_was_killed_is_done_again(mocked, tmp_path, monkeypatch):
    def no_marker(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr("copyart.data.tfds.json.dumps", no_marker)
        with pytest.raises(KeyboardInterrupt):
            export("monet2photo", tmp_path)
    assert not (tmp_path / "tfds" / "monet2photo").exists()
    photos, art = export("monet2photo", tmp_path)
    assert len(photos) == len(art) == 3
    assert not list((tmp_path / "tfds").glob("*.partial"))


def test_an_export_that_lost_a_file_is_done_again(mocked, tmp_path):
    photos, _ = export("monet2photo", tmp_path)
    photos[1].unlink()
    assert export("monet2photo", tmp_path)[0] == photos
    assert photos[1].is_file()


def test_prints_nothing(mocked, tmp_path, capfd):
    export("monet2photo", tmp_path)
    assert "Downloading" not in "".join(capfd.readouterr())


def test_split_a_is_art_and_the_authors_bytes_stay_as_they_are(authors_server, tmp_path, capfd):
    (authors_server / "monet2photo.zip").write_bytes(_authors_zip())
    photos, art = export("monet2photo", tmp_path, data_dir=tmp_path / "prepared")
    assert _contents(art) == sorted([jpeg(1), jpeg(2)])
    assert _contents(photos) == sorted([jpeg(3), jpeg(4), jpeg(5)])
    assert {file.suffix for file in photos + art} == {".jpg"}
    assert "Downloading" not in "".join(capfd.readouterr())


def test_a_download_that_fails_is_one_line_with_remedies(authors_server, tmp_path):
    with pytest.raises(DownloadError) as caught:
        export("monet2photo", tmp_path, data_dir=tmp_path / "prepared")
    message = str(caught.value)
    assert "\n" not in message
    for part in ("cycle_gan/monet2photo", "Received: ", "--source kaggle", "--photos DIR --art DIR"):
        assert part in message
    assert not (tmp_path / "tfds" / "monet2photo").exists()


def test_an_unknown_configuration_is_named(tmp_path):
    with pytest.raises(DataError, match=r"monet2photo.*Received: 'horse2zebra'"):
        export("horse2zebra", tmp_path)


def test_a_cache_that_cannot_be_written_is_named(mocked, tmp_path):
    (tmp_path / "tfds").write_text("a file where the folder should be")
    with pytest.raises(DownloadError, match="the cache folder must have space"):
        export("monet2photo", tmp_path)
