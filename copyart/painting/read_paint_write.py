"""Paint photos in a pipeline: while one is painted, the next one is read and the previous one is written."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import Any

from copyart.data.read_ahead import read_ahead


def read_paint_write(
    jobs: Iterable[Any],
    read: Callable[[Any], Any],
    paint: Callable[[Any, Any], Any],
    write: Callable[[Any, Any], Any],
) -> Iterator[Future[Any]]:
    """Run jobs through three stages. Reading and writing have a thread each.

    At most two photos are held at each stage.

    Args:
        jobs: The jobs.
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
