"""Export the CycleGAN authors' data sets from TensorFlow Datasets to plain image files, once."""

import contextlib
import io
import json
import logging
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock

from copyart.artists import all_artists
from copyart.backend import is_installed
from copyart.data.atomic_files import atomic_path
from copyart.data.kaggle_failures import root_cause
from copyart.errors import DataError, DownloadError, one_line

VERSION = "3.0.0"
WITHOUT_TFDS = "Without it: --source kaggle (not Ukiyo-e), --source sample, or --photos DIR --art DIR."

_MARKER = "complete.json"
_SUFFIXES = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg"}


def export(config: str, cache_dir: Path | str, data_dir: Path | str | None = None) -> tuple[list[Path], list[Path]]:
    """Write the training pictures of a configuration of TFDS' `cycle_gan` as files, unless an earlier call did.

    Each file holds the encoded bytes that TFDS stores, so nothing is compressed twice. Later calls only list the
    files, and need neither the network nor TensorFlow.

    Args:
        config: `monet2photo`, `cezanne2photo`, `ukiyoe2photo` or `vangogh2photo`.
        cache_dir: folder of Copyart's caches; the files go to `tfds/<config>/{photos,art}` in it.
        data_dir: folder in which TFDS keeps its own copy. Defaults to None: the default folder of TFDS.

    Returns:
        The photos and the art, each sorted.

    Raises:
        DataError: if TFDS has no such configuration.
        DownloadError: if TFDS cannot download the set, or the disk is full.

    Reference:
        https://www.tensorflow.org/datasets/catalog/cycle_gan: split A is the art, split B the photos.
    """
    _check_config(config)
    folder = Path(cache_dir) / "tfds" / config
    try:
        if not _is_complete(folder):
            folder.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(folder.with_name(f".{folder.name}.lock")):
                if not _is_complete(folder):
                    _write_pictures_of_config(config, folder, data_dir)
        return _sorted_files(folder / "photos"), _sorted_files(folder / "art")
    except OSError as error:
        raise DownloadError(
            f"the cache folder must have space for the images of {config}. Received: {one_line(error)} in "
            f"{folder.parent}. Free some space or choose another folder, then run the same command again."
        ) from error


def _check_config(config: str) -> None:
    configs = [artist.tfds_config for artist in all_artists() if artist.tfds_config]
    if config not in configs:
        raise DataError(
            f"A TFDS configuration must be one of {', '.join(configs)}. Received: {config!r}. "
            "Other artists work with --source kaggle or --photos DIR --art DIR."
        )


def _write_pictures_of_config(config: str, folder: Path, data_dir: Path | str | None) -> None:
    _require_tensorflow(config)
    with atomic_path(folder) as partial, _suppress_tfds_output():
        builder = _prepare_builder(config, data_dir)
        photos = _write_images(_encoded_images(builder, "trainB"), partial / "photos")
        art = _write_images(_encoded_images(builder, "trainA"), partial / "art")
        (partial / _MARKER).write_text(json.dumps({"photos": photos, "art": art}))
        shutil.rmtree(folder, ignore_errors=True)


def _require_tensorflow(config: str) -> None:
    if is_installed("tensorflow") and is_installed("tensorflow_datasets"):
        return
    # On Python 3.10, tensorflow-metadata, which TFDS needs, requires an older protobuf than TensorFlow does.
    python, advice = "", 'Install it: pip install "copyart[tfds]". Or copy'
    if sys.version_info < (3, 11):
        python, advice = " and Python 3.11 or newer", "Copy"
    raise DataError(
        f"The source tfds needs TensorFlow Datasets{python}. Received: a machine without it. {advice} the folder "
        f"tfds/{config} from the cache of a machine where Copyart has prepared it. {WITHOUT_TFDS}"
    )


def _prepare_builder(config: str, data_dir: Path | str | None) -> Any:
    import tensorflow_datasets as tfds

    try:
        builder = tfds.builder(f"cycle_gan/{config}:{VERSION}", data_dir=data_dir)
        builder.download_and_prepare()
    # TFDS passes on any exception of its downloader, extractor and checksum test.
    except Exception as error:
        raise DownloadError(
            f"TFDS must be able to download cycle_gan/{config}. Received: {root_cause(error)}. "
            f"Check the network and the disk, then run the same command again. {WITHOUT_TFDS}"
        ) from error
    return builder


def _encoded_images(builder: Any, split: str) -> Iterator[bytes]:
    import tensorflow_datasets as tfds

    decoders = {"image": tfds.decode.SkipDecoding()}
    for example in tfds.as_numpy(builder.as_dataset(split=split, decoders=decoders)):
        yield example["image"]


def _write_images(images: Iterable[bytes], folder: Path) -> int:
    folder.mkdir(parents=True)
    count = 0
    for count, image in enumerate(images, start=1):
        suffix = next((suffix for magic, suffix in _SUFFIXES.items() if image.startswith(magic)), ".jpg")
        (folder / f"{count:05d}{suffix}").write_bytes(image)
    return count


def _is_complete(folder: Path) -> bool:
    try:
        counts = json.loads((folder / _MARKER).read_text())
        return all(len(_sorted_files(folder / domain)) == counts[domain] for domain in ("photos", "art"))
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError):
        return False


def _sorted_files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


@contextlib.contextmanager
def _suppress_tfds_output() -> Iterator[None]:
    """Suppress the progress bars, messages and warnings of TFDS."""
    import tensorflow_datasets as tfds

    loggers = [logging.getLogger(name) for name in ("absl", "tensorflow", "urllib3")]
    levels = [logger.level for logger in loggers]
    tfds.disable_progress_bar()
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        tfds.enable_progress_bar()
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
