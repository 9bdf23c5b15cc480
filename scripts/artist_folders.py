"""Find an artist's folders of paintings, PAINTINGS/<artist>, named as in `copyart artists` or in the Kaggle set."""

from pathlib import Path

from copyart.artists import find
from copyart.errors import ArtistError

#: School → the artists whose paintings belong to it.
SCHOOLS = {"Ukiyo-e": ("Ukiyo-e", "Utagawa Hiroshige", "Katsushika Hokusai")}


def artist_name(folder: str) -> str:
    """Return the artist's name in Copyart's spelling. An unknown name is returned unchanged, except for spaces."""
    try:
        return find(folder).name
    except ArtistError:
        return folder.replace("_", " ")


def art_folders(paintings: Path, artist: str) -> list[Path]:
    """Return the folders of an artist's paintings, or of a school's.

    Args:
        paintings: Folder with a folder of paintings for each artist.
        artist: Name of the artist, or of a folder.
    """
    name = artist_name(artist)
    wanted = SCHOOLS.get(name, (name,))
    return [path for path in sorted(paintings.iterdir()) if path.is_dir() and artist_name(path.name) in wanted]
