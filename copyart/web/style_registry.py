"""The style registry: the styles that the server offers, and the lookup of a style by name."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from copyart.artists import fold_name
from copyart.errors import ConfigError
from copyart.styles.bundled import bundled_styles
from copyart.styles.folder import PREVIEW, read_metadata
from copyart.styles.opening import is_model_file, open_style
from copyart.styles.packed_file import is_packed
from copyart.styles.style import Style


@dataclass(frozen=True)
class StyleEntry:
    """One style.

    Args:
        slug: Its name in URLs: lower-case ASCII letters, digits and hyphens.
        name: Its name as shown to users.
        source: Source for `copyart.load`.
        opens: Source for `open_style`: the folder of a bundled style, or an opened style. None for a model file.
        metadata: Its style metadata.
        preview: A painting in this style as JPEG bytes, or None.
    """

    slug: str
    name: str
    source: str
    opens: Path | Style | None = field(default=None, repr=False)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    preview: bytes | None = field(default=None, repr=False)

    @property
    def experimental(self) -> bool:
        """Whether its metadata mark it as experimental."""
        return bool(self.metadata.get("experimental"))


def open_registry(extra: Sequence[str | os.PathLike] = ()) -> dict[str, StyleEntry]:
    """Build the registry, without reading the weights of bundled styles.

    Args:
        extra: Workdirs, style folders, packed styles, `.keras` or `.pth` files to list after the bundled styles.

    Returns:
        Slug → `StyleEntry`, in display order: the bundled styles that are closest to their artists come first.

    Raises:
        StyleError: if a path does not exist, or the style is damaged.
        ConfigError: if two styles have the same name.
    """
    bundled = [_bundled_entry(slug, folder) for slug, folder in bundled_styles().items()]
    registry = {style.slug: style for style in sorted(bundled, key=_gap_closed, reverse=True)}
    for source in extra:
        style = _open_style_entry(os.fspath(source))
        if style.slug in registry:
            raise ConfigError(
                f"styles must have different names. Received: two that are called {style.slug!r}, one of them "
                f"{style.source!r}. Rename its folder."
            )
        registry[style.slug] = style
    return registry


def find_style(registry: dict[str, StyleEntry], name: str) -> StyleEntry | None:
    """Return the style with this slug, or with this name in any spelling. Return None if there is none.

    Args:
        registry: Slug → `StyleEntry`.
        name: Untrusted text. It is only compared and never used as a path.
    """
    if name in registry:
        return registry[name]
    if not re.fullmatch(r"[\w .'’-]{1,100}", name):
        return None
    folded = fold_name(name)
    return next(
        (style for style in registry.values() if folded in (fold_name(style.slug), fold_name(style.name))), None
    )


def _gap_closed(style: StyleEntry) -> float:
    share = style.metadata.get("figures", {}).get("kid", {}).get("gap_closed") or {}
    return share.get("value", 0)


def _open_style_entry(source: str) -> StyleEntry:
    named = Path(os.path.abspath(source))
    if is_model_file(source):
        return StyleEntry(_slug_from_name(named.stem), named.stem, source)
    opened = open_style(source)
    if is_packed(opened.place):
        name = named.stem
    else:
        name = named.parent.name if named.name == "style" else named.name
    return _entry(_slug_from_name(name), source, opened, opened.metadata, opened.preview)


def _bundled_entry(slug: str, folder: Path) -> StyleEntry:
    """Return a bundled style without reading its weights, because most are never used."""
    path = folder / PREVIEW
    return _entry(slug, slug, folder, read_metadata(folder), path.read_bytes() if path.is_file() else None)


def _entry(
    slug: str, source: str, opens: Path | Style, metadata: Mapping[str, Any], preview: bytes | None
) -> StyleEntry:
    return StyleEntry(slug, str(metadata.get("name") or slug), source, opens, metadata, preview)


def _slug_from_name(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "style"
