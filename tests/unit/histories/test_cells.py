"""Histories of one cell that break a naive merge, each by the name under which it is known."""

from __future__ import annotations

import pytest

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
