"""Load the data of a run: from files to batches `(photos, art)`, float32 in [-1, 1], for the backend of Keras."""

import hashlib
import importlib
import itertools
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import numpy as np
from PIL import Image

from copyart.config import TrainingConfig
from copyart.data.images import resize
from copyart.data.order import EpochOrder, held_out_order, training_order
from copyart.data.report import DataReport
from copyart.data.sources import Folders, find_files
from copyart.data.split import choose_held_out
from copyart.data.store import Pictures, Selection, decode_once
from copyart.errors import ConfigError, DataError

#: A `tf.data.Dataset` under TensorFlow, else a `NumpyBatches`. `Any` avoids importing either module for a type.
Batches = Any

#: Maximum number of held-out photos, and of pictures of each domain in a validation pass. More would add no precision.
_MOST_PHOTOS, _MOST_PAIRS = 100, 32


def load_data(
    artist: str | None = None,
    source: str | None = None,
    *,
    photos: Folders | None = None,
    art: Folders | None = None,
    image_size: int = 256,
    load_size: int | None = None,
    batch_size: int = 1,
    seed: int = 0,
    validation_fraction: float = 0.05,
    resized_crops: bool = False,
    cache_dir: str | os.PathLike | None = None,
    progress: Callable[[int, int], None] | None = None,
    download_progress: Callable[[int, int], None] | None = None,
) -> "Data":
    """Find, decode, check and split the pictures of a training run.

    Args:
        artist: Name of an artist that `copyart artists` lists.
        source: `"kaggle"`, `"tfds"` or `"sample"`. Defaults to the folders if given, else Kaggle, else TFDS.
        photos: A folder of photos, or several. Requires `art`.
        art: A folder of paintings, or several. Requires `photos`.
        image_size: Side of the crops in pixels. Defaults to 256.
        load_size: Side to which pictures are resized before cropping. Defaults to `image_size * 286 / 256`, rounded.
        batch_size: Pairs per batch. Defaults to 1.
        seed: Seed of the order and the crops. Defaults to 0.
        validation_fraction: Share of each domain to hold out, chosen by the files' contents (`copyart.data.split`);
            at most 100 photos. Defaults to 0.05.
        resized_crops: As for `TrainingConfig`. Defaults to False.
        cache_dir: Folder for decoded pictures. Defaults as for `copyart.data.store.cache_folder`.
        progress: Called with the number of files decoded so far, and the total number.
        download_progress: Called with the downloaded and the total bytes.

    Returns:
        `Data`.

    Raises:
        ConfigError: if the arguments contradict each other.
        DataError: if a domain has fewer than two usable pictures.

    Example:
        >>> data = load_data(source="sample", image_size=64)
        >>> photos, art = next(iter(data.train))
        >>> tuple(photos.shape)
        (1, 64, 64, 3)
    """
    checked = TrainingConfig(
        image_size=image_size,
        load_size=load_size,
        batch_size=batch_size,
        seed=seed,
        validation_fraction=validation_fraction,
    )
    files = find_files(artist, source, photos=photos, art=art, cache_dir=cache_dir, progress=download_progress)
    total, side = sum(map(len, files)), cast(int, checked.load_size)
    domains, done = [], 0
    for group in files:
        domains.append(
            decode_once(
                group, side, cache_dir, _progress_over_both_domains(progress, done, total), photos=group is files[0]
            )
        )
        done += len(group)
    photo_pictures, art_pictures = domains
    return Data(photo_pictures, art_pictures, image_size, side, batch_size, seed, validation_fraction, resized_crops)


def _progress_over_both_domains(
    progress: Callable[[int, int], None] | None, done: int, total: int
) -> Callable[[int, int], None] | None:
    """Return a progress function for one domain. It adds `done`, the files of the other domain, and reports `total`."""
    return progress and (lambda count, _: progress(done + count, total))


