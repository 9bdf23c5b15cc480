"""The queue: jobs in their order, an end to it, and names to ask by."""

import pytest

from copyart.web.problems import Problem
from copyart.web.worker.job_queue import PAINTED, REMEMBERED, Job, JobQueue


@pytest.fixture
def queue():
    return JobQueue(most=2)


def filled(queue, *names):
    jobs = [Job(f"order of {name}", name) for name in names]
    assert all(queue.add(job) for job in jobs)
    return jobs


def test_jobs_leave_in_the_order_they_came_with_their_orders(queue):
    first, second = filled(queue, "a", "b")
    assert queue.take_next(0) == (first, "order of a")
    assert (queue.current, first.state, queue.position(second)) == (first, "painting", 1)
    assert queue.take_next(0) == (second, "order of b")
    assert queue.take_next(0) is None


def test_there_is_room_again_when_one_has_left_or_is_over(queue):
    first, second = filled(queue, "a", "b")
    assert (queue.is_full, queue.add(Job(None, "c"))) == (True, False)
    assert queue.find("c") is None
    queue.take_next(0)
    assert queue.end(second, PAINTED, None)
    assert (len(queue), queue.is_full, queue.position(first)) == (0, False, 0)


def test_what_is_put_back_comes_first_and_waits_anew(queue):
    first, second = filled(queue, "a", "b")
    queue.take_next(0)
    first.asked, first.progress, asked = first.asked - 1000, 0.5, first.asked
    queue.put_back()
    assert queue.current is None
    assert [queue.position(job) for job in (first, second)] == [0, 1]
    assert (first.state, first.progress, first.asked >= asked) == ("waiting", 0, True)
    assert queue.take_next(0)[0] is first


def test_what_is_over_is_not_put_back(queue):
    (job,) = filled(queue, "a")
    queue.take_next(0)
    queue.end(job, PAINTED, None)
    queue.put_back()
    assert (queue.current, len(queue)) == (None, 0)


def test_a_name_is_taken_once_and_free_again_after_a_while(queue):
    (job,) = filled(queue, "a")
    with pytest.raises(Problem, match="in use"):
        queue.add(Job(None, "a"))
    queue.end(job, PAINTED, None)
    assert queue.find("a") is job
    job.ended -= REMEMBERED + 1
    assert queue.find("a") is None
    filled(queue, "a")


def test_who_gives_no_name_has_none(queue):
    filled(queue, None, None)
    assert queue.find(None) is None


def test_a_closed_queue_takes_nobody_and_tells_who_is_left(queue):
    jobs = filled(queue, "a", "b")
    queue.take_next(0)
    assert queue.close() == jobs
    assert not queue.add(Job(None, "c"))
