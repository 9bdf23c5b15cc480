"""Ctrl-C: the run stops between two steps; a second one stops at once."""

import contextlib
import os
import signal
import threading

import pytest

from copyart.training.interrupt import StopWhenAsked


@pytest.fixture(autouse=True)
def _handlers_as_before():
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def press(number=signal.SIGINT):
    os.kill(os.getpid(), number)


def test_the_step_under_way_is_finished_first():
    lines = []
    with StopWhenAsked(lines.append) as stop:
        press()
        assert len(lines) == 1
        with pytest.raises(KeyboardInterrupt):
            stop.on_train_batch_end(0)


def test_validation_stops_after_a_batch():
    with StopWhenAsked(lambda line: None) as stop:
        press()
        with pytest.raises(KeyboardInterrupt):
            stop.on_test_batch_end(0)


def test_without_being_asked_nothing_stops():
    with StopWhenAsked(None) as stop:
        stop.on_train_batch_end(0)
        stop.on_test_batch_end(0)


def test_asking_twice_stops_at_once():
    with StopWhenAsked(lambda line: None):
        press()
        with pytest.raises(KeyboardInterrupt):
            press()


def test_a_polite_kill_counts_where_somebody_listens_to_it():
    signal.signal(signal.SIGTERM, lambda number, frame: pytest.fail("not handed over"))
    with StopWhenAsked(lambda line: None) as stop:
        press(signal.SIGTERM)
        assert stop.asked


def test_a_polite_kill_ends_the_process_where_nobody_listens_to_it():
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with StopWhenAsked(None):
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_afterwards_ctrl_c_is_what_it_was():
    before = signal.getsignal(signal.SIGINT)
    with contextlib.suppress(ZeroDivisionError), StopWhenAsked(None):
        assert signal.getsignal(signal.SIGINT) is not before
        raise ZeroDivisionError
    assert signal.getsignal(signal.SIGINT) is before


def test_outside_the_main_thread_it_does_nothing():
    failures = []

    def use():
        try:
            with StopWhenAsked(None):
                pass
        except ValueError as error:
            failures.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert failures == []
