"""How soon Kafka is asked again."""

from __future__ import annotations

from itertools import pairwise

from sink.poll_pace import AT_ONCE, SPACING, PollPace


def _polled(pace: PollPace, start: float, every: float, times: int) -> list[float]:
    """When records were brought, each due ``every`` seconds and fetched after the pace's wait."""
    brought, now = [], start
    for number in range(times):
        now = max(now, start + number * every)
        now += pace.wait(now)
        pace.brought(now)
        brought.append(now)
    return brought


def test_the_first_polls_wait_for_nothing() -> None:
    assert _polled(PollPace(), 100.0, 0.0, AT_ONCE) == [100.0] * AT_ONCE


def test_records_that_come_all_the_time_are_fetched_some_at_a_time() -> None:
    brought = _polled(PollPace(), 100.0, 0.001, 20 * AT_ONCE)
    waited = len(brought) - 1 - AT_ONCE
    assert (brought[-1] - brought[0]) / waited >= SPACING * 0.999


def test_under_a_steady_load_none_waits_longer_than_the_spacing() -> None:
    brought = _polled(PollPace(), 100.0, 0.001, 20 * AT_ONCE)
    assert max(after - before for before, after in pairwise(brought)) <= SPACING + 1e-9


def test_records_that_come_now_and_then_are_fetched_as_they_come() -> None:
    brought = _polled(PollPace(), 100.0, 1.5 * SPACING, 100)
    assert brought == [100.0 + number * 1.5 * SPACING for number in range(100)], "one waited"


def test_after_a_pause_nothing_is_waited_for() -> None:
    pace = PollPace()
    _polled(pace, 100.0, 0.0, 5 * AT_ONCE)
    assert pace.wait(200.0) == 0.0
