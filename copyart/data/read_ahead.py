"""Read ahead: while the caller uses an item, threads compute the next items and write the previous one."""

import collections
import contextlib
import itertools
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")
_END = object()


def read_ahead(
    make: Callable[[_Item], _Made], items: Iterable[_Item], *, workers: int = 1, ahead: int = 1
) -> Iterator[Future[_Made]]:
    """Call a function with each item in threads, a few items ahead of the caller.

    At most `ahead + 1` items are in memory.

    Args:
        make: Function that is called with an item, in a thread.
        items: The items, possibly endless. They are read in the caller's thread.
        workers: Number of threads. Defaults to 1.
        ahead: Number of items to start before the caller needs them. Defaults to 1.

    Yields:
        A future for each item, in order. Its `result()` waits, and raises the exception that `make` raised.

    Example:
        >>> [future.result() for future in read_ahead(abs, [-1, 2, -3])]
        [1, 2, 3]
    """
    pool = ThreadPoolExecutor(workers, thread_name_prefix="copyart-ahead")
    waiting: collections.deque[Future[_Made]] = collections.deque()
    try:
        for item in items:
            waiting.append(pool.submit(make, item))
            if len(waiting) > ahead:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()
    finally:
        for future in waiting:  # if the caller stopped early
            future.cancel()
        pool.shutdown(wait=False)


def generate_ahead(pieces: Generator[Any, None, None]) -> Iterator[Any]:
    """Yield the items of a generator. While the caller uses an item, another thread computes the next one.

    Args:
        pieces: The generator. It is closed together with the returned iterator.
    """
    with contextlib.closing(pieces), ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, pieces, _END)
        while (piece := coming.result()) is not _END:
            coming = maker.submit(next, pieces, _END)
            yield piece


def read_paint_write(
    jobs: Iterable[Any],
    read: Callable[[Any], Any],
    paint: Callable[[Any, Any], Any],
    write: Callable[[Any, Any], Any],
) -> Iterator[Future[Any]]:
    """Run jobs through three stages: read and write in one thread each, and paint in the caller's thread.

    At most two photos are in memory at each stage.

    Args:
        read: Called with a job; returns the photo.
        paint: Called with a job and its photo; returns the painting.
        write: Called with a job and its painting; returns the job's result.

    Yields:
        A future with the result or error of each job, in order.
    """
    jobs, again = itertools.tee(jobs)

    def painted() -> Iterator[tuple[Any, Any, Exception | None]]:
        for job, photo in zip(again, read_ahead(read, jobs), strict=True):
            try:
                yield job, paint(job, photo.result()), None
            except Exception as error:
                yield job, None, error

    def finish(result: tuple[Any, Any, Exception | None]) -> Any:
        job, painting, error = result
        if error is not None:
            raise error
        return write(job, painting)

    yield from read_ahead(finish, painted())
