"""The artist's paintings in an evaluation: the held-out ones are the measure, the others show what real ones score."""

import hashlib
import os
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from copyart.data.images import list_images, read_image
from copyart.data.split import content_digest, held_out
from copyart.errors import ConfigError
from copyart.evaluation.pictures import Loaded, squeezed

#: Side in pixels at which copies are looked for: their composition is compared, in 8×8 cells.
_SMALL = 64


class RealPaintings(NamedTuple):
    """Paintings of an artist, in memory.

    Args:
        measure: Those that training did not see: distances are measured from them.
        others: Those that training saw: they show what real paintings score.
        originals: All that training saw, small, squeezed to squares: copies of them are looked for.
        held_out: Those of the measure, likewise.
        split: Whether the paintings were split here, by the content of their files.
    """

    measure: Loaded
    others: Loaded
    originals: Loaded
    held_out: np.ndarray
    split: bool


def load_real_paintings(art, training_art, load: Callable[..., Loaded]) -> RealPaintings:
    """Read an artist's paintings.

    Args:
        art: A folder, or a list of pictures.
        training_art: Likewise, those that training saw; `art` is then the measure whole. None splits `art` by the
            content of its files, as training does: about a fifth is the measure.
        load: Reads pictures, as `copyart.evaluation.pictures.load_pictures` does; takes `size`, `limit` and `fit`.

    Raises:
        ConfigError: if fewer than 2 paintings would be the measure, or fewer than 2 the others.
        DataError: if there is no folder, or too few pictures can be read.
    """
    split = training_art is None
    if split:
        training_art, art = split_pictures(list_images(art) if isinstance(art, (str, os.PathLike)) else list(art))
    small = {"size": _SMALL, "limit": None, "fit": squeezed}
    return RealPaintings(load(art), load(training_art), load(training_art, **small), load(art, **small).images, split)


def split_pictures(pictures: Sequence) -> tuple[list, list]:
    """Return the pictures that training may see, and the held-out ones.

    Args:
        pictures: Files, or whatever `copyart.data.images.read_image` takes.

    Raises:
        ConfigError: if either has fewer than 2 pictures.
        OSError: if a file cannot be read.
    """
    chosen = held_out([_digest(picture) for picture in pictures]) if len(pictures) > 1 else [True] * len(pictures)
    parts = [[picture for picture, held in zip(pictures, chosen, strict=True) if held == wanted] for wanted in (0, 1)]
    if min(map(len, parts)) < 2:
        raise ConfigError(
            "at least 2 of the paintings in art must be held out, and 2 not: about a fifth is, by the content of the "
            f"files. Received: {len(pictures)} paintings, {len(parts[1])} of them held out. Give more paintings, or "
            "name those that the style was trained on as training_art."
        )
    return parts[0], parts[1]


def _digest(picture):
    if isinstance(picture, (str, os.PathLike)):
        return content_digest(picture)
    return hashlib.blake2b(np.asarray(read_image(picture)).tobytes(), digest_size=16).hexdigest()
