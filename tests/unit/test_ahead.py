"""Work prepared by a thread: the same items in order, the same errors, and no thread is left."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import closing
from itertools import chain

import pytest

from sink.ahead import OnThread, WhenAsked


def counted(made: list[int], most: int, error: Exception | None = None) -> Generator[int]:
    for number in range(most):
        made.append(number)
        yield number
    if error is not None:
        raise error


def left_behind() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "ahead"]


def test_the_items_come_in_order_some_at_a_time() -> None:
    with closing(OnThread(counted([], 50), 4)) as ahead:
        taken = list(ahead)
    assert [number for some in taken for number in some] == list(range(50))
    assert all(1 <= len(some) <= 4 for some in taken)
    assert left_behind() == []


def test_items_are_made_before_anyone_asks_for_them_and_all_that_wait_are_given() -> None:
    going_on = threading.Event()

    def items() -> Generator[int]:
        yield from (1, 2, 3)
        going_on.set()
        yield 4

    with closing(OnThread(items(), 3)) as ahead:
        assert going_on.wait(20)
        assert next(iter(ahead)) == [1, 2, 3]


def test_no_more_are_made_than_may_wait() -> None:
    made: list[int] = []
    with closing(OnThread(counted(made, 1_000), 2)) as ahead:
        assert next(iter(ahead))[0] == 0
    assert len(made) < 10


def test_an_error_is_raised_behind_the_items_before_it() -> None:
    taken: list[int] = []
    with closing(OnThread(counted([], 3, OSError("gone")), 2)) as ahead:
        items = chain.from_iterable(ahead)
        with pytest.raises(OSError, match="gone"):
            taken.extend(items)
    assert taken == [0, 1, 2]
    assert left_behind() == []


def test_whoever_stops_early_leaves_no_thread_and_closes_the_items() -> None:
    items = counted([], 1_000)
    with closing(OnThread(items, 1)) as ahead:
        assert next(iter(ahead)) == [0]
    assert left_behind() == []
    assert next(items, None) is None


def test_what_is_made_when_it_is_asked_for_is_never_ahead() -> None:
    made: list[int] = []
    with closing(WhenAsked(counted(made, 5), 2)) as items:
        given = iter(items)
        assert (next(given), made) == ([0, 1], [0, 1])
        assert list(given) == [[2, 3], [4]]
