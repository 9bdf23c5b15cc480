"""Run an iterator in its own thread, one item ahead of its consumer."""

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

_END = object()


def ahead(pieces: Iterator[Any]) -> Iterator[Any]:
    """Yield the items of an iterator. While one is used, the next is computed in another thread.

    Args:
        pieces: A generator. It is closed together with this one.
    """
    with contextlib.closing(pieces), ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, pieces, _END)
        while (piece := coming.result()) is not _END:
            coming = maker.submit(next, pieces, _END)
            yield piece
