"""Histories of one cell that break a naive merge, each by the name under which it is known."""

from __future__ import annotations

import pytest

from sink.core.change_event import Image
from tests.unit.histories.world import World


def test_edits_of_different_cells_both_survive() -> None:
    world = World()
    world.database(1, a="D")
    world.typed(2, b="S")
    world.settle(10)
    assert world.both() == {"a": "D", "b": "S"}
    assert world.logged() == []


@pytest.mark.parametrize("database_time", [1, 3])
@pytest.mark.parametrize("database_first", [True, False])
def test_crossing_ends_alike_in_every_order(database_time: int, database_first: bool) -> None:
    world = World()
    world.database(database_time, a="D")
    world.typed(2, a="S")
    if database_first:
        world.read_database()
        world.read_sheet()
    else:
        world.read_sheet()
        world.read_database()
    world.settle(10)
    winner, loser = ("D", "S") if database_time > 2 else ("S", "D")
    assert world.both() == {"a": winner, "b": "A"}
    assert ("a", loser) in world.logged()


def test_what_the_database_stamps_beside_our_write_does_not_take_an_edit_that_waits() -> None:
    """A program's unread change keeps the edit out of our write; ON UPDATE sets its cell there."""
    world, stamps = World(), iter(("T1", "T2", "T3"))

    def stamp(before: Image | None, after: Image) -> Image:
        if before is None or after == before or after["a"] != before["a"]:
            return after
        return {**after, "a": next(stamps)}

    world.server.stamp = stamp
    world.database(1, a="G")
    world.typed(2, a="X")
    world.typed(3, b="B")
    world.read_sheet()
    world.settle(5)
    both = world.both()
    assert both is not None
    assert both["a"] == "X" or ("a", "X") in world.logged()


@pytest.mark.parametrize("typed", ["a", "b"])
def test_a_lost_value_that_the_table_brings_back_may_be_lost_again(typed: str) -> None:
    """By rounding what was typed into its cell, or by a trigger beside another one."""

    def stamp(before: Image | None, after: Image) -> Image:
        changed = before is not None and before[typed] != after[typed] == "D"
        return {**after, "a": "B"} if changed else after

    world = World()
    world.database(1, a="B")
    world.typed(2, a="C")
    world.read(now=3)
    world.settle(5)
    assert world.logged() == [("a", "B")]
    world.server.stamp = stamp
    if typed == "a":
        world.typed(30, a="D")
    else:
        world.typed(30, b="D")
    world.read(now=31)
    world.settle(32)
    assert (world.both() or {})["a"] == "B"
    world.pasted(60, lost=True, a="E")
    world.look(61)
    world.settle(62)
    assert (world.both() or {})["a"] == "E"
    assert world.logged() == [("a", "B"), ("a", "B")]
