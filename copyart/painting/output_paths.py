"""Output paths: which file each painting is written to. No photo is ever overwritten."""

import glob
import os
import re
from collections.abc import Sequence
from pathlib import Path

from copyart.data.animated import is_animation
from copyart.data.decoding import SUFFIXES
from copyart.data.images import SUFFIX_FORMATS, list_images
from copyart.errors import ConfigError
from copyart.styles.mixing import is_mixture

#: Standard input among photos, standard output among paintings.
STANDARD = "-"
#: Films, and the suffixes of those that are written.
FILM_SUFFIXES = frozenset({".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".mts", ".3gp"})
_WRITTEN_FILMS = (".mp4", ".m4v", ".mov", ".mkv", ".webm")
#: Formats that paintings keep; a GIF would lose colours, and few programs open a PPM.
_SUFFIXES = tuple(suffix for suffix in SUFFIX_FORMATS if suffix not in (".gif", ".ppm"))


def output_paths(photos: Sequence[str], out: str | None, style: str) -> list[tuple[Path | str, Path | str]]:
    """Pair every photo with the path of its painting.

    Where paintings are written beside their photos, paintings of an earlier call in the same folder are not painted.

    Args:
        photos: Files, folders, patterns such as `*.jpg`, or `-` for standard input.
        out: A file for one photo, a folder, `-` for standard output, or None: beside each photo.
        style: Name or path of the style; part of the file names of paintings beside their photos.

    Returns:
        Pairs of a photo and its painting, each a `Path` or `-`.

    Raises:
        ConfigError: if a photo does not exist, a pattern matches nothing, several paintings have one path, or a
            painting would overwrite a photo.
        DataError: if a folder holds no picture.
    """
    expansions = [_expand(photo) for photo in photos]
    if out is None:
        expansions = [_without_paintings(pairs, style) for pairs in expansions]
    found = [pair for pairs in expansions for pair in pairs]
    jobs = [(photo, _target(photo, below, out, style, len(found))) for photo, below in found]
    _refuse_collisions(jobs)
    return jobs


def _expand(photo):
    """Return each photo that an argument names, with its path below the named folder."""
    if photo == STANDARD:
        return [(STANDARD, None)]
    path = Path(photo)
    if os.path.isdir(photo):
        return [(picture, picture.relative_to(path)) for picture in list_images(path, SUFFIXES | FILM_SUFFIXES)]
    if not os.path.exists(photo):  # unlike path.exists(), it takes any text
        return _match(photo)
    return [(path, Path(path.name))]


def _match(pattern):
    if not glob.has_magic(pattern):
        raise ConfigError(f"{pattern!r} must exist. Received: a path where there is nothing. Check the path.")
    matches = sorted(glob.glob(pattern, recursive=True))
    if not matches:
        raise ConfigError(f"a pattern must match a photo. Received: {pattern}, which matches none. Check the path.")
    return [pair for match in matches for pair in _expand(match)]


def _without_paintings(pairs, style):
    paintings = {_beside(photo, style) for photo, _ in pairs if photo != STANDARD}
    return [pair for pair in pairs if pair[0] not in paintings]


def _target(photo, below, out, style, count):
    if out == STANDARD or (photo == STANDARD and out is None):
        if count > 1:
            raise ConfigError(f"standard output takes one painting. Received: {count} photos. Name a folder with -o.")
        return STANDARD
    if out is None:
        return _beside(photo, style)
    target = Path(out)
    if not target.is_dir() and not out.endswith(("/", os.sep)) and target.suffix:
        if count == 1:
            return target
        if target.suffix.lower() in SUFFIXES | FILM_SUFFIXES:
            raise ConfigError(
                f"a file takes one painting. Received: -o {out} for {count} photos. Name a folder: {out}/"
            )
    if photo == STANDARD:
        raise ConfigError(f"a painting from standard input needs a file name. Received: -o {out}. Name a file.")
    return _in_writable_format(target / below, photo)


def _beside(photo, style):
    return _in_writable_format(photo.with_stem(f"{photo.stem}-{_slug(style)}"), photo)


def _in_writable_format(path, photo):
    if is_animation(photo):
        return path
    suffix = path.suffix.lower()
    if suffix in FILM_SUFFIXES:
        return path if suffix in _WRITTEN_FILMS else path.with_suffix(".mp4")
    return path if suffix in _SUFFIXES else path.with_suffix(".png")


def _slug(style):
    """Return the style's name for file names: the last part of its path that is not generic."""
    parts = [part for part in Path(style).parts if part not in ("style", "best", "/", ".")]
    name = style if is_mixture(style) else Path(parts[-1]).stem if parts else "painted"
    return re.sub(r"[^\w-]+", "-", name.lower()).strip("-") or "painted"


def _refuse_collisions(jobs):
    photos = {os.path.realpath(photo) for photo, _ in jobs if photo != STANDARD}
    taken = set()
    for photo, target in jobs:
        if target == STANDARD:
            continue
        real = os.path.realpath(target)
        if real in photos:
            raise ConfigError(
                f"a painting must not overwrite a photo. Received: {photo}, whose painting would be written to "
                f"{target}. Name another path with -o, or leave earlier paintings out."
            )
        if real in taken:
            raise ConfigError(
                f"each painting must have its own path. Received: two for {target}, one of them of {photo}. "
                "Paint them in two commands."
            )
        taken.add(real)


def standard_format(source: bytes | Path) -> str:
    """Return the format for a painting on standard output: JPEG for JPEG photos, else PNG.

    Args:
        source: The photo: bytes or a path.
    """
    if isinstance(source, bytes):
        return "jpeg" if source.startswith(b"\xff\xd8") else "png"
    with open(source, "rb") as file:
        return standard_format(file.read(2))
