"""Paint photos in a pipeline: while one is painted, the next is read and the last one is written."""

import collections
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def read_paint_write(
    jobs: Iterable[Any],
    read: Callable[[Any], Any],
    paint: Callable[[Any, Any], Any],
    write: Callable[[Any, Any], Any],
) -> Iterator[Callable[[], Any]]:
    """Run jobs through three stages; reading and writing each have their own thread.

    At most two photos are held at each stage.

    Args:
        jobs: The jobs.
        read: Called with a job; returns the photo.
        paint: Called with a job and its photo; returns the painting.
        write: Called with a job and its painting; returns the job's result.

    Yields:
        For each job, in order, a function that returns its result or raises its error.
    """
    with ThreadPoolExecutor(1) as reader, ThreadPoolExecutor(1) as writer:
        reading, writing = collections.deque(), collections.deque()

        def advance():
            job, photo = reading.popleft()
            try:
                writing.append(writer.submit(write, job, paint(job, photo.result())).result)
            except Exception as error:
                writing.append(_raiser(error))

        for job in jobs:
            reading.append((job, reader.submit(read, job)))
            if len(reading) > 1:
                advance()
            if len(writing) > 1:
                yield writing.popleft()
        while reading:
            advance()
            yield writing.popleft()
        yield from writing


def _raiser(error):
    def result():
        raise error

    return result
