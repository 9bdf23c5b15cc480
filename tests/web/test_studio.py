"""The studio: one after the other, a queue with an end, limits of time, and processes that die."""

import threading
import time

import pytest

from copyart.errors import StyleError
from copyart.web import studio as module
from copyart.web.metrics import Metrics
from copyart.web.problems import Problem
from copyart.web.process import Order
from copyart.web.settings import Settings
from copyart.web.studio import Studio

NAME = "0123456789abcdef"


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(module, "LOOK", 0.02)
    monkeypatch.setattr(module, "GRACE", 0.1)


def stays():
    return False


def code_of(studio, job, is_gone=stays):
    with pytest.raises(Problem) as caught:
        studio.wait(job, is_gone)
    return caught.value.code


def until(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def at_work(studio, puppet, **arguments):
    """Ask for a painting, and return its job once it is being painted."""
    job = studio.ask(Order("monet", b"photo"), **arguments)
    assert puppet.orders.get(timeout=10).photo == b"photo"
    return job


def test_paintings_are_made_in_the_order_they_were_asked_for(open_studio, troupe):
    studio, puppet = open_studio(), troupe.next()
    jobs = [studio.ask(Order("monet", bytes([number]))) for number in range(3)]
    for number, job in enumerate(jobs):
        assert puppet.orders.get(timeout=10).photo == bytes([number])
        assert puppet.orders.empty()
        puppet.paint(b"painting %d" % number)
        assert studio.wait(job, stays).data == b"painting %d" % number


def test_too_many_are_sent_away_with_a_time_to_come_back(open_studio, troupe):
    studio, puppet = open_studio(queue=2), troupe.next()
    at_work(studio, puppet)
    for _ in range(2):
        studio.ask(Order("monet", b""))
    with pytest.raises(Problem) as caught:
        studio.ask(Order("monet", b""))
    assert (caught.value.code, caught.value.status) == ("busy", 503)
    assert int(caught.value.headers["Retry-After"]) >= 1


def test_it_tells_how_far_a_painting_is_and_how_many_come_before(open_studio, troupe):
    studio, puppet = open_studio(), troupe.next()
    first, second = at_work(studio, puppet, name=NAME), studio.ask(Order("monet", b""), NAME + "2")
    puppet.say("progress", 0.25)
    until(lambda: first.progress == 0.25)
    assert (studio.queue.find(NAME), first.state, studio.queue.position(first)) == (first, "painting", 0)
    assert (second.state, second.progress, studio.queue.position(second)) == ("waiting", 0, 1)
    puppet.paint()
    studio.wait(first, stays)
    assert (first.state, first.progress) == ("painted", 1)


def test_a_cancelled_one_that_waits_leaves_the_queue(open_studio, troupe):
    studio, puppet = open_studio(), troupe.next()
    at_work(studio, puppet)
    waiting, last = studio.ask(Order("monet", b"")), studio.ask(Order("monet", b"last"))
    assert studio.cancel(waiting)
    assert code_of(studio, waiting) == "cancelled"
    assert studio.queue.position(last) == 1
    puppet.paint()
    assert puppet.orders.get(timeout=10).photo == b"last"


def test_a_cancelled_one_at_work_is_stopped_and_the_process_goes_on(open_studio, troupe):
    studio, puppet = open_studio(), troupe.next()
    job = at_work(studio, puppet)
    studio.cancel(job)
    assert code_of(studio, job) == "cancelled"
    until(lambda: puppet.stops == 1)
    puppet.say("stopped")
    at_work(studio, puppet)
    assert not puppet.ended


def test_a_process_that_does_not_stop_is_ended_and_replaced(open_studio, troupe):
    studio, puppet = open_studio(), troupe.next()
    studio.cancel(at_work(studio, puppet))
    at_work(studio, troupe.next())
    assert puppet.ended


def test_what_is_over_cannot_be_cancelled(open_studio, troupe):
    studio, puppet = open_studio(), troupe.next()
    job = at_work(studio, puppet)
    puppet.paint(b"done")
    until(job.over.is_set)
    assert not studio.cancel(job)
    assert studio.wait(job, stays).data == b"done"


@pytest.mark.parametrize("working", [False, True])
def test_a_client_that_hangs_up_frees_its_place(open_studio, troupe, working):
    studio, puppet = open_studio(queue=1), troupe.next()
    first = at_work(studio, puppet)
    job = first if working else studio.ask(Order("monet", b""))
    assert code_of(studio, job, is_gone=lambda: True) == "cancelled"
    assert len(studio.queue) == 0
    assert not working or puppet.stops == 1 or not until(lambda: puppet.stops == 1)


def test_who_waits_too_long_is_told_so(open_studio, troupe):
    studio, puppet = open_studio(wait_seconds=1), troupe.next()
    at_work(studio, puppet)
    job = studio.ask(Order("monet", b""))
    job.asked -= 2
    assert code_of(studio, job) == "too-slow"
    assert len(studio.queue) == 0


def test_what_is_painted_too_long_is_stopped(open_studio, troupe):
    studio, puppet = open_studio(paint_seconds=1), troupe.next()
    job = at_work(studio, puppet)
    job.started -= 2
    assert code_of(studio, job) == "too-slow"
    until(lambda: puppet.stops == 1)


def test_when_a_process_dies_its_painting_is_painted_by_the_next_one(open_studio, troupe):
    studio, puppet = open_studio(), troupe.next()
    job = at_work(studio, puppet)
    puppet.die()
    second = troupe.next()
    assert second.orders.get(timeout=10).photo == b"photo"
    second.paint(b"after all")
    assert studio.wait(job, stays).data == b"after all"
    assert "copyart_painter_restarts_total 1.0" in exposition(studio)


def test_a_photo_that_two_processes_die_over_is_given_up(open_studio, troupe):
    studio, puppet = open_studio(), troupe.next()
    job = at_work(studio, puppet)
    puppet.die()
    second = troupe.next()
    second.orders.get(timeout=10)
    second.die()
    assert code_of(studio, job) == "broken"
    at_work(studio, troupe.next())


def test_a_process_that_dies_idle_is_replaced(open_studio, troupe):
    studio = open_studio()
    troupe.next().die()
    at_work(studio, troupe.next())


def test_a_process_that_cannot_be_started_is_tried_again(open_studio, troupe, monkeypatch):
    studio, failures = open_studio(), iter([OSError("no more processes")] * 3)
    start = studio._painter

    def failing(*arguments):
        if error := next(failures, None):
            raise error
        return start(*arguments)

    monkeypatch.setattr(studio, "_painter", failing)
    troupe.next().die()
    at_work(studio, troupe.next())
    assert next(failures, None) is None


def test_what_the_painter_refuses_or_breaks_on_is_told_apart(open_studio, troupe):
    studio, puppet = open_studio(), troupe.next()
    job = at_work(studio, puppet)
    puppet.say("refused", "the picture must be whole")
    assert code_of(studio, job) == "damaged"
    job = at_work(studio, puppet)
    puppet.say("broken", "Traceback")
    assert code_of(studio, job) == "broken"


def test_it_is_ready_when_the_process_is(troupe):
    studio = Studio({}, Settings(), Metrics(), troupe)
    until(lambda: studio.ready)
    assert "copyart_ready" in exposition(studio)
    studio.close()
    assert not studio.ready


def test_a_style_that_cannot_be_loaded_is_a_style_error():
    from tests.web.conftest import PuppetProcess

    studio = Studio({}, Settings(), Metrics(), lambda *_: PuppetProcess(("refused", "'x' must be whole.")))
    with pytest.raises(StyleError, match="must be whole"):
        studio.wait_until_loaded()
    with pytest.raises(Problem, match="does not paint"):
        studio.ask(Order("monet", b""))
    studio.close()


def test_a_style_that_has_gone_when_the_process_is_replaced_ends_all_and_is_logged(open_studio, troupe, caplog):
    from tests.web.conftest import PuppetProcess

    studio, puppet = open_studio(), troupe.next()
    jobs = [at_work(studio, puppet), studio.ask(Order("monet", b""))]
    studio._painter = lambda *_: PuppetProcess(("refused", "'x' must be there."))
    puppet.die()
    assert [code_of(studio, job) for job in jobs] == ["not-ready", "not-ready"]
    assert "'x' must be there." in caplog.text
    assert not studio.ready


def test_a_mistake_of_our_own_costs_one_painting_and_not_the_studio(open_studio, troupe, caplog):
    studio = open_studio()
    puppet = troupe.next()
    job = at_work(studio, puppet)
    puppet.say("painted", "no painting")
    second = troupe.next()
    second.orders.get(timeout=10)
    second.say("painted", "no painting")
    assert code_of(studio, job) == "broken"
    assert "AttributeError" in caplog.text
    at_work(studio, troupe.next())


def test_closing_ends_what_waits_and_what_is_painted(open_studio, troupe):
    studio, puppet = open_studio(), troupe.next()
    jobs = [at_work(studio, puppet), studio.ask(Order("monet", b""))]
    threading.Timer(0.05, studio.close).start()
    assert [code_of(studio, job) for job in jobs] == ["not-ready", "not-ready"]
    until(lambda: puppet.ended)


def test_a_finished_job_holds_no_photo(open_studio, troupe):
    studio, puppet = open_studio(), troupe.next()
    job = at_work(studio, puppet, name=NAME)
    puppet.paint()
    studio.wait(job, stays)
    assert job.order is None
    assert job.take() is None


def exposition(studio):
    from prometheus_client import generate_latest

    studio.metrics.watch(studio)
    return generate_latest(studio.metrics.registry).decode()
