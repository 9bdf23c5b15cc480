"""Read the real paintings that an evaluation needs: held-out paintings, from which all distances are measured, and
other paintings, whose own distance from them is the distance that a perfect style would have."""

import hashlib
import os
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from copyart.data.images import list_images, read_image
from copyart.data.split import HOLD_OUT, choose_held_out, content_digest
from copyart.errors import ConfigError
from copyart.evaluation.pictures import LoadedPictures, squeeze_to_square

#: Side, in pixels, of the pictures that are compared to find copies.
_SMALL = 64


class RealPaintings(NamedTuple):
    """Paintings by an artist, in memory.

    Args:
        reference: Held-out paintings, from which distances are measured.
        others: Training paintings, which give the figures of real paintings.
        originals: All training paintings, small and squeezed to squares, to find copies of them.
        held_out: The held-out paintings, small and squeezed to squares.
        split: The held-out share, if the paintings were split here by the content of their files; None if the caller
            split them.
    """

    reference: LoadedPictures
    others: LoadedPictures
    originals: LoadedPictures
    held_out: np.ndarray
    split: float | None


def load_real_paintings(
    art: str | os.PathLike | Sequence,
    training_art: str | os.PathLike | Sequence | None,
    load: Callable[..., LoadedPictures],
    fraction: float = HOLD_OUT,
) -> RealPaintings:
    """Read an artist's paintings.

    Args:
        art: A folder or list of pictures.
        training_art: A folder or list of the training paintings; all of `art` is then held out. None splits `art`
            by the content of its files, as in training.
        load: `copyart.evaluation.pictures.load_pictures` with `size` already set. To find copies, it is called with
            another `size`, `limit` and `fit`.
        fraction: Share of `art` to hold out if `training_art` is None. Defaults to a fifth.

    Raises:
        ConfigError: if either part of a split has fewer than 2 paintings.
        DataError: if the folder does not exist, or too few pictures can be read.
    """
    split = None if training_art is not None else fraction
    if training_art is None:
        pictures = list_images(art) if isinstance(art, (str, os.PathLike)) else list(art)
        training_art, art = split_pictures(pictures, fraction)
    small = {"size": _SMALL, "limit": None, "fit": squeeze_to_square}
    return RealPaintings(load(art), load(training_art), load(training_art, **small), load(art, **small).images, split)


def split_pictures(pictures: Sequence, fraction: float = HOLD_OUT) -> tuple[list, list]:
    """Return the training pictures and the held-out ones.

    Args:
        pictures: Files, or anything else that `copyart.data.images.read_image` takes.
        fraction: Share to hold out, in (0, 1). Defaults to a fifth.

    Raises:
        ConfigError: if either part has fewer than 2 pictures.
        OSError: if a file cannot be read.
    """
    digests = [_pixel_digest(picture) for picture in pictures]
    chosen = choose_held_out(digests, fraction) if len(pictures) > 1 else [True] * len(pictures)
    parts = [[picture for picture, held in zip(pictures, chosen, strict=True) if held == wanted] for wanted in (0, 1)]
    if min(map(len, parts)) < 2:
        raise ConfigError(
            f"art must have at least 2 held-out and 2 other paintings. Received: {len(pictures)} paintings, "
            f"{len(parts[1])} of them held out (about {fraction:.0%}). Give more paintings, or pass the style's "
            "training paintings as training_art."
        )
    return parts[0], parts[1]


def _pixel_digest(picture: Any) -> str:
    if isinstance(picture, (str, os.PathLike)):
        return content_digest(picture)
    return hashlib.blake2b(np.asarray(read_image(picture)).tobytes(), digest_size=16).hexdigest()
