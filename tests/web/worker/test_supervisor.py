"""The supervisor: one after the other, a queue with an end, limits of time, and processes that die."""

import subprocess
import sys
import threading
import time

import pytest

from copyart.errors import StyleError
from copyart.web.problems import Problem
from copyart.web.server.monitoring import Metrics
from copyart.web.settings import Settings
from copyart.web.worker import supervisor as module
from copyart.web.worker.supervisor import Supervisor
from copyart.web.worker.worker import PaintRequest

NAME = "0123456789abcdef"


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(module, "LOOK", 0.02)
    monkeypatch.setattr(module, "GRACE", 0.1)


def stays():
    return False


def code_of(supervisor, job, is_gone=stays):
    with pytest.raises(Problem) as caught:
        supervisor.wait(job, is_gone)
    return caught.value.code


def until(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def at_work(supervisor, worker, **arguments):
    """Ask for a painting, and return its job once it is being painted."""
    job = supervisor.enqueue(PaintRequest("monet", b"photo"), **arguments)
    assert worker.requests.get(timeout=10).photo == b"photo"
    return job


def test_paintings_are_made_in_the_order_they_were_asked_for(open_supervisor, workers):
    supervisor, worker = open_supervisor(), workers.next()
    jobs = [supervisor.enqueue(PaintRequest("monet", bytes([number]))) for number in range(3)]
    for number, job in enumerate(jobs):
        assert worker.requests.get(timeout=10).photo == bytes([number])
        assert worker.requests.empty()
        worker.paint(b"painting %d" % number)
        assert supervisor.wait(job, stays).data == b"painting %d" % number


def test_too_many_are_sent_away_with_a_time_to_come_back(open_supervisor, workers):
    supervisor, worker = open_supervisor(queue=2), workers.next()
    at_work(supervisor, worker)
    for _ in range(2):
        supervisor.enqueue(PaintRequest("monet", b""))
    with pytest.raises(Problem) as caught:
        supervisor.enqueue(PaintRequest("monet", b""))
    assert (caught.value.code, caught.value.status) == ("busy", 503)
    assert int(caught.value.headers["Retry-After"]) >= 1


def test_it_tells_how_far_a_painting_is_and_how_many_come_before(open_supervisor, workers):
    supervisor, worker = open_supervisor(), workers.next()
    first, second = at_work(supervisor, worker, name=NAME), supervisor.enqueue(PaintRequest("monet", b""), NAME + "2")
    worker.say("progress", 0.25)
    until(lambda: first.progress == 0.25)
    assert (supervisor.queue.find(NAME), first.state, supervisor.queue.position(first)) == (first, "painting", 0)
    assert (second.state, second.progress, supervisor.queue.position(second)) == ("waiting", 0, 1)
    worker.paint()
    supervisor.wait(first, stays)
    assert (first.state, first.progress) == ("painted", 1)


def test_a_cancelled_one_that_waits_leaves_the_queue(open_supervisor, workers):
    supervisor, worker = open_supervisor(), workers.next()
    at_work(supervisor, worker)
    waiting, last = supervisor.enqueue(PaintRequest("monet", b"")), supervisor.enqueue(PaintRequest("monet", b"last"))
    assert supervisor.cancel(waiting)
    assert code_of(supervisor, waiting) == "cancelled"
    assert supervisor.queue.position(last) == 1
    worker.paint()
    assert worker.requests.get(timeout=10).photo == b"last"


def test_a_cancelled_one_at_work_is_stopped_and_the_process_goes_on(open_supervisor, workers):
    supervisor, worker = open_supervisor(), workers.next()
    job = at_work(supervisor, worker)
    supervisor.cancel(job)
    assert code_of(supervisor, job) == "cancelled"
    until(lambda: worker.stops == 1)
    worker.say("stopped")
    at_work(supervisor, worker)
    assert not worker.ended


def test_a_process_that_does_not_stop_is_ended_and_replaced(open_supervisor, workers):
    supervisor, worker = open_supervisor(), workers.next()
    supervisor.cancel(at_work(supervisor, worker))
    at_work(supervisor, workers.next())
    assert worker.ended


def test_what_is_over_cannot_be_cancelled(open_supervisor, workers):
    supervisor, worker = open_supervisor(), workers.next()
    job = at_work(supervisor, worker)
    worker.paint(b"done")
    until(job.over.is_set)
    assert not supervisor.cancel(job)
    assert supervisor.wait(job, stays).data == b"done"


@pytest.mark.parametrize("working", [False, True])
def test_a_client_that_hangs_up_frees_its_place(open_supervisor, workers, working):
    supervisor, worker = open_supervisor(queue=1), workers.next()
    first = at_work(supervisor, worker)
    job = first if working else supervisor.enqueue(PaintRequest("monet", b""))
    assert code_of(supervisor, job, is_gone=lambda: True) == "cancelled"
    assert len(supervisor.queue) == 0
    if working:
        until(lambda: worker.stops == 1)
    else:
        assert worker.stops == 0


def test_who_waits_too_long_is_told_so(open_supervisor, workers):
    supervisor, worker = open_supervisor(wait_seconds=1), workers.next()
    at_work(supervisor, worker)
    job = supervisor.enqueue(PaintRequest("monet", b""))
    job.asked -= 2
    assert code_of(supervisor, job) == "too-slow"
    assert len(supervisor.queue) == 0


def test_what_is_painted_too_long_is_stopped(open_supervisor, workers):
    supervisor, worker = open_supervisor(paint_seconds=1), workers.next()
    job = at_work(supervisor, worker)
    job.started -= 2
    assert code_of(supervisor, job) == "too-slow"
    until(lambda: worker.stops == 1)


def test_when_a_process_dies_its_painting_is_painted_by_the_next_one(open_supervisor, workers):
    supervisor, worker = open_supervisor(), workers.next()
    job = at_work(supervisor, worker)
    worker.die()
    second = workers.next()
    assert second.requests.get(timeout=10).photo == b"photo"
    second.paint(b"after all")
    assert supervisor.wait(job, stays).data == b"after all"
    assert "copyart_worker_restarts_total 1.0" in exposition(supervisor)


def test_a_photo_that_two_processes_die_over_is_given_up(open_supervisor, workers):
    supervisor, worker = open_supervisor(), workers.next()
    job = at_work(supervisor, worker)
    worker.die()
    second = workers.next()
    second.requests.get(timeout=10)
    second.die()
    assert code_of(supervisor, job) == "broken"
    at_work(supervisor, workers.next())


def test_a_process_that_dies_idle_is_replaced(open_supervisor, workers):
    supervisor = open_supervisor()
    workers.next().die()
    at_work(supervisor, workers.next())


def test_a_process_that_cannot_be_started_is_tried_again(open_supervisor, workers, monkeypatch):
    supervisor, failures = open_supervisor(), iter([OSError("no more processes")] * 3)
    start = supervisor._start_worker

    def failing(*arguments):
        if error := next(failures, None):
            raise error
        return start(*arguments)

    monkeypatch.setattr(supervisor, "_start_worker", failing)
    workers.next().die()
    at_work(supervisor, workers.next())
    assert next(failures, None) is None


def test_what_the_painter_refuses_or_breaks_on_is_told_apart(open_supervisor, workers):
    supervisor, worker = open_supervisor(), workers.next()
    job = at_work(supervisor, worker)
    worker.say("refused", "the picture must be whole")
    assert code_of(supervisor, job) == "damaged"
    job = at_work(supervisor, worker)
    worker.say("broken", "Traceback")
    assert code_of(supervisor, job) == "broken"


def test_it_is_ready_when_the_process_is(workers):
    supervisor = Supervisor({}, Settings(), Metrics(), workers)
    until(lambda: supervisor.ready)
    assert "copyart_ready" in exposition(supervisor)
    supervisor.close()
    assert not supervisor.ready


def test_a_style_that_cannot_be_loaded_is_a_style_error():
    from tests.web.conftest import FakeWorker

    supervisor = Supervisor({}, Settings(), Metrics(), lambda *_: FakeWorker(("refused", "'x' must be whole.")))
    with pytest.raises(StyleError, match="must be whole"):
        supervisor.wait_until_loaded()
    with pytest.raises(Problem, match="does not paint"):
        supervisor.enqueue(PaintRequest("monet", b""))
    supervisor.close()


def test_a_style_that_has_gone_when_the_process_is_replaced_ends_all_and_is_logged(open_supervisor, workers, caplog):
    from tests.web.conftest import FakeWorker

    supervisor, worker = open_supervisor(), workers.next()
    jobs = [at_work(supervisor, worker), supervisor.enqueue(PaintRequest("monet", b""))]
    supervisor._start_worker = lambda *_: FakeWorker(("refused", "'x' must be there."))
    worker.die()
    assert [code_of(supervisor, job) for job in jobs] == ["not-ready", "not-ready"]
    assert "'x' must be there." in caplog.text
    assert not supervisor.ready


def test_a_mistake_of_our_own_costs_one_painting_and_not_the_supervisor(open_supervisor, workers, caplog):
    supervisor = open_supervisor()
    worker = workers.next()
    job = at_work(supervisor, worker)
    worker.say("painted", "no painting")
    second = workers.next()
    second.requests.get(timeout=10)
    second.say("painted", "no painting")
    assert code_of(supervisor, job) == "broken"
    assert "AttributeError" in caplog.text
    at_work(supervisor, workers.next())


def test_closing_ends_what_waits_and_what_is_painted(open_supervisor, workers):
    supervisor, worker = open_supervisor(), workers.next()
    jobs = [at_work(supervisor, worker), supervisor.enqueue(PaintRequest("monet", b""))]
    threading.Timer(0.05, supervisor.close).start()
    assert [code_of(supervisor, job) for job in jobs] == ["not-ready", "not-ready"]
    until(lambda: worker.ended)


def test_a_finished_job_holds_no_photo(open_supervisor, workers):
    supervisor, worker = open_supervisor(), workers.next()
    job = at_work(supervisor, worker, name=NAME)
    worker.paint()
    supervisor.wait(job, stays)
    assert job.request is None
    assert job.take_painting() is None


def test_a_forked_process_starts_a_worker_of_its_own(open_supervisor, workers, monkeypatch):
    supervisor, first = open_supervisor(), workers.next()
    supervisor.start_after_fork()
    assert supervisor.queue.find(NAME) is None
    assert workers.started.empty()  # in the process that made it there is nothing to do
    supervisor.close()
    supervisor._closing = False
    monkeypatch.setattr(supervisor, "_pid", -1)
    supervisor.start_after_fork()
    at_work(supervisor, workers.next())
    assert first.ended


def test_a_script_without_a_guard_is_told_what_to_do(tmp_path):
    script = tmp_path / "serve.py"
    script.write_text("from copyart.web.app import create_app\ncreate_app()\n")
    ended = subprocess.run([sys.executable, script], capture_output=True, text=True)
    last = ended.stderr.splitlines()[-1]
    assert ended.returncode == 1
    assert "StyleError: the painting process must live." in last
    assert "below `if __name__ == '__main__':`" in last


def exposition(supervisor):
    from prometheus_client import generate_latest

    supervisor.metrics.watch_supervisor(supervisor)
    return generate_latest(supervisor.metrics.registry).decode()
