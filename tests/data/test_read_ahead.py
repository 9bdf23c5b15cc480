"""Items are computed in order, a limited number ahead of the caller. An error is raised at its item."""

import itertools
import threading

import pytest

from copyart.data.read_ahead import read_ahead


@pytest.mark.parametrize("workers", [1, 3])
def test_results_come_in_the_order_of_the_items(workers):
    results = [future.result() for future in read_ahead(lambda item: item * 10, range(20), workers=workers, ahead=4)]
    assert results == [10 * item for item in range(20)]


def test_the_next_item_is_made_while_one_is_used():
    made = [threading.Event() for _ in range(3)]
    for item, future in enumerate(read_ahead(lambda item: made[item].set(), range(3))):
        future.result()
        assert item == 2 or made[item + 1].wait(10)


def test_an_endless_stream_is_read_only_a_little_ahead():
    taken = []
    items = (taken.append(item) or item for item in itertools.count())
    stream = read_ahead(lambda item: item, items, ahead=5)
    assert [next(stream).result() for _ in range(3)] == [0, 1, 2]
    assert len(taken) == 8


def test_an_error_is_raised_where_its_item_is_wanted():
    first, second, third = read_ahead(lambda item: 1 // item, [1, 0, 1])
    assert (first.result(), third.result()) == (1, 1)
    with pytest.raises(ZeroDivisionError):
        second.result()


def test_nothing_more_is_begun_once_the_caller_has_left():
    begun, go = [], threading.Event()
    stream = read_ahead(lambda item: begun.append(item) or go.wait(10), range(10), ahead=3)
    next(stream)
    stream.close()
    go.set()
    assert begun == [0]
