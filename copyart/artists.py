"""Who can be copied, and where their paintings lie."""

import difflib
import unicodedata
from dataclasses import dataclass

from copyart.errors import ArtistError


@dataclass(frozen=True)
class Artist:
    """One painter, or one school of painters, whose manner can be learnt.

    Args:
        slug: short name for paths and the command line, lower-case ASCII.
        name: the name to show.
        aliases: further names that find this artist. Defaults to none.
        kaggle_folder: folder of the artist in the Kaggle set. Defaults to None: not in that set.
        tfds_config: configuration of the TFDS set `cycle_gan`. Defaults to None: not in that set.
    """

    slug: str
    name: str
    aliases: tuple[str, ...] = ()
    kaggle_folder: str | None = None
    tfds_config: str | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the sources that hold this artist's paintings; two folders always work."""
        kaggle = ("kaggle",) if self.kaggle_folder else ()
        tfds = ("tfds",) if self.tfds_config else ()
        return (*kaggle, *tfds, "folders")


def _artist(slug: str, name: str, *aliases: str, tfds: str | None = None) -> Artist:
    # The Kaggle set spells each folder as the name with underscores, accents and hyphens included.
    return Artist(slug, name, aliases, kaggle_folder=name.replace(" ", "_"), tfds_config=tfds)


# The order and the spelling of `artists.csv` in the Kaggle set; Ukiyo-e is in TFDS only.
_ARTISTS = (
    _artist("modigliani", "Amedeo Modigliani"),
    _artist("kandinsky", "Vasiliy Kandinskiy", "Kandinskiy", "Wassily Kandinsky", "Vasily Kandinsky"),
    _artist("rivera", "Diego Rivera"),
    _artist("monet", "Claude Monet", tfds="monet2photo"),
    _artist("magritte", "Rene Magritte"),
    _artist("dali", "Salvador Dali"),
    _artist("manet", "Edouard Manet"),
    _artist("rublev", "Andrei Rublev", "Andrey Rublev"),
    _artist("vangogh", "Vincent van Gogh", "Gogh", tfds="vangogh2photo"),
    _artist("klimt", "Gustav Klimt"),
    _artist("bosch", "Hieronymus Bosch", "Jheronimus Bosch"),
    _artist("malevich", "Kazimir Malevich", "Kasimir Malevich"),
    _artist("vrubel", "Mikhail Vrubel"),
    _artist("picasso", "Pablo Picasso"),
    _artist("rubens", "Peter Paul Rubens", "Pieter Paul Rubens"),
    _artist("renoir", "Pierre-Auguste Renoir", "Auguste Renoir"),
    _artist("goya", "Francisco Goya", "Francisco de Goya"),
    _artist("kahlo", "Frida Kahlo", "Frida"),
    _artist("elgreco", "El Greco", "Greco"),
    _artist("durer", "Albrecht Dürer", "Duerer", "Albrecht Duerer"),
    _artist("sisley", "Alfred Sisley"),
    _artist("bruegel", "Pieter Bruegel", "Brueghel", "Pieter Brueghel", "Pieter Bruegel the Elder"),
    _artist("chagall", "Marc Chagall"),
    _artist("giotto", "Giotto di Bondone"),
    _artist("botticelli", "Sandro Botticelli"),
    _artist("caravaggio", "Caravaggio"),
    _artist("leonardo", "Leonardo da Vinci", "da Vinci"),
    _artist("velazquez", "Diego Velazquez"),
    _artist("matisse", "Henri Matisse"),
    _artist("vaneyck", "Jan van Eyck", "Eyck"),
    _artist("degas", "Edgar Degas"),
    _artist("rembrandt", "Rembrandt", "Rembrandt van Rijn"),
    _artist("titian", "Titian", "Tiziano"),
    _artist("toulouse-lautrec", "Henri de Toulouse-Lautrec", "Lautrec"),
    _artist("courbet", "Gustave Courbet"),
    _artist("pissarro", "Camille Pissarro"),
    _artist("turner", "William Turner", "J. M. W. Turner", "Joseph Mallord William Turner"),
    _artist("munch", "Edvard Munch"),
    _artist("cezanne", "Paul Cezanne", tfds="cezanne2photo"),
    _artist("delacroix", "Eugene Delacroix"),
    _artist("rousseau", "Henri Rousseau"),
    _artist("seurat", "Georges Seurat"),
    _artist("klee", "Paul Klee"),
    _artist("mondrian", "Piet Mondrian"),
    _artist("miro", "Joan Miro"),
    _artist("warhol", "Andy Warhol"),
    _artist("gauguin", "Paul Gauguin"),
    _artist("raphael", "Raphael", "Raffaello", "Raffaello Sanzio"),
    _artist("michelangelo", "Michelangelo", "Michelangelo Buonarroti"),
    _artist("pollock", "Jackson Pollock"),
    Artist("ukiyoe", "Ukiyo-e", tfds_config="ukiyoe2photo"),
)


def fold(text: str) -> str:
    """Reduce a name to its bare letters and digits, so that spellings of one name compare equal.

    Args:
        text: any spelling: accents composed or not, any case, spaces, underscores, hyphens.

    Returns:
        The letters and digits alone, lower-case and without accents.

    Example:
        >>> fold("Albrecht_Dürer")
        'albrechtdurer'
    """
    return "".join(c for c in unicodedata.normalize("NFKD", text).lower() if c.isalnum())


def all_artists() -> tuple[Artist, ...]:
    """Return every artist that Copyart knows, in the order of the Kaggle set."""
    return _ARTISTS


def find(name: str | Artist) -> Artist:
    """Return the artist whom a name means.

    Args:
        name: slug, name, alias or Kaggle folder, in any spelling that `fold` makes equal;
            an `Artist` is returned as it is.

    Raises:
        ArtistError: no artist answers to that name; the message holds the nearest ones.

    Example:
        >>> find("Vincent_van_Gogh").slug
        'vangogh'
    """
    if isinstance(name, Artist):
        return name
    found = _BY_FOLDED_NAME.get(fold(str(name)))
    if found is None:
        raise ArtistError(
            f"An artist must be one that Copyart knows. Received: {str(name)[:80]!r}. "
            f"{_suggestion(str(name))}`copyart artists` lists them all."
        )
    return found


def _names(artist: Artist) -> tuple[str, ...]:
    return (artist.slug, artist.name, *artist.aliases)


def _suggestion(name: str) -> str:
    # Single words count too, so that a misspelt surname or first name is enough.
    words = {fold(word): artist for artist in _ARTISTS for word in artist.name.split() if len(word) > 3}
    candidates = words | _BY_FOLDED_NAME
    close = difflib.get_close_matches(fold(name), candidates, n=5, cutoff=0.65)
    nearest = list(dict.fromkeys(candidates[key].name for key in close))[:3]
    return f"Did you mean {', '.join(nearest)}? " if nearest else ""


_BY_FOLDED_NAME = {fold(name): artist for artist in _ARTISTS for name in _names(artist)}
