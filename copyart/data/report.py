"""The data report: check every picture of a data set in one pass before training, and pass on the good ones."""

import hashlib
import os
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from copyart.data.images import flatten, read_image, resize
from copyart.data.painting_mark import is_marked
from copyart.data.read_ahead import read_ahead
from copyart.data.split import content_digest
from copyart.errors import ImageError

KEPT = ("ok", "small")
SKIPPED = ("unreadable", "painted", "too small", "uniform", "duplicate")
# Minimum standard deviation of the brightness (0…255). A blank page or a black film frame has less, even if noisy.
UNIFORM_DEVIATION = 4.0
_SHOWN = 10


@dataclass(frozen=True)
class FileRecord:
    """The result of checking one file.

    Args:
        path: the file.
        width, height: size in pixels of the upright picture; None if the verdict is "unreadable" or "painted".
        bytes: size of the file; 0 if it is missing.
        verdict: "ok"; "small" (kept, but enlarged); or the reason for skipping: "unreadable", "painted" (a
            painting by Copyart among photos), "too small", "uniform", "duplicate".
        detail: one line that explains the verdict; empty for "ok".
        digest: `copyart.data.split.content_digest` of a kept or duplicate file; empty for other files.
    """

    path: Path
    width: int | None
    height: int | None
    bytes: int
    verdict: str
    detail: str = ""
    digest: str = ""

    @property
    def kept(self) -> bool:
        """Whether training uses the file."""
        return self.verdict in KEPT


def scan_files(
    files: Sequence[str | os.PathLike],
    size: int,
    keep: Callable[[int, np.ndarray], object] | None = None,
    *,
    photos: bool = False,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[FileRecord]:
    """Decode every file once, check it, and pass each good picture to `keep`.

    At most a few pictures per worker are in memory. The result does not depend on the number of workers.

    Args:
        files: paths of pictures, as `list_images` returns them.
        size: side in pixels to which the kept pictures are resized (bicubic, antialiased, square).
            A picture whose shorter side is less than half of `size` is skipped. It would have to be enlarged more than
            twice, and blurred pictures teach the network to blur.
        keep: called in the caller's thread for each good picture, in the order of `files`, with its index in `files`
            and its pixels, uint8 (size, size, 3), RGB, blended with white where it is transparent.
        photos: whether the files should be photos; paintings by Copyart are then skipped. Defaults to False.
        workers: threads that decode. Defaults to the number of processors, 8 at most.
        progress: called after each file with the finished and the total number of files.

    Returns:
        One record per file, in the order of `files`. The first of several pixel-identical pictures is kept.
    """
    workers = min(8, os.cpu_count() or 1) if workers is None else workers
    records: list[FileRecord] = []
    seen: dict[bytes, Path] = {}

    def inspect(path: str | os.PathLike) -> tuple[FileRecord, np.ndarray | None]:
        return _inspect_file(Path(path), size, photos)

    for index, found in enumerate(read_ahead(inspect, files, workers=workers, ahead=2 * workers)):
        record, picture = found.result()
        if picture is not None:
            record = _mark_duplicate(record, picture, seen)
        if record.kept and picture is not None and keep is not None:
            keep(index, picture)
        records.append(record)
        if progress is not None:
            progress(len(records), len(files))
    return records


def _inspect_file(path: Path, size: int, photos: bool) -> tuple[FileRecord, np.ndarray | None]:
    """Check one file, except for duplicates. Return its record, and its resized picture or None if it is unusable."""
    length = _file_size(path)
    if photos and is_marked(path):
        return FileRecord(path, None, None, length, "painted", "painted by Copyart"), None
    try:
        image = flatten(read_image(path))
    except ImageError as error:
        return FileRecord(path, None, None, length, "unreadable", str(error)), None
    shorter, minimum = min(image.size), size // 2
    if shorter < minimum:
        detail = f"{image.width} × {image.height} pixels, shorter than {minimum}"
        return FileRecord(path, *image.size, length, "too small", detail), None
    picture = resize(image, size)
    deviation = float(np.std(np.asarray(picture.convert("L"))))
    if deviation < UNIFORM_DEVIATION:
        detail = f"one tone: its brightness varies by {deviation:.1f} of 255 grey levels"
        return FileRecord(path, *image.size, length, "uniform", detail), None
    verdict = "small" if shorter < size else "ok"
    detail = f"{image.width} × {image.height} pixels, enlarged to {size}" if verdict == "small" else ""
    return FileRecord(path, *image.size, length, verdict, detail, content_digest(path)), np.asarray(picture)


def _file_size(path: Path) -> int:
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0


def _mark_duplicate(record: FileRecord, picture: np.ndarray, seen: dict[bytes, Path]) -> FileRecord:
    pixels = hashlib.blake2b(np.ascontiguousarray(picture).data, digest_size=16)
    pixels.update(f"{record.width}x{record.height}".encode())
    digest = pixels.digest()
    if digest not in seen:
        seen[digest] = record.path
        return record
    return replace(record, verdict="duplicate", detail=f"the same picture as {_printable_path(seen[digest])}")


@dataclass(frozen=True)
class DataReport:
    """The report about both domains: counts, sizes, and each skipped file with its reason.

    Args:
        photo, art: the records of the two domains, as `scan_files` returns them.
        size: side in pixels to which the pictures are resized.
    """

    photo: tuple[FileRecord, ...]
    art: tuple[FileRecord, ...]
    size: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "photo", tuple(self.photo))
        object.__setattr__(self, "art", tuple(self.art))

    def counts(self) -> dict[str, dict[str, int]]:
        """Return, for "photo" and "art", the numbers of all files, of kept files, and of files with each verdict."""
        return {domain: _count_verdicts(records) for domain, records in self._domains()}

    def skipped(self) -> dict[str, list[FileRecord]]:
        """Return, for "photo" and "art", the records of the files that training does not use."""
        return {domain: [r for r in records if not r.kept] for domain, records in self._domains()}

    def to_dict(self) -> dict:
        """Return counts, sizes and skipped files as plain values that `json` can write."""
        counts, skipped = self.counts(), self.skipped()
        report: dict[str, Any] = {"size": self.size}
        for domain, records in self._domains():
            rows = [{"path": str(r.path), "verdict": r.verdict, "detail": r.detail} for r in skipped[domain]]
            report[domain] = {**counts[domain], **_size_statistics(records), "skipped": rows}
        return report

    def __str__(self) -> str:
        lines = [_summarise_domain(domain, records, self.size) for domain, records in self._domains()]
        for domain, records in self._domains():
            for verdict in SKIPPED:
                lines += _list_skipped_files(domain, verdict, [r for r in records if r.verdict == verdict])
        return "\n".join(lines)

    def _domains(self) -> tuple[tuple[str, tuple[FileRecord, ...]], ...]:
        return ("photo", self.photo), ("art", self.art)


