"""Work prepared by a thread: the same items in order, the same errors, and no thread is left."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import closing

import pytest

from sink.ahead import one_ahead


def counted(fetched: list[int], most: int, error: Exception | None = None) -> Generator[int]:
    for number in range(most):
        fetched.append(number)
        yield number
    if error is not None:
        raise error


def left_behind() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "ahead"]


def test_the_items_come_in_order() -> None:
    assert list(one_ahead(counted([], 50))) == list(range(50))
    assert left_behind() == []


def test_the_next_item_is_fetched_while_one_is_in_hand() -> None:
    going_on = threading.Event()

    def items() -> Generator[int]:
        yield 1
        going_on.set()
        yield 2

    with closing(one_ahead(items())) as ahead:
        assert next(ahead) == 1
        assert going_on.wait(20)


def test_an_error_is_raised_behind_the_items_before_it() -> None:
    ahead = one_ahead(counted([], 3, OSError("gone")))
    assert [next(ahead) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(OSError, match="gone"):
        next(ahead)
    assert left_behind() == []


def test_whoever_stops_early_leaves_no_thread_and_closes_the_items() -> None:
    fetched: list[int] = []
    items = counted(fetched, 1_000)
    with closing(one_ahead(items)) as ahead:
        assert next(ahead) == 0
    assert left_behind() == []
    assert len(fetched) < 10
    assert next(items, None) is None
