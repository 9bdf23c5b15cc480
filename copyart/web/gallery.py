"""The styles that a server paints with, and what is shown of them."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from copyart.artists import fold
from copyart.errors import ConfigError
from copyart.painting.loading import style_place
from copyart.styles.bundled import bundled_styles
from copyart.styles.files import METADATA, PREVIEW, parse_json, read_card
from copyart.styles.packed import is_packed, pack_files


@dataclass(frozen=True)
class Style:
    """One style.

    Args:
        slug: Its name in addresses: lower-case ASCII letters, digits and hyphens.
        name: Its name for people.
        source: What `copyart.load` takes.
        place: The style folder or packed style, or None for a model file.
        card: What its metadata say.
        preview: A JPEG of what it paints like, or None.
    """

    slug: str
    name: str
    source: str
    place: Path | None = None
    card: dict = field(default_factory=dict)
    preview: bytes | None = field(default=None, repr=False)

    @property
    def experimental(self):
        """Whether its card says that it is not yet as good as it should be."""
        return bool(self.card.get("experimental"))


def open_gallery(extra=()):
    """Look at the styles, without loading their weights.

    Args:
        extra: Workdirs, style folders, packed styles, `.keras` or `.pth` files to show after the bundled styles.

    Returns:
        Slug → `Style`, in the order to show them: the bundled ones that came closest to their artists first.

    Raises:
        StyleError: There is nothing at a path, or its card is damaged.
        ConfigError: Two styles have the same name.
    """
    bundled = [_from_place(slug, folder, slug) for slug, folder in bundled_styles().items()]
    gallery = {style.slug: style for style in sorted(bundled, key=_closeness, reverse=True)}
    for source in extra:
        style = _look_at(os.fspath(source))
        if style.slug in gallery:
            raise ConfigError(
                f"styles must have different names. Received: two that are called {style.slug!r}, one of them "
                f"{style.source!r}. Rename its folder."
            )
        gallery[style.slug] = style
    return gallery


def find_style(gallery, name):
    """Return the style that a slug or a name in any spelling means, or None.

    Args:
        gallery: Slug → `Style`.
        name: Text from outside; it is compared, and never becomes a path.
    """
    if name in gallery:
        return gallery[name]
    if not re.fullmatch(r"[\w .'’-]{1,100}", name):
        return None
    folded = fold(name)
    return next((style for style in gallery.values() if folded in (fold(style.slug), fold(style.name))), None)


def _closeness(style):
    share = style.card.get("figures", {}).get("kid", {}).get("gap_closed") or {}
    return share.get("value", 0)


def _look_at(source):
    place, named = style_place(source), Path(os.path.abspath(source))
    if place is None:
        return Style(_slug(named.stem), named.stem, source)
    if is_packed(place):
        return _from_place(_slug(named.stem), place, source)
    return _from_place(_slug(named.parent.name if named.name == "style" else named.name), place, source)


def _from_place(slug, place, source):
    card, preview = _shown(place)
    return Style(slug, str(card.get("name") or slug), str(source), place, card, preview)


def _shown(place):
    """Return the card of a style, and its preview or None."""
    if is_packed(place):
        files = pack_files(place)
        return parse_json(place, METADATA, files[METADATA]), files.get(PREVIEW)
    path = place / PREVIEW
    return read_card(place), path.read_bytes() if path.is_file() else None


def _slug(name):
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "style"
