"""Ctrl-C: the run stops between two steps; a second one stops at once."""

import contextlib
import os
import signal
import threading

import pytest

from copyart.training.stop_signals import StopOnSignal


@pytest.fixture(autouse=True)
def _handlers_as_before():
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def press(number=signal.SIGINT):
    os.kill(os.getpid(), number)


def test_the_step_under_way_is_finished_first():
    lines = []
    with StopOnSignal(lines.append) as stop:
        press()
        assert len(lines) == 1
        with pytest.raises(KeyboardInterrupt):
            stop.on_train_batch_end(0)


def test_validation_stops_after_a_batch():
    with StopOnSignal(lambda line: None) as stop:
        press()
        with pytest.raises(KeyboardInterrupt):
            stop.on_test_batch_end(0)


def test_without_being_asked_nothing_stops():
    with StopOnSignal(None) as stop:
        stop.on_train_batch_end(0)
        stop.on_test_batch_end(0)


def test_asking_twice_stops_at_once():
    with StopOnSignal(lambda line: None):
        press()
        with pytest.raises(KeyboardInterrupt):
            press()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("handler", [signal.SIG_DFL, lambda number, frame: pytest.fail("not handed over")])
def test_a_kill_and_a_closed_terminal_stop_the_run_after_a_step(number, handler):
    signal.signal(number, handler)
    with StopOnSignal(lambda line: None) as stop:
        press(number)
        with pytest.raises(KeyboardInterrupt):
            stop.on_train_batch_end(0)
    assert signal.getsignal(number) is handler


def test_under_nohup_a_closed_terminal_does_not_stop_the_run():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with StopOnSignal(lambda line: pytest.fail(line)) as stop:
        press(signal.SIGHUP)
        stop.on_train_batch_end(0)


def test_a_terminal_that_closed_takes_no_more_lines():
    def say(line):
        raise OSError(5, "Input/output error")

    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests themselves may run under nohup
    with StopOnSignal(say) as stop:
        press(signal.SIGHUP)
        with pytest.raises(KeyboardInterrupt):
            stop.on_train_batch_end(0)


def test_afterwards_ctrl_c_is_what_it_was():
    before = signal.getsignal(signal.SIGINT)
    with contextlib.suppress(ZeroDivisionError), StopOnSignal(None):
        assert signal.getsignal(signal.SIGINT) is not before
        raise ZeroDivisionError
    assert signal.getsignal(signal.SIGINT) is before


def test_outside_the_main_thread_it_does_nothing():
    failures = []

    def use():
        try:
            with StopOnSignal(None):
                pass
        except ValueError as error:
            failures.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert failures == []
