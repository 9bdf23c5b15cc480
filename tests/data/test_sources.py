"""Choosing the source of pictures, and refusing wrong arguments."""

import pytest

from copyart.data import kaggle, tfds
from copyart.data.sample import sample_files
from copyart.data.sources import find_files
from copyart.errors import ArtistError, ConfigError, DataError
from tests.pictures import photo, store


@pytest.fixture
def folders(tmp_path):
    for name in ("photos", "more", "art"):
        store(tmp_path / name / f"{name}.jpg", photo())
    return tmp_path


@pytest.fixture
def downloads(monkeypatch):
    """What would have been fetched; nothing is."""
    calls = []

    def download(handle, progress=None):
        calls.append(handle)
        return handle

    def export(config, folder):
        calls.append((config, folder))
        return ["photo"], ["art"]

    monkeypatch.setattr(kaggle, "download", download)
    monkeypatch.setattr(kaggle, "painting_files", lambda root, artist: [f"{root}: {artist.name}"])
    monkeypatch.setattr(kaggle, "photo_files", lambda root: [f"{root}: all"])
    monkeypatch.setattr(tfds, "export", export)
    return calls


def test_two_folders_give_their_pictures(folders):
    photos, art = find_files(photos=folders / "photos", art=str(folders / "art"))
    assert [path.name for path in photos + art] == ["photos.jpg", "art.jpg"]


def test_a_domain_may_lie_in_several_folders(folders):
    photos, _ = find_files(photos=[folders / "photos", folders / "more"], art=folders / "art")
    assert [path.name for path in photos] == ["photos.jpg", "more.jpg"]


def test_the_sample_needs_no_artist():
    assert find_files(source="sample") == sample_files()


def test_kaggle_is_the_default_for_artists_that_it_has(downloads):
    photos, art = find_files("Vincent van Gogh")
    assert downloads == [kaggle.ART_DATASET, kaggle.PHOTO_DATASET]
    assert (photos, art) == ([f"{kaggle.PHOTO_DATASET}: all"], [f"{kaggle.ART_DATASET}: Vincent van Gogh"])


def test_tfds_is_the_default_for_artists_that_kaggle_lacks(downloads, tmp_path):
    assert find_files("Ukiyo-e", cache_dir=tmp_path) == (["photo"], ["art"])
    assert downloads == [("ukiyoe2photo", tmp_path)]


@pytest.mark.parametrize(
    ("arguments", "received"),
    [
        ({}, "none of them"),
        ({"source": "flickr"}, "source='flickr'"),
        ({"source": "kaggle"}, "none"),
        ({"source": "tfds"}, "none"),
        ({"source": "folders"}, "neither"),
        ({"photos": "photos"}, "photos='photos', art=none"),
        ({"art": "art"}, "photos=none, art='art'"),
        ({"source": "kaggle", "photos": "photos", "art": "art"}, "source='kaggle' with photos and art"),
    ],
)
def test_a_call_that_does_not_fit_together_is_refused_in_one_line(arguments, received, downloads):
    with pytest.raises(ConfigError, match=f"Received: {received}") as caught:
        find_files(**arguments)
    assert "\n" not in str(caught.value)
    assert downloads == []


def test_an_unknown_artist_is_refused_before_anything_is_fetched(downloads):
    with pytest.raises(ArtistError, match="Vincent van Gogh"):
        find_files("Vincent van Gough")
    assert downloads == []


def test_an_artist_that_tfds_lacks_is_refused_with_a_remedy(downloads):
    with pytest.raises(DataError, match=r"Received: Frida Kahlo. Try --source kaggle"):
        find_files("Frida Kahlo", "tfds")
    assert downloads == []


@pytest.mark.parametrize("name", ["Hokusai", "Hiroshige"])
@pytest.mark.parametrize("source", [None, "tfds"])
def test_an_artist_whom_no_source_has_is_never_sent_to_one(downloads, name, source):
    with pytest.raises(DataError, match=r"your own .*pictures.*--photos DIR --art DIR") as caught:
        find_files(name, source)
    assert "--source" not in str(caught.value)
    assert downloads == []


def test_an_artist_that_kaggle_lacks_is_refused_before_anything_is_fetched(monkeypatch):
    monkeypatch.setattr(kaggle, "download", lambda *arguments: pytest.fail("fetched"))
    with pytest.raises(DataError, match="Ukiyo-e"):
        find_files("Ukiyo-e", "kaggle")


@pytest.mark.parametrize("empty", ["photos", "art"])
def test_an_empty_folder_is_refused(folders, empty):
    (folders / "empty").mkdir()
    places = {"photos": folders / "photos", "art": folders / "art", empty: folders / "empty"}
    with pytest.raises(DataError, match=r"'.*empty' must contain pictures"):
        find_files(**places)


def test_a_folder_that_is_not_there_is_refused(folders):
    with pytest.raises(DataError, match=r"must be a folder of pictures. Received: a path that does not exist"):
        find_files(photos=folders / "nowhere", art=folders / "art")
