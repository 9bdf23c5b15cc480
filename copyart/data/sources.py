"""Sources of pictures: Kaggle, TFDS, folders, or the bundled sample. Each gives the files of both domains."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from copyart import artists
from copyart.data.images import list_images
from copyart.data.store import cache_folder
from copyart.errors import ConfigError, DataError

#: A folder, or several.
Folders = str | os.PathLike | Iterable[str | os.PathLike]

SOURCES = ("kaggle", "tfds", "sample", "folders")


def find_files(
    artist: str | None = None,
    source: str | None = None,
    *,
    photos: Folders | None = None,
    art: Folders | None = None,
    cache_dir: str | os.PathLike | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[list[Path], list[Path]]:
    """Find the training photos and paintings. Download them if necessary.

    Args:
        artist: Name of an artist that `copyart artists` lists. Needed for Kaggle and TFDS.
        source: `"kaggle"`, `"tfds"` or `"sample"`. Defaults to the given folders, else to Kaggle for
            artists that are in its data set, else to TFDS.
        photos: A folder of photos, or several, searched with their subfolders.
        art: A folder of paintings, or several, searched with their subfolders.
        cache_dir: Folder for TFDS' pictures. Defaults as for `copyart.data.store.cache_folder`.
        progress: Called with the downloaded and the total bytes while a data set is downloaded from Kaggle.

    Returns:
        Two lists of paths: photos and paintings.

    Raises:
        ConfigError: if `source`, `photos` and `art` contradict each other.
        ArtistError: if there is no artist of that name.
        DataError: if no pictures are found.
    """
    source = choose_source(artist, source, photos, art)
    if photos is not None and art is not None:
        return pictures_in_folders(photos), pictures_in_folders(art)
    if source == "sample":
        from copyart.data.sample import sample_files

        return sample_files()
    someone = artists.find(artist or "")
    return _find_kaggle_files(someone, progress) if source == "kaggle" else _find_tfds_files(someone, cache_dir)


def choose_source(
    artist: str | None = None, source: str | None = None, photos: Folders | None = None, art: Folders | None = None
) -> str:
    """Choose the source of the pictures, without searching for them.

    Args:
        artist, source, photos, art: As for `find_files`.

    Returns:
        One of `SOURCES`.

    Raises:
        ConfigError: if the arguments contradict each other.
        ArtistError: if there is no artist of that name.
    """
    if source is not None and source not in SOURCES:
        raise ConfigError(f"source must be one of {', '.join(SOURCES)}. Received: source={source!r}")
    if (photos is None) != (art is None):
        raise ConfigError(
            "photos and art must be given together, one folder for each. "
            f"Received: photos={_quoted_folders(photos)}, art={_quoted_folders(art)}"
        )
    if photos is not None:
        if source not in (None, "folders"):
            raise ConfigError(f"give either a source or folders. Received: source={source!r} with photos and art")
        return "folders"
    if source == "folders":
        raise ConfigError("source 'folders' needs photos and art. Received: neither. Give both folders.")
    if source is None:
        if artist is None:
            raise ConfigError("an artist, a source or two folders must be given. Received: none of them.")
        return _default_source(artists.find(artist))
    if artist is None and source != "sample":
        raise ConfigError(f"source {source!r} needs an artist. Received: none. See `copyart artists`.")
    return source


def _default_source(artist: artists.Artist) -> str:
    if not (artist.kaggle_folder or artist.tfds_config):
        raise DataError(
            f"this artist needs your own training pictures. Received: {artist.name}, who is neither in the Kaggle set "
            "nor in TFDS. Give them with --photos DIR --art DIR."
        )
    return "kaggle" if artist.kaggle_folder else "tfds"


def _quoted_folders(folders: Folders | None) -> str:
    return "none" if folders is None else repr(str(folders))


def pictures_in_folders(folders: Folders) -> list[Path]:
    """Return the paths of the pictures in one folder, or in several folders in the given order.

    Raises:
        DataError: as for `list_images`.
    """
    if isinstance(folders, (str, os.PathLike)):
        folders = [folders]
    return [path for folder in folders for path in list_images(Path(folder))]


def _find_kaggle_files(
    artist: artists.Artist, progress: Callable[[int, int], None] | None
) -> tuple[list[Path], list[Path]]:
    from copyart.data import kaggle

    if not artist.kaggle_folder:
        kaggle.painting_files(".", artist)  # raises an error that names other sources, before any download
    paintings = kaggle.painting_files(kaggle.download(kaggle.ART_DATASET, progress), artist)
    return kaggle.photo_files(kaggle.download(kaggle.PHOTO_DATASET, progress)), paintings


def _find_tfds_files(artist: artists.Artist, cache_dir: str | os.PathLike | None) -> tuple[list[Path], list[Path]]:
    from copyart.data import tfds

    if not artist.tfds_config:
        kaggle = "--source kaggle, or " if artist.kaggle_folder else ""
        raise DataError(
            f"TFDS has paintings of only four artists: Monet, Cezanne, Van Gogh and Ukiyo-e. Received: {artist.name}. "
            f"Try {kaggle}your own pictures with --photos DIR --art DIR."
        )
    return tfds.export(artist.tfds_config, cache_folder(cache_dir))
