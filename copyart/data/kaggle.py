"""Find the files of the two Kaggle data sets, which are downloaded once and then read from the cache."""

import os
import re
import time
from pathlib import Path

from filelock import FileLock

from copyart.artists import Artist, find, fold_name, possible_spellings
from copyart.data.kaggle_client import OnProgress, fetch
from copyart.data.kaggle_failures import explain_failure, external_exceptions
from copyart.errors import DataError

ART_DATASET = "ikarus777/best-artworks-of-all-time"
PHOTO_DATASET = "adityajn105/flickr8k"

#: Seconds to wait, after an interruption, before the second and the third attempt. kagglehub resumes the download.
RETRY_SECONDS = (1.0, 3.0)

_IMAGE_SUFFIXES = {".jpg", ".jpeg", ".png"}


def download(handle: str, progress: OnProgress | None = None) -> Path:
    """Return the folder of a Kaggle data set. Download it the first time.

    If a version was downloaded completely, the newest such version is used without any request, even if Kaggle has a
    newer one. So this works offline. If two processes need the same set at once, the second waits for the first.

    Args:
        handle: `owner/slug`, or `owner/slug/versions/N` for one version.
        progress: called with the downloaded and the total bytes. Defaults to None: a progress
            bar if stderr is a terminal, else nothing.

    Raises:
        DownloadError: if the download fails. Its one-line message names the cause (credentials, network, disk, a
            damaged archive) and the remedy.
    """
    try:
        found = cached_folder(handle)
        if found is not None:
            return found
        with _download_lock():
            return cached_folder(handle) or _fetch_with_retries(handle, progress)
    except external_exceptions() as error:
        raise explain_failure(error, handle) from error


def cached_folder(handle: str) -> Path | None:
    """Return the folder of the newest complete version in kagglehub's cache, or None. No request is sent."""
    owner, slug, *version = handle.split("/")
    folder = _cache_folder() / "datasets" / owner / slug
    wanted = version[-1] if version else "*"
    markers = (m for m in folder.glob(f"{wanted}.complete") if m.stem.isdecimal())
    for marker in sorted(markers, key=lambda m: int(m.stem), reverse=True):
        if (unpacked := folder / "versions" / marker.stem).is_dir():
            return unpacked
    return None


def painting_files(root: Path | str, artist: str | Artist) -> list[Path]:
    """List one artist's paintings in the unpacked set `ART_DATASET`. Other artists' folders are not read.

    The artist's folder is found in every spelling that unzip tools produce (with composed, decomposed or mangled
    accents). If several folders match, they are merged and each painting is listed once.

    Args:
        root: folder that `download(ART_DATASET)` returned.
        artist: an artist, or any name of one.

    Returns:
        Files in the order of the numbers in their names.

    Raises:
        ArtistError: if no artist has that name.
        DataError: if the artist is not in this set, or the set is not complete.
    """
    artist = find(artist)
    if artist.kaggle_folder is None:
        raise DataError(_missing_artist_message(artist))
    paintings: dict[tuple, Path] = {}
    for folder in _artist_folders(Path(root) / "images" / "images", artist.kaggle_folder):
        for file in _image_files(folder):
            paintings.setdefault(_number_sort_key(file), file)
    if not paintings:
        raise DataError(_missing_images_message(root, f"images/images/{artist.kaggle_folder}", ART_DATASET))
    return [paintings[number] for number in sorted(paintings)]


def photo_files(root: Path | str) -> list[Path]:
    """List the photos in the unpacked set `PHOTO_DATASET`, sorted by name.

    Raises:
        DataError: if the set is not complete.
    """
    folders = [folder for folder in _subfolders(Path(root)) if folder.name.lower() == "images"]
    photos = sorted(file for folder in folders for file in _image_files(folder))
    if not photos:
        raise DataError(_missing_images_message(root, "Images", PHOTO_DATASET))
    return photos


def _fetch_with_retries(handle: str, progress: OnProgress | None) -> Path:
    for seconds in RETRY_SECONDS:
        try:
            return fetch(handle, progress)
        except OSError as error:
            if not _is_interruption(error, handle):
                raise
        time.sleep(seconds)
    return fetch(handle, progress)


def _is_interruption(error: OSError, handle: str) -> bool:
    # A failed connection counts as an interruption, and is retried, only if a part of the archive has been downloaded.
    import requests

    if isinstance(error, requests.ConnectionError | requests.Timeout):
        owner, slug = handle.split("/")[:2]
        return any((_cache_folder() / "datasets" / owner / slug).glob("*.archive"))
    return isinstance(error, requests.exceptions.ChunkedEncodingError)


def _cache_folder() -> Path:
    from kagglehub.config import get_cache_folder

    return Path(get_cache_folder())


def _download_lock() -> FileLock:
    folder = _cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / ".copyart.lock")


def _artist_folders(parent: Path, wanted: str) -> list[Path]:
    matches = [
        folder
        for folder in _subfolders(parent)
        if fold_name(wanted) in {fold_name(spelling) for spelling in possible_spellings(folder.name)}
    ]
    return sorted(matches, key=lambda folder: (folder.name != wanted, folder.name))


def _number_sort_key(file: Path) -> tuple:
    # Files are named `<Folder>_<n>.jpg`. Files with other names come last, and are merged only if their names match.
    match = re.search(r"_(\d+)$", file.stem)
    return (0, int(match[1]), "") if match else (1, 0, fold_name(file.stem))


def _subfolders(parent: Path) -> list[Path]:
    if not parent.is_dir():
        return []
    with os.scandir(parent) as entries:
        return sorted(Path(entry.path) for entry in entries if entry.is_dir())


def _image_files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.suffix.lower() in _IMAGE_SUFFIXES)


def _missing_artist_message(artist: Artist) -> str:
    tfds = f"--source tfds ({artist.tfds_config}) or " if artist.tfds_config else ""
    return (
        f"The Kaggle set {ART_DATASET} must contain the artist. Received: {artist.name}, who is not in it. Use "
        f"{tfds}--photos DIR --art DIR."
    )


def _missing_images_message(root: Path | str, folder: str, handle: str) -> str:
    return (
        f"The data set {handle} must contain images in {folder}/. Received: none in {root}. Delete that folder and run "
        "`copyart download` again."
    )
