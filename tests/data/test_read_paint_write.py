"""Reading, painting and writing run concurrently and in order, and a failure affects only its own photo."""

import threading

import pytest

from copyart.data.read_ahead import read_paint_write


def results(jobs, read=lambda job: job, paint=lambda job, photo: photo, write=lambda job, painting: painting):
    return [result.result() for result in read_paint_write(jobs, read, paint, write)]


def test_results_come_in_order():
    jobs = range(7)
    painted = results(
        jobs, lambda job: job * 10, lambda job, photo: (job, photo), lambda job, painting: (*painting, job)
    )
    assert painted == [(job, job * 10, job) for job in jobs]


def test_nothing_to_do_is_done():
    assert results([]) == []


def test_the_next_photo_is_read_while_one_is_painted():
    read = {job: threading.Event() for job in range(3)}

    def paint(job, photo):
        assert job == 2 or read[job + 1].wait(10)
        return photo

    assert results(range(3), lambda job: read[job].set() or job, paint) == [0, 1, 2]


def test_the_last_painting_is_written_while_one_is_painted():
    painting = {job: threading.Event() for job in range(3)}

    def write(job, painted):
        assert job == 2 or painting[job + 1].wait(10)
        return painted

    assert results(range(3), paint=lambda job, photo: painting[job].set() or photo, write=write) == [0, 1, 2]


@pytest.mark.parametrize("stage", ["read", "paint", "write"])
def test_a_failure_costs_its_own_photo(stage):
    def fail(job, *_):
        if job == 1:
            raise OSError("spoilt")
        return job

    outcomes = []
    stages = {"read": lambda job: job, "paint": lambda job, photo: job, "write": lambda job, painting: job, stage: fail}
    for result in read_paint_write(range(4), **stages):
        try:
            outcomes.append(result.result())
        except OSError as error:
            outcomes.append(str(error))
    assert outcomes == [0, "spoilt", 2, 3]


def test_few_photos_are_held_at_once():
    read, finished = [], []
    for result in read_paint_write(
        range(50), lambda job: read.append(job) or job, lambda job, photo: photo, lambda job, _: job
    ):
        finished.append(result.result())
        assert len(read) - len(finished) <= 4
    assert len(finished) == 50