def _count_verdicts(records: Sequence[FileRecord]) -> dict[str, int]:
    verdicts = Counter(record.verdict for record in records)
    kept = sum(verdicts[verdict] for verdict in KEPT)
    return {"files": len(records), "kept": kept} | {name: verdicts[name] for name in KEPT + SKIPPED}


def _size_statistics(records: Sequence[FileRecord]) -> dict[str, list[int] | None]:
    """Return the median width and height of the kept pictures, and the sizes of the smallest and largest by area."""
    sizes = [(r.width, r.height) for r in records if r.kept and r.width and r.height]
    if not sizes:
        return {"median": None, "smallest": None, "largest": None}
    median = [int(statistics.median(sides)) for sides in zip(*sizes, strict=True)]
    by_area = sorted(sizes, key=lambda sides: (sides[0] * sides[1], sides))
    return {"median": median, "smallest": list(by_area[0]), "largest": list(by_area[-1])}


def _summarise_domain(domain: str, records: Sequence[FileRecord], size: int) -> str:
    counts = _count_verdicts(records)
    parts = [f"{domain:<5}  {counts['kept']:,} of {counts['files']:,} files kept"]
    if counts["kept"]:
        median, smallest, largest = (f"{w:,} × {h:,}" for w, h in filter(None, _size_statistics(records).values()))
        parts.append(f"median {median} pixels ({smallest} to {largest})")
    if counts["small"]:
        parts.append(f"{counts['small']:,} smaller than {size}, enlarged")
    return " · ".join(parts)


def _list_skipped_files(domain: str, verdict: str, records: Sequence[FileRecord]) -> list[str]:
    if not records:
        return []
    lines = [f"  {domain}, skipped as {verdict}: {len(records):,}"]
    lines += [f"    {_printable_path(record.path)}: {record.detail}" for record in records[:_SHOWN]]
    if len(records) > _SHOWN:
        lines.append(f"    … and {len(records) - _SHOWN:,} more")
    return lines


def _printable_path(path: Path) -> str:
    """Return the path as text. Characters that would break the line or disturb the terminal are escaped."""
    text = str(path)
    return text if text.isprintable() else repr(text)
