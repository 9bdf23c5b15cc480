"""The table of artists: names, years, movements, and which data sets have their paintings."""

import csv
import difflib
import functools
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from copyart.errors import ArtistError

#: The table of artists, one per line: those of the Kaggle set, in the set's order and spelling, then Ukiyo-e and two
#: Ukiyo-e masters.
_TABLE = Path(__file__).with_name("artists.csv")
#: In 2026, works of artists who died before this year are in the public domain where copyright lasts life + 70 years.
_FREE_IF_DIED_BEFORE = 2026 - 70
#: Artists whose own country protects works longer: in Mexico, for life + 100 years. Their styles are not bundled.
_PROTECTED_LONGER = {"kahlo"}
# Ends of full names that are not names by themselves.
_EPITHETS = {"theelder", "elder", "lancien"}
# Code pages with which unzip tools misread UTF-8 names. The Kaggle set has a name that was misread twice, as cp437.
_CODE_PAGES = ("cp437", "cp1252", "latin-1")


@dataclass(frozen=True)
class Artist:
    """A painter, or a school of painters, whose style can be trained.

    Args:
        slug: short name for paths and the command line, lower-case ASCII.
        name: the name to show.
        french_name: the name in French.
        years: birth and death, as in `"1840-1926"` or `"c. 1450-1516"`; for a school, its centuries.
        movement: the movement in the history of art, in English.
        kaggle_folder: folder of the artist in the Kaggle set. Defaults to None: not in that set.
        tfds_config: configuration of the TFDS set `cycle_gan`. Defaults to None: not in that set.
        aliases: further names by which `find` finds this artist. Defaults to none.
    """

    slug: str
    name: str
    french_name: str
    years: str
    movement: str
    kaggle_folder: str | None = None
    tfds_config: str | None = None
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The slug, the full names and the aliases of the artist, in this order."""
        return (self.slug, self.name, self.french_name, *self.aliases)

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources of this artist's paintings. `"folders"`, the user's own pictures, is always one of them."""
        kaggle = ("kaggle",) if self.kaggle_folder else ()
        tfds = ("tfds",) if self.tfds_config else ()
        return (*kaggle, *tfds, "folders")

    @property
    def public_domain(self) -> bool:
        """Whether the works are in the public domain in 2026, under life + 70 years and in the artist's own country."""
        died = int(re.findall(r"\d{4}", self.years)[-1])
        return died < _FREE_IF_DIED_BEFORE and self.slug not in _PROTECTED_LONGER


@functools.cache
def all_artists() -> tuple[Artist, ...]:
    """Return every artist that Copyart knows, in the order of the Kaggle set."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(_artist_from_row(row) for row in csv.DictReader(file))


def _artist_from_row(row: dict[str, str]) -> Artist:
    return Artist(
        slug=row["slug"],
        name=row["name"],
        french_name=row["french_name"] or row["name"],
        years=row["years"],
        movement=row["movement"],
        kaggle_folder=row["kaggle_folder"] or None,
        tfds_config=row["tfds_config"] or None,
        aliases=tuple(row["aliases"].split("; ")) if row["aliases"] else (),
    )


def fold_name(text: str) -> str:
    """Reduce a name to plain letters and digits, so that different spellings compare equal.

    Args:
        text: any spelling: composed or decomposed accents, any case, spaces, underscores, hyphens.

    Returns:
        The letters and digits alone, lower-case and without accents.

    Example:
        >>> fold("Albrecht_Dürer")
        'albrechtdurer'
    """
    return "".join(c for c in unicodedata.normalize("NFKD", text).lower() if c.isalnum())


def possible_spellings(name: str, depth: int = 3) -> Iterator[str]:
    """Yield a name, and its possible originals if a wrong code page mangled it.

    Args:
        name: for example the name of a folder that was unzipped.
        depth: how many times the name may have been mangled. Defaults to 3.
    """
    name = unicodedata.normalize("NFC", name)
    yield name
    for page in _CODE_PAGES if depth and not name.isascii() else ():
        try:
            before = name.encode(page).decode("utf-8")
        except UnicodeError:
            continue
        yield from possible_spellings(before, depth - 1)


def find(name: str | Artist) -> Artist:
    """Find an artist by name.

    Args:
        name: slug, English or French name, alias, Kaggle folder (mangled by unzipping or not), or any of these
            without the first names, in any spelling that `fold_name` makes equal. An `Artist` is returned unchanged.

    Raises:
        ArtistError: if no artist or several artists have that name. The message suggests the nearest ones.

    Example:
        >>> find("Vincent_van_Gogh").slug
        'vangogh'
        >>> find("Le Caravage").slug
        'caravaggio'
    """
    if isinstance(name, Artist):
        return name
    for spelling in possible_spellings(str(name)):
        if len(found := _artists_by_name().get(fold_name(spelling), ())) == 1:
            return found[0]
    raise _unknown_artist_error(str(name))


def find_movement(name: str) -> str:
    """Find a movement by name, and return it in the table's spelling.

    Args:
        name: the movement in any spelling that `fold_name` makes equal.

    Raises:
        ArtistError: if no artist belongs to that movement. The message lists the movements.
    """
    movements = {fold_name(artist.movement): artist.movement for artist in all_artists()}
    if (found := movements.get(fold_name(name))) is None:
        raise ArtistError(
            f"A movement must be one of {', '.join(sorted(movements.values()))}. Received: {name[:80]!r}."
        )
    return found


@functools.cache
def _artists_by_name() -> dict[str, tuple[Artist, ...]]:
    """Return the artists for each folded name. Only a name without first names can belong to several artists."""
    full = {fold_name(name): (artist,) for artist in all_artists() for name in artist.names}
    return _group_artists(_without_first_names) | full


@functools.cache
def _artists_by_word() -> dict[str, tuple[Artist, ...]]:
    """Return the artists for each word of their names, to suggest artists for a first name or a misspelt surname."""
    return _group_artists(lambda name: [word for word in name.split() if len(word) > 3])


def _group_artists(parts_of: Callable[[str], list[str]]) -> dict[str, tuple[Artist, ...]]:
    groups: dict[str, dict[Artist, None]] = {}  # a dictionary instead of a set, to keep the order of the table
    for artist in all_artists():
        for name in artist.names:
            for part in parts_of(name):
                groups.setdefault(fold_name(part), {})[artist] = None
    return {key: tuple(group) for key, group in groups.items()}


def _without_first_names(name: str) -> list[str]:
    words = name.split()
    shorter = [" ".join(words[start:]) for start in range(1, len(words))]
    return [rest for rest in shorter if fold_name(rest) not in _EPITHETS]


def _unknown_artist_error(name: str) -> ArtistError:
    key = fold_name(name)
    shared = _artists_by_name().get(key) or _artists_by_word().get(key, ())
    must = "An artist's name must be unambiguous" if shared[1:] else "An artist must be in Copyart's table"
    nearest = ", ".join(artist.name for artist in shared or _nearest_artists(key))
    hint = f"Did you mean {nearest}? " if nearest else ""
    return ArtistError(f"{must}. Received: {name[:80]!r}. {hint}`copyart artists` lists them all.")


def _nearest_artists(key: str) -> list[Artist]:
    candidates = _artists_by_word() | _artists_by_name()
    close = difflib.get_close_matches(key[:80], candidates, n=5, cutoff=0.65)
    return list(dict.fromkeys(artist for match in close for artist in candidates[match]))[:3]
