"""Histories of values that must be unique, and move from row to row."""

from __future__ import annotations

from tests.doubles.constraints import Constraints
from tests.unit.histories.world import World, key


def test_a_value_moves_from_row_to_row_in_one_paste() -> None:
    world = World()
    world.server.constraints = Constraints(unique=("a",))
    world.database(1, row=2, a="C", b="B")
    world.settle(2)
    world.pasted(10, row=2, a="D")
    world.pasted(10, a="C", b="X")
    world.settle(20)
    assert world.server.data.table == {key(): {"a": "C", "b": "X"}, key(2): {"a": "D", "b": "B"}}
    assert world.dead == []


def test_a_value_moves_from_a_row_of_which_another_cell_is_refused() -> None:
    world = World()
    checks = {"rule": lambda row: row.get("b") != "bad"}
    world.server.constraints = Constraints(unique=("a",), checks=checks)
    world.database(1, row=2, a="C", b="B")
    world.settle(2)
    world.pasted(10, a="C")
    world.pasted(10, row=2, a="D", b="bad")
    world.settle(20)
    assert world.server.data.table == {key(): {"a": "C", "b": "A"}, key(2): {"a": "D", "b": "B"}}
    (letter,) = world.dead
    assert letter.reason.startswith("“b”")
    assert not world.state(key()).refused
