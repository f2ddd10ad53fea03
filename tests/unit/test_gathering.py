"""In a flood of changes one call shows many, and none of them waits for long."""

from __future__ import annotations

from random import Random

from sink.call_size import ROWS_PER_CALL
from sink.gathering import FEW, LONGEST, Gathering
from tests.unit.test_controls import Desk

FLOOD = 10 * FEW


def test_a_call_waits_while_a_flood_is_merged() -> None:
    gathering = Gathering()
    assert gathering.waits(10, FLOOD, 100.0)
    assert gathering.waits(2_000, FLOOD, 101.0)
    assert not gathering.waits(4_000, FEW, 101.5), "the flood is over"


def test_a_full_call_waits_for_nothing() -> None:
    gathering = Gathering()
    assert gathering.waits(10, FLOOD, 100.0)
    assert not gathering.waits(ROWS_PER_CALL, FLOOD, 100.5)


def test_few_changes_are_not_waited_for() -> None:
    assert not Gathering().waits(1, FEW, 100.0)


def test_no_call_waits_longer_than_it_may_and_the_next_waits_anew() -> None:
    gathering = Gathering()
    assert gathering.waits(10, FLOOD, 100.0)
    assert gathering.waits(10, FLOOD, 100.0 + LONGEST / 2)
    assert not gathering.waits(10, FLOOD, 100.0 + LONGEST)
    gathering.called()
    assert gathering.waits(10, FLOOD, 101.0 + LONGEST)
    assert not gathering.waits(10, FLOOD, 101.0 + 2 * LONGEST)


def test_a_call_that_the_quota_keeps_back_does_not_wait_once_more() -> None:
    gathering = Gathering()
    assert gathering.waits(10, FLOOD, 100.0)
    asked = [100.0 + LONGEST + tenths / 10 for tenths in range(100)]
    assert not any(gathering.waits(10, FLOOD, now) for now in asked)


def test_a_flood_on_several_mappings_leaves_no_slot_of_the_quota_unused() -> None:
    """They share it; each slot goes to whoever asks first when it is free."""
    order = Random(1)
    mappings = [Gathering() for _ in range(4)]
    calls, free_at = [list[float]() for _ in mappings], 0.0
    for step in range(20 * 600):
        now = step / 20
        for which in order.sample(range(4), 4):
            gathering = mappings[which]
            if not gathering.waits(100, FLOOD, now) and now >= free_at:
                gathering.called()
                calls[which].append(now)
                free_at = now + 1.0
    assert sum(map(len, calls)) > 590
    assert min(map(len, calls)) > 120


def test_between_two_floods_the_time_does_not_count() -> None:
    gathering = Gathering()
    assert gathering.waits(10, FLOOD, 100.0)
    assert not gathering.waits(10, 0, 100.1)
    assert gathering.waits(10, FLOOD, 100.0 + LONGEST)


def test_the_sheet_is_written_late_while_changes_wait_for_the_merge() -> None:
    desk = Desk()
    parts = desk.world.processes[-1].point.parts
    parts.behind = lambda: FLOOD
    desk.put(1, a="B")
    desk.pass_time(1)
    assert desk.shown()[1] == "A1"
    desk.pass_time(2)
    assert desk.shown()[1] == "B"
