"""Open a style from a path, a hub handle, a name or a mixture."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from copyart.artists import find
from copyart.errors import ArtistError, StyleError
from copyart.styles.bundled import bundled_styles
from copyart.styles.folder import CONFIG, read_folder
from copyart.styles.hub import fetch_style
from copyart.styles.mixing import is_mixture, mix_styles, parse_shares
from copyart.styles.packed_file import is_packed, read_packed_file
from copyart.styles.style import Style

#: The sources that `copyart.load` accepts, for error messages.
FORMS = (
    "Give the workdir of a training run, a style folder, a packed style (.copyart), a .keras file, a published .pth "
    "file, a .h5 file of the Keras example, an hf:// or kaggle:// handle, the name of a bundled style, or a mixture "
    "such as monet:0.6,vangogh:0.4"
)


def open_style(source: str | os.PathLike | Mapping[Any, float] | Style) -> Style:
    """Open a style: find it, read its files and check them. Packed styles and styles from hubs must have one of our
    generators.

    Args:
        source: The workdir of a training run, a style folder, a packed style, an `hf://` or `kaggle://` handle, the
            name of an artist with a bundled style (a path takes precedence over a name), or a mixture of these: a
            string such as `monet:0.6,vangogh:0.4`, or a dictionary. A `Style` is returned unchanged.

    Raises:
        StyleError: if there is no such style, it is damaged, or the weights of a mixture cannot be mixed.
        ConfigError: if the shares of a mixture are invalid.
    """
    if isinstance(source, Style):
        return source
    if isinstance(source, Mapping) or is_mixture(source):
        return mix_styles(*open_mixture(source))
    if not is_hub_handle(source):
        return open_local_style(_find_style(source))
    style = open_local_style(fetch_style(os.fspath(source)))
    style.require_copyart_generator()
    return style


def open_mixture(source: str | os.PathLike | Mapping[Any, float]) -> tuple[list[Style], list[float]]:
    """Open the styles of a mixture, and return them with their shares.

    Raises:
        StyleError: if a style cannot be opened.
        ConfigError: if the shares are invalid.
    """
    pairs = parse_shares(source)
    for name, _ in pairs:
        if not isinstance(name, Style) and is_model_file(name):
            raise StyleError(
                f"a mixture must consist of styles. Received: {os.fspath(name)[:200]!r}, a model file. Convert it to a "
                "style first: copyart convert."
            )
    return [open_style(name) for name, _ in pairs], [share for _, share in pairs]


def open_local_style(place: Path) -> Style:
    """Open the style folder or the packed style at a path. A packed style must have one of our generators.

    Raises:
        StyleError: if it is damaged.
    """
    if not is_packed(place):
        return Style.parse(place, read_folder(place))
    style = Style.parse(place, read_packed_file(place))
    style.require_copyart_generator()
    return style


def is_hub_handle(source: str | os.PathLike) -> bool:
    """Tell whether a source is a hub handle, well-formed or not."""
    return os.fspath(source).startswith(("hf://", "kaggle://"))


def is_model_file(source: str | os.PathLike) -> bool:
    """Tell whether a source is a file other than a packed style, such as a `.keras` file or another project's
    weights."""
    # A name may come from a web request. os.path.isfile accepts any string; Path.is_file raises for some strings.
    source = os.path.expanduser(source)
    return os.path.isfile(source) and not is_packed(source) and not is_hub_handle(source)


def ready_style_names() -> str:
    """Return the names of the bundled styles, for error messages."""
    return ", ".join(bundled_styles()) or "none"


def _find_style(source: str | os.PathLike) -> Path:
    """Return the style folder or packed style that a path or an artist's name means."""
    source = os.path.expanduser(source)
    path = Path(source)
    if is_packed(path):
        return path
    if (folder := _style_folder(path) or _bundled_folder(source)) is None:
        raise _missing_style_error(path, _suggest_name(source))
    return folder


def _suggest_name(source: str | os.PathLike) -> str:
    """Return "Did you mean …? " if a name is close to an artist's, else an empty string."""
    try:
        find(os.fspath(source))
    except ArtistError as error:
        return "".join(re.findall(r"Did you mean [^?]*\? ", str(error)))
    return ""


def _style_folder(path: Path) -> Path | None:
    """Return the style folder inside a workdir, the folder itself if it is a style folder, or None."""
    if os.path.isfile(path / "style" / CONFIG):
        return path / "style"
    return path if os.path.isfile(path / CONFIG) and not _is_workdir(path) else None


def _is_workdir(path: Path) -> bool:
    # Style folders and workdirs both have a config.json; only the one of a workdir has the settings of the run.
    try:
        return "settings" in json.loads((path / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError, RecursionError):
        return False


def _bundled_folder(source: str | os.PathLike) -> Path | None:
    """Return the folder of a bundled style by its artist's name, or None if the source is not an artist's name."""
    try:
        artist = find(os.fspath(source))
    except ArtistError:
        return None
    folder = bundled_styles().get(artist.slug)
    if folder is None and not os.path.exists(source):
        raise StyleError(
            f"a name must be that of a bundled style. Received: {os.fspath(source)!r}; {artist.name} has none. "
            f"Bundled: {ready_style_names()}. Train it: copyart train {artist.slug} --workdir DIR, then give DIR."
        )
    return folder


def _missing_style_error(path: Path, suggestion: str) -> StyleError:
    if _is_workdir(path):
        return StyleError(
            f"a workdir must have a saved style before it can paint. Received: {str(path)!r}, without one. Train until "
            "the first checkpoint."
        )
    if os.path.isfile(path):
        return StyleError(
            f"a style must be a style folder, a workdir or a packed style (.copyart) here. Received: {str(path)!r}, "
            "another kind of file. Convert weights to a style first: copyart convert."
        )
    found = "another kind of folder" if os.path.isdir(path) else "which does not exist"
    return StyleError(
        f"a style must exist. Received: {str(path)[:200]!r}, {found}. {suggestion}{FORMS} "
        f"(ready: {ready_style_names()})."
    )
