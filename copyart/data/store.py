"""Store decoded pictures in memory-mapped files, so that each picture is decoded once and not in every epoch."""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from PIL import Image

from copyart.data.atomic_files import atomic_path, remove_leftovers
from copyart.data.images import resize
from copyart.data.report import FileRecord, scan_files
from copyart.errors import DataError, one_line

#: Increase this number when decoding, resizing or the checks change. Stores with another number are not used.
_VERSION = 2


@dataclass(frozen=True)
class Pictures:
    """The usable pictures of one domain.

    Args:
        images: uint8, shape (pictures, size, size, 3), RGB; mapped from disk.
        files: Path of each picture.
        records: The check results of all files, usable or not.
    """

    images: np.ndarray
    files: tuple[Path, ...]
    records: tuple[FileRecord, ...]

    def __len__(self) -> int:
        return len(self.files)

    @property
    def digests(self) -> list[str]:
        """The digest of each usable picture's file."""
        return [record.digest for record in self.records if record.kept]

    def select(self, chosen: np.ndarray) -> "Selection":
        """Return the pictures for which `chosen`, a boolean array of shape (pictures,), is true."""
        numbers, digests = np.flatnonzero(chosen), self.digests
        files = tuple(self.files[number] for number in numbers)
        return Selection(self.images, numbers, files, tuple(digests[number] for number in numbers))


@dataclass(frozen=True)
class Selection:
    """Some of the pictures of a domain, selected without copying them.

    Args:
        images: The images of the whole domain.
        numbers: Indices of the selected images, shape (selected,).
        files: Paths of the selected pictures.
        digests: Digests of the contents of these files.
    """

    images: np.ndarray
    numbers: np.ndarray
    files: tuple[Path, ...]
    digests: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.numbers)

    def crop(self, indices: np.ndarray, crops: np.ndarray, size: int) -> np.ndarray:
        """Crop squares from selected pictures, and resize those of another size.

        Args:
            indices: Indices into the selection, shape (batch,).
            crops: Top, left, side and whether to mirror, shape (batch, 4).
            size: Side of the result in pixels.

        Returns:
            uint8, shape (batch, size, size, 3).
        """
        batch = np.empty((len(indices), size, size, 3), np.uint8)
        for place, (index, (top, left, side, mirror)) in enumerate(zip(indices, crops, strict=True)):
            square = self.images[self.numbers[index], top : top + side, left : left + side]
            if side != size:
                square = np.asarray(resize(Image.fromarray(square), size))
            if mirror:
                # NumPy copies a flipped array pixel by pixel. Copying each channel by itself is five times as fast.
                for channel in range(3):
                    batch[place, ..., channel] = square[:, ::-1, channel]
            else:
                batch[place] = square
        return batch


def cache_folder(cache_dir: str | os.PathLike | None = None) -> Path:
    """Return the cache folder, for files that Copyart can download or create again.

    Args:
        cache_dir: The folder to use. Defaults to $COPYART_CACHE, else `copyart` in $XDG_CACHE_HOME or ~/.cache.
    """
    if cache_dir or os.environ.get("COPYART_CACHE"):
        return Path(os.path.expanduser(cache_dir or os.environ["COPYART_CACHE"]))
    home = os.path.expanduser(os.environ.get("XDG_CACHE_HOME") or "~/.cache")
    if home.startswith("~"):  # no home folder, for example in a container whose user has no account
        return Path(tempfile.gettempdir(), f"copyart-{os.getuid()}")
    return Path(home, "copyart")


def decode_once(
    files: Sequence[Path],
    size: int,
    cache_dir: str | os.PathLike | None = None,
    progress: Callable[[int, int], None] | None = None,
    photos: bool = False,
) -> Pictures:
    """Decode, check and resize pictures. If an earlier call did this for the same files, map its result into memory.

    If several processes need the same pictures, one decodes them and the others wait.

    Args:
        files: Paths of the pictures.
        size: Side in pixels to which the pictures are resized.
        cache_dir: As for `cache_folder`.
        progress: Called with the number of finished files, and the total number.
        photos: Whether the pictures are photos, as for `copyart.data.report.scan_files`. Defaults to False.

    Raises:
        DataError: if the cache cannot be written.
    """
    folder = cache_folder(cache_dir) / "decoded"
    base = folder / _store_key(files, size, photos)
    try:
        found = _read_undamaged_store(base, size)
        return _decode_under_lock(files, size, base, progress, photos) if found is None else found
    except OSError as error:
        raise DataError(
            f"the cache folder must have space for the decoded pictures. Received: {one_line(error)} in {folder}. Free "
            "some space, or set COPYART_CACHE to another folder."
        ) from error


def _store_key(files: Sequence[Path], size: int, photos: bool) -> str:
    digest = hashlib.blake2b(f"{_VERSION} {size} {photos}".encode(), digest_size=16)
    for path in files:
        try:
            status = os.stat(path)
            facts = (status.st_size, status.st_mtime_ns)
        except OSError:
            facts = None
        digest.update(f"{os.path.abspath(path)}\0{facts}\0".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _decode_under_lock(
    files: Sequence[Path], size: int, base: Path, progress: Callable[[int, int], None] | None, photos: bool
) -> Pictures:
    """Write a store under a lock, unless another process has just written it."""
    base.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(base.parent / ".lock"):
        if (found := _read_undamaged_store(base, size)) is not None:
            return found
        remove_leftovers(base.parent)
        _write_store(files, size, base, progress, photos)
        return _read_store(base, size)


def _write_store(
    files: Sequence[Path], size: int, base: Path, progress: Callable[[int, int], None] | None, photos: bool
) -> None:
    """Write the pictures and then the index. A store without an index counts as missing."""
    with atomic_path(base.with_suffix(".json")) as index:
        with atomic_path(base.with_suffix(".u8")) as pixels, open(pixels, "wb") as file:
            records = scan_files(
                files, size, keep=lambda _, picture: file.write(picture.tobytes()), photos=photos, progress=progress
            )
        index.write_text(json.dumps([_record_to_row(record) for record in records]))


def _read_undamaged_store(base: Path, size: int) -> Pictures | None:
    """Map a store into memory. Return None if it is missing or damaged, so that it is created again."""
    try:
        return _read_store(base, size)
    except (FileNotFoundError, ValueError, LookupError, TypeError):
        return None


def _read_store(base: Path, size: int) -> Pictures:
    rows = json.loads(base.with_suffix(".json").read_text())
    records = tuple(FileRecord(Path(row["path"]), *row["facts"]) for row in rows)
    files = tuple(record.path for record in records if record.kept)
    shape = (len(files), size, size, 3)
    images = np.memmap(base.with_suffix(".u8"), np.uint8, "r", shape=shape) if files else np.empty(shape, np.uint8)
    return Pictures(images, files, records)


def _record_to_row(record: FileRecord) -> dict[str, Any]:
    facts = (record.width, record.height, record.bytes, record.verdict, record.detail, record.digest)
    return {"path": str(record.path), "facts": facts}