class Data:
    """The pictures of a run, split and batched.

    Args:
        photos: `Pictures` of the photo domain.
        art: `Pictures` of the art domain.
        image_size: Side of the crops in pixels.
        load_size: Side to which pictures are resized before cropping.
        batch_size: Pairs per batch.
        seed: Seed of the order and the crops.
        validation_fraction: Share of each domain to hold out; at most 100 photos.
        resized_crops: As for `TrainingConfig`. Defaults to False.

    Raises:
        DataError: if a domain has fewer than two usable pictures.
        ConfigError: if a batch would hold more pairs than an epoch.
    """

    def __init__(
        self,
        photos: Pictures,
        art: Pictures,
        image_size: int,
        load_size: int,
        batch_size: int,
        seed: int,
        validation_fraction: float,
        resized_crops: bool = False,
    ):
        self.resized_crops = resized_crops
        self.image_size, self.load_size = image_size, load_size
        self.batch_size, self.seed = batch_size, seed
        self._report = DataReport(photos.records, art.records, load_size)
        require_two_pictures("photos", photos)
        require_two_pictures("paintings", art)
        unseen_photos = choose_held_out(photos.digests, min(validation_fraction, _MOST_PHOTOS / len(photos)))
        unseen_art = choose_held_out(art.digests, validation_fraction)
        self.train_photos, self.held_out_photos = photos.select(~unseen_photos), photos.select(unseen_photos)
        self.train_art, self.held_out_art = art.select(~unseen_art), art.select(unseen_art)
        self._order: tuple[int, EpochOrder] | None = None
        self.steps_per_epoch = max(len(self.train_photos), len(self.train_art)) // batch_size
        if not self.steps_per_epoch:
            raise ConfigError(
                f"batch_size must not exceed the pictures of the longer domain. Received: {batch_size=} "
                f"with {len(self.train_photos)} photos and {len(self.train_art)} paintings"
            )

    @property
    def train(self) -> Batches:
        """Training batches. Each pass is a new epoch with a new order and new crops."""
        firsts = itertools.count(0, self.steps_per_epoch)
        return self._train_batches(lambda: next(firsts), self.steps_per_epoch)

    def train_from(self, step: int) -> Batches:
        """Return endless training batches that continue a run from a given step.

        Args:
            step: Number of steps already taken since the first epoch began.

        Returns:
            An endless sequence of `(photos, art)`, each float32 in [-1, 1], shape (batch_size, image_size, image_size,
            3): a `tf.data.Dataset` under TensorFlow, else a `keras.utils.PyDataset` of the same batches. Epochs of
            `steps_per_epoch` batches follow one another.
        """
        return self._train_batches(lambda: step)

    def _train_batches(self, first: Callable[[], int], count: int | None = None) -> Batches:
        return self._batches(self._pairs_of_step, self.train_photos, self.train_art, first, count)

    @property
    def validation(self) -> Batches:
        """Batches of the held-out pictures, at most 32 of each domain, with central crops; the same in every pass."""
        domains = self.held_out_photos, self.held_out_art
        photos, art = (min(len(domain), _MOST_PAIRS) for domain in domains)
        order = held_out_order(photos, art, self.load_size, self.image_size, self.batch_size)
        return self._batches(
            lambda step: self._pairs_of_batch(order, step), *domains, lambda: 0, len(order) // self.batch_size
        )

    def samples(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Return fixed, uncropped held-out pictures for sample grids.

        Args:
            count: Number of pictures of each domain; fewer are returned if fewer are held out.

        Returns:
            Photos and art, each float32, shape (at most count, image_size, image_size, 3), in [-1, 1].
        """
        domains = self.held_out_photos, self.held_out_art
        photos, art = (_resized_pictures(domain, min(count, len(domain)), self.image_size) for domain in domains)
        return photos, art

    def fingerprint(self) -> str:
        """Return a hash of the contents of the training pictures, which does not depend on their names or order."""
        parts = ["\n".join(sorted(part.digests)) for part in (self.train_photos, self.train_art)]
        return hashlib.blake2b("\n\n".join(parts).encode(), digest_size=16).hexdigest()

    def report(self) -> DataReport:
        """Return the report about the files: counts, sizes, and skipped files with the reasons."""
        return self._report

    def files_of(self, step: int) -> tuple[list[Path], list[Path]]:
        """Return the paths of the photos and of the art in a training step."""
        rows = self._pairs_of_step(step)
        photos = [self.train_photos.files[row[0]] for row in rows]
        return photos, [self.train_art.files[row[5]] for row in rows]

    def _pairs_of_step(self, step: int) -> np.ndarray:
        epoch, place = divmod(step, self.steps_per_epoch)
        latest = self._order  # read once, because another thread may store another epoch here
        if latest is None or latest[0] != epoch:
            shape = len(self.train_photos), len(self.train_art), self.load_size, self.image_size
            latest = self._order = epoch, training_order(*shape, self.seed, epoch, self.resized_crops)
        return self._pairs_of_batch(latest[1], place)

    def _pairs_of_batch(self, order: EpochOrder, place: int) -> np.ndarray:
        """Return the pairs of a batch, int64 (batch, 10): a photo and its crop, then a painting and its crop.

        Args:
            place: Number of the batch in its epoch, from 0.
        """
        part = slice(place * self.batch_size, (place + 1) * self.batch_size)
        photos, art = order.photos[part, None], order.art[part, None]
        return np.concatenate([photos, order.photo_crops[part], art, order.art_crops[part]], axis=1)

    def _batches(
        self,
        pairs_of: Callable[[int], np.ndarray],
        photos: Selection,
        art: Selection,
        first: Callable[[], int],
        count: int | None,
    ) -> Batches:
        size = self.image_size

        def crop(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return photos.crop(rows[:, 0], rows[:, 1:5], size), art.crop(rows[:, 5], rows[:, 6:10], size)

        return _batch_module().batches(pairs_of, crop, (self.batch_size, size, size, 3), first, count)


def _batch_module() -> ModuleType:
    """Return the module that makes batches for Keras' backend."""
    import keras

    backend = keras.backend.backend()
    return importlib.import_module(f"copyart.data.{'tensorflow' if backend == 'tensorflow' else 'numpy'}_batches")


def _resized_pictures(domain: Selection, count: int, size: int) -> np.ndarray:
    pictures = [resize(Image.fromarray(domain.images[number]), size) for number in domain.numbers[:count]]
    return np.stack([np.asarray(picture, np.float32) for picture in pictures]) / 127.5 - 1.0


def require_two_pictures(what: str, domain: Pictures, purpose: str = "training") -> None:
    """Check that a domain has at least two usable pictures: one to train on and one to hold out.

    Args:
        what: What to call the pictures in the error message.
        domain: The pictures.
        purpose: What needs the pictures, for the error message. Defaults to "training".

    Raises:
        DataError: if there are fewer than two.
    """
    if len(domain) < 2:
        raise DataError(
            f"{purpose} needs at least 2 usable {what}, one to train on and one held out. Received: {len(domain)} of "
            f"{len(domain.records)} files{_first_skip_reason(domain)}. Add more pictures."
        )


def _first_skip_reason(domain: Pictures) -> str:
    skipped = [record for record in domain.records if not record.kept]
    return f" ({skipped[0].path.name}: {skipped[0].verdict})" if skipped else ""
