"""Stages that work side by side: each runs in a thread of its own, one piece ahead of the next."""

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

_END = object()


def ahead(pieces: Iterator[Any]) -> Iterator[Any]:
    """Yield what an iterator yields; while one piece is used, the next is made in another thread.

    Args:
        pieces: A generator. It is closed when this one is.
    """
    with contextlib.closing(pieces), ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, pieces, _END)
        while (piece := coming.result()) is not _END:
            coming = maker.submit(next, pieces, _END)
            yield piece
