"""Several photos at once, each at another stage: one is read, one is painted, one is written."""

import collections
from concurrent.futures import ThreadPoolExecutor


def overlapped(jobs, read, paint, write):
    """Take jobs through three stages; while one is painted, the next is read and the last one written.

    Painting takes all cores but not all the time; reading and writing take one each. At most two photos are held at
    each stage.

    Args:
        jobs: Anything that gives jobs.
        read: From a job to what `paint` takes, in a thread of its own.
        paint: From a job and what was read to what `write` takes.
        write: From a job and what was painted to the result, in a thread of its own.

    Yields:
        For each job, in order, a function that returns its result or raises what went wrong.
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
