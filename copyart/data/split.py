"""The validation split: pictures held out from training, chosen by the content of their files."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

#: Held-out share of an artist's paintings in the recipe `quick` and for the bundled styles.
HOLD_OUT = 0.2
_CHUNK = 1 << 20


def content_digest(path: str | os.PathLike) -> str:
    """Return a digest of a file's content, 32 hexadecimal digits.

    Raises:
        OSError: if the file cannot be read.
    """
    digest = hashlib.blake2b(digest_size=16)
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def choose_held_out(digests: Sequence[str], fraction: float = HOLD_OUT) -> np.ndarray:
    """Choose the pictures to hold out.

    Only its content decides whether a file is held out, apart from the minimum and maximum given for `fraction`. So
    training and evaluation agree even if names and folders differ, or if other files are added or removed.

    Args:
        digests: `content_digest` of each picture; at least 2 pictures.
        fraction: Share to hold out, in (0, 1). About that share is held out, but at least 2 pictures (1 if there are
            only 2 or 3) and never all. Defaults to `HOLD_OUT`.

    Returns:
        A boolean array, shape (pictures,), true for the pictures held out.
    """
    positions = np.array([int(digest[:16], 16) / 16**16 for digest in digests])  # uniform in [0, 1)
    chosen = positions < fraction
    order, minimum = positions.argsort(kind="stable"), min(2, len(positions) // 2)
    chosen[order[:minimum]] = True
    chosen[order[-1]] = False
    return chosen


def split_files(files: Sequence[str | os.PathLike], fraction: float = HOLD_OUT) -> tuple[list[Path], list[Path]]:
    """Split files into those to train on and the held-out ones, both in the given order.

    Args:
        files: Paths of pictures, at least 2.
        fraction: As for `choose_held_out`.

    Raises:
        OSError: if a file cannot be read.
    """
    chosen = choose_held_out([content_digest(path) for path in files], fraction)
    paths = [Path(path) for path in files]
    return (
        [path for path, held in zip(paths, chosen, strict=True) if not held],
        [path for path, held in zip(paths, chosen, strict=True) if held],
    )
