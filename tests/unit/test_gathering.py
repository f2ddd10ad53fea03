"""In a flood of changes one call shows many, and none of them waits for long."""

from __future__ import annotations

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
    assert gathering.waits(10, FLOOD, 101.0 + LONGEST)
    assert not gathering.waits(10, FLOOD, 101.0 + 2 * LONGEST)


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
