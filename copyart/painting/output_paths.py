"""Choose the output path of each painting. No photo is ever overwritten."""

import glob
import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from copyart.data.animated import is_animation
from copyart.data.decoding import HEIF_SUFFIXES, SUFFIXES
from copyart.data.images import PICTURE_SUFFIXES, SUFFIX_FORMATS, list_images
from copyart.errors import ConfigError
from copyart.styles.mixing import is_mixture

#: As a photo, this stands for standard input; as a painting, for standard output.
STANDARD = "-"
#: Suffixes of films that are read, and of films that are written.
FILM_SUFFIXES = frozenset({".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".mts", ".3gp"})
_WRITTEN_FILMS = (".mp4", ".m4v", ".mov", ".mkv", ".webm")
#: Suffixes of photos whose paintings are written as JPEG.
_STORED_AS_JPEG = (".mpo", *HEIF_SUFFIXES)
#: Suffixes that a painting keeps: all except GIF, which would lose colours, and PPM, which few programs open.
_SUFFIXES = tuple(suffix for suffix in SUFFIX_FORMATS if suffix not in (".gif", ".ppm"))

#: A photo and its painting.
_Job = tuple[Path | str, Path | str]


def output_paths(photos: Sequence[str], out: str | None, style: str) -> list[_Job]:
    """Pair every photo with the path of its painting.

    A folder or a pattern in `photos` may also find earlier paintings. These are skipped. Without `out`, a picture
    counts as an earlier painting if another photo's painting would have its path. With `out`, it does if it lies in
    that folder, but not if all photos do. A photo that is named twice is painted once. If two paintings would have the
    same path, the photos' folders are added to the paths and, where these are equal, their formats too.

    Args:
        photos: Files, folders, patterns such as `*.jpg`, or `-` for standard input.
        out: A file or a named pipe for one photo; a folder; `-` for standard output; None to write next to each photo.
        style: Name or path of the style; it becomes part of the file name of a painting next to its photo.

    Returns:
        Pairs of a photo and its painting, each a `Path` or `-`.

    Raises:
        ConfigError: if a photo does not exist, a pattern matches nothing, two paintings would still have the
            same path, or a painting would overwrite a photo.
        DataError: if a folder contains no picture.
    """
    named = [item for photo in photos for item in _expand_argument(os.path.expanduser(photo))]
    found = list({_photo_identity(item.photo): item for item in reversed(named)}.values())[::-1]
    if out is None:
        found = _drop_earlier_paintings(found, style)
    else:
        out = STANDARD if out == "/dev/stdout" else os.path.expanduser(out)
        found = [item for item in found if not (item.searched and _is_inside_folder(item.photo, out))] or found
    jobs = _pair_with_paths(found, out, style)
    if _has_duplicate_paths(jobs):
        found = _unique_names(found)
        jobs = _pair_with_paths(found, out, style)
    _refuse_collisions(jobs)
    return jobs


class _FoundPhoto(NamedTuple):
    """A photo that an argument names.

    Args:
        photo: Its path, or `-`.
        relative: Its path relative to the named folder; its file name if the argument is a file.
        searched: Whether a search found it, because the argument is a folder or a pattern.
    """

    photo: Any
    relative: Any
    searched: bool = False


def is_stream(path: str | os.PathLike) -> bool:
    """Tell whether a path is a named pipe or a device, which is read and written only once."""
    return os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)


def _is_nameless(photo: Any) -> bool:
    """Tell whether a photo has no file name: `-`, `/dev/stdin`, or a shell's `<(…)`."""
    return photo == STANDARD or (is_stream(photo) and photo.parts[:2] in (("/", "dev"), ("/", "proc")))


def _photo_identity(photo: Any) -> str:
    """Return a key that is the same for all paths of a photo: links to folders are resolved, links to files are not."""
    return photo if photo == STANDARD else os.path.join(os.path.realpath(photo.parent), photo.name)


def _expand_argument(photo: str) -> list[_FoundPhoto]:
    """Return each photo that an argument names."""
    if photo == STANDARD:
        return [_FoundPhoto(STANDARD, None)]
    path = Path(photo)
    if os.path.isdir(photo):
        return [
            _FoundPhoto(picture, picture.relative_to(path), True)
            for picture in list_images(path, PICTURE_SUFFIXES | FILM_SUFFIXES)
        ]
    if not os.path.exists(photo):  # os.path.exists accepts any text; Path.exists raises for some
        return _match_pattern(photo)
    return [_FoundPhoto(path, Path(path.name))]


def _match_pattern(pattern: str) -> list[_FoundPhoto]:
    if not glob.has_magic(pattern):
        raise ConfigError(f"{pattern!r} must exist. Received: a path that does not exist. Check the path.")
    matches = sorted(glob.glob(pattern, recursive=True))
    if not matches:
        raise ConfigError(f"a pattern must match a photo. Received: {pattern}, which matches nothing. Check the path.")
    return [found._replace(searched=True) for match in matches for found in _expand_argument(match)]


def _is_inside_folder(photo: Path | str, folder: str) -> bool:
    return os.path.realpath(photo).startswith(os.path.join(os.path.realpath(folder), ""))


def _pair_with_paths(found: Sequence[_FoundPhoto], out: str | None, style: str) -> list[_Job]:
    return [(photo, _painting_path(photo, relative, out, style, len(found))) for photo, relative, _ in found]


def _has_duplicate_paths(jobs: Sequence[_Job]) -> bool:
    targets = [os.path.realpath(target) for _, target in jobs if target != STANDARD]
    return len(set(targets)) < len(targets)


def _unique_names(found: Sequence[_FoundPhoto]) -> list[_FoundPhoto]:
    """Make equal names of paintings unique by adding their photos' folders and suffixes."""
    named = [item for item in found if not _is_nameless(item.photo)]
    roots = {str(item.photo.absolute())[: -len(str(item.relative)) - 1] or "/" for item in named}
    common = os.path.commonpath(roots) if roots else ""
    apart = [item._replace(relative=Path(os.path.relpath(item.photo.absolute(), common))) for item in named]
    stems = Counter(item.relative.with_suffix("") for item in apart)
    renamed = [
        item._replace(
            relative=item.relative.with_name(f"{item.relative.stem}-{item.relative.suffix[1:]}{item.relative.suffix}")
        )
        if stems[item.relative.with_suffix("")] > 1 and item.relative.suffix.lower() not in _SUFFIXES
        else item
        for item in apart
    ]
    return renamed + [item for item in found if _is_nameless(item.photo)]


def _drop_earlier_paintings(found: Sequence[_FoundPhoto], style: str) -> list[_FoundPhoto]:
    paintings = {
        _photo_identity(_path_beside_photo(item.photo, item.relative, style))
        for item in found
        if not _is_nameless(item.photo)
    }
    return [item for item in found if not (item.searched and _photo_identity(item.photo) in paintings)]


def _painting_path(photo: Any, relative: Path, out: str | None, style: str, count: int) -> Path | str:
    if out == STANDARD or (_is_nameless(photo) and out is None):
        if count > 1:
            raise ConfigError(f"standard output takes one painting. Received: {count} photos. Name a folder with -o.")
        return STANDARD
    if out is None:
        return _path_beside_photo(photo, relative, style)
    target = Path(out)
    if is_stream(target) and count == 1:
        return target
    if not target.is_dir() and not out.endswith(("/", os.sep)) and target.suffix:
        if count == 1:
            return target
        if target.suffix.lower() in SUFFIXES | FILM_SUFFIXES:
            raise ConfigError(
                f"a file takes one painting. Received: -o {out} for {count} photos. Name a folder: {out}/"
            )
    if _is_nameless(photo):
        raise ConfigError(f"a painting from standard input needs a file name. Received: -o {out}. Name a file.")
    return _use_writable_suffix(target / relative, photo)


def _path_beside_photo(photo: Path, relative: Path, style: str) -> Path:
    return _use_writable_suffix(photo.with_name(f"{relative.stem}-{_style_slug(style)}{photo.suffix}"), photo)


def _use_writable_suffix(path: Path, photo: Path) -> Path:
    if not is_stream(photo) and is_animation(photo):
        return path
    suffix = path.suffix.lower()
    if suffix in FILM_SUFFIXES:
        return path if suffix in _WRITTEN_FILMS else path.with_suffix(".mp4")
    if suffix in _SUFFIXES:
        return path
    return path.with_suffix(".jpg" if suffix in _STORED_AS_JPEG else ".png")


def _style_slug(style: str) -> str:
    """Return the style's name for file names: the last part of its path other than `style` and `best`."""
    parts = [part for part in Path(style).parts if part not in ("style", "best", "/", ".")]
    name = style if is_mixture(style) else Path(parts[-1]).stem if parts else "painted"
    return re.sub(r"[^\w-]+", "-", name.lower()).strip("-") or "painted"


def _refuse_collisions(jobs: Sequence[_Job]) -> None:
    photos = {os.path.realpath(photo) for photo, _ in jobs if photo != STANDARD}
    taken = set()
    for photo, target in jobs:
        if target == STANDARD:
            continue
        real = os.path.realpath(target)
        if real in photos:
            raise ConfigError(
                f"a painting must not overwrite a photo. Received: {photo}, whose painting would be written to "
                f"{target}. Name another path with -o, or leave earlier paintings out of the photos."
            )
        if real in taken:
            raise ConfigError(
                f"each painting must have its own path. Received: {target} for two photos, one of them {photo}. Rename "
                "one of the photos."
            )
        taken.add(real)


def standard_format(source: bytes | Path) -> str:
    """Return the format of a painting on standard output: JPEG for JPEG photos, else PNG.

    Args:
        source: The photo: bytes or a path.
    """
    if isinstance(source, bytes):
        return "jpeg" if source.startswith(b"\xff\xd8") else "png"
    with open(source, "rb") as file:
        return standard_format(file.read(2))
