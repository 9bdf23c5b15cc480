"""Real paintings of an evaluation: the held-out ones are the measure, the others give the score of real paintings."""

import hashlib
import os
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from copyart.data.images import list_images, read_image
from copyart.data.split import content_digest, held_out
from copyart.errors import ConfigError
from copyart.evaluation.pictures import Loaded, squeezed

#: Side in pixels of the pictures that are searched for copies by 8×8 cells.
_SMALL = 64


class RealPaintings(NamedTuple):
    """Paintings by an artist, in memory.

    Args:
        measure: Held-out paintings, from which distances are measured.
        others: Training paintings, which give the score of real paintings.
        originals: All training paintings, small and squeezed to squares, to search for copies.
        held_out: The held-out paintings, small and squeezed to squares.
        split: Whether the paintings were split here, by the content of their files.
    """

    measure: Loaded
    others: Loaded
    originals: Loaded
    held_out: np.ndarray
    split: bool


def load_real_paintings(
    art: str | os.PathLike | Sequence,
    training_art: str | os.PathLike | Sequence | None,
    load: Callable[..., Loaded],
) -> RealPaintings:
    """Read an artist's paintings.

    Args:
        art: A folder or list of pictures.
        training_art: A folder or list of the training paintings; all of `art` is then the measure. None splits `art`
            by the content of its files, as in training: about a fifth is the measure.
        load: `copyart.evaluation.pictures.load_pictures` with some arguments set; called with `size`, `limit`, `fit`.

    Raises:
        ConfigError: if fewer than 2 paintings are held out, or fewer than 2 are not.
        DataError: if the folder does not exist, or too few pictures can be read.
    """
    split = training_art is None
    if split:
        training_art, art = split_pictures(list_images(art) if isinstance(art, (str, os.PathLike)) else list(art))
    small = {"size": _SMALL, "limit": None, "fit": squeezed}
    return RealPaintings(load(art), load(training_art), load(training_art, **small), load(art, **small).images, split)


def split_pictures(pictures: Sequence) -> tuple[list, list]:
    """Return the training pictures and the held-out ones.

    Args:
        pictures: Files, or anything else that `copyart.data.images.read_image` takes.

    Raises:
        ConfigError: if either part has fewer than 2 pictures.
        OSError: if a file cannot be read.
    """
    chosen = held_out([_digest(picture) for picture in pictures]) if len(pictures) > 1 else [True] * len(pictures)
    parts = [[picture for picture, held in zip(pictures, chosen, strict=True) if held == wanted] for wanted in (0, 1)]
    if min(map(len, parts)) < 2:
        raise ConfigError(
            "art must have at least 2 held-out and 2 other paintings; about a fifth is held out. "
            f"Received: {len(pictures)} paintings, {len(parts[1])} of them held out. Give more paintings, or "
            "name the style's training paintings as training_art."
        )
    return parts[0], parts[1]


def _digest(picture):
    if isinstance(picture, (str, os.PathLike)):
        return content_digest(picture)
    return hashlib.blake2b(np.asarray(read_image(picture)).tobytes(), digest_size=16).hexdigest()
