"""Histories of a row's existence that break a naive merge."""

from __future__ import annotations

import pytest

from sink.core.mapping import Direction, Policy
from tests.unit.histories.world import World, key


def test_created_in_the_database_reaches_the_sheet() -> None:
    world = World(empty=True)
    world.database(1, a="D", b=None)
    world.settle(5)
    assert world.both() == {"a": "D", "b": None}


def test_created_in_the_sheet_reaches_the_database() -> None:
    world = World(empty=True)
    world.created(1, a="S")
    world.settle(5)
    assert world.both() == {"a": "S", "b": None}


def test_deleted_in_the_database() -> None:
    world = World()
    world.database_delete(1)
    world.settle(5)
    assert world.both() is None


def test_deleted_in_the_sheet() -> None:
    world = World()
    world.deleted()
    world.settle(5)
    assert world.both() is None


def test_created_on_both_sides_merges_cell_by_cell() -> None:
    world = World(empty=True)
    world.database(1, a="D", b=None)
    world.created(2, b="S")
    world.settle(5)
    assert world.both() == {"a": "D", "b": "S"}


def test_key_change_is_a_delete_and_a_create() -> None:
    world = World()
    world.rekeyed(1, 1, 2)
    world.settle(5)
    assert world.both(1) is None
    assert world.both(2) == {"a": "A", "b": "A"}


def test_a_younger_database_edit_survives_a_delete_in_the_sheet() -> None:
    world = World(Policy.DATABASE_WINS)
    world.deleted()
    world.database(3, a="D")
    world.read_database()
    world.settle(5)
    assert world.both() == {"a": "D", "b": "A"}
    assert key() in world.sheet


def test_one_way_to_the_sheet_puts_the_database_s_values_back() -> None:
    world = World(direction=Direction.TO_SHEET)
    world.typed(1, a="S")
    world.database(2, b="D")
    world.settle(5)
    assert world.both() == {"a": "A", "b": "D"}
    assert ("a", "S") in world.logged()


def test_one_way_to_the_sheet_puts_a_deleted_row_back() -> None:
    world = World(direction=Direction.TO_SHEET)
    world.deleted()
    world.settle(5)
    assert world.both() == {"a": "A", "b": "A"}


def test_one_way_to_the_database_puts_the_sheet_s_values_back() -> None:
    world = World(direction=Direction.TO_DATABASE)
    world.typed(1, a="S")
    world.database(2, b="D")
    world.settle(5)
    assert world.both() == {"a": "S", "b": "A"}


def test_one_way_to_the_database_puts_a_deleted_row_back() -> None:
    world = World(direction=Direction.TO_DATABASE)
    world.database_delete(2)
    world.settle(5)
    assert world.both() == {"a": "A", "b": "A"}


def test_one_way_to_the_sheet_logs_what_a_program_s_row_replaces() -> None:
    """A person had typed a row of that key before: the table did not take it."""
    world = World(direction=Direction.TO_SHEET, empty=True)
    world.created(1, a="N", b="E")
    world.read_sheet()
    world.database(2, a="D", b="E")
    world.settle(5)
    assert world.both() == {"a": "D", "b": "E"}
    assert world.logged() == [("a", "N")]


@pytest.mark.parametrize("policy", [Policy.LAST_WRITE_WINS, Policy.DATABASE_WINS])
def test_one_way_to_the_database_takes_up_a_row_that_a_program_had_made(policy: Policy) -> None:
    world = World(policy, direction=Direction.TO_DATABASE, empty=True)
    world.database(1, a="D", b="E")
    world.read_database()
    world.created(2, a="N")
    world.settle(5)
    assert world.both() == {"a": "N", "b": "E"}
    assert world.logged() == [("a", "D")]


@pytest.mark.parametrize("direction", [Direction.BOTH, Direction.TO_SHEET])
def test_an_edit_of_a_dead_row_is_logged_once(direction: Direction) -> None:
    """It loses to the tombstone; that it loses to what the dead row keeps as well is no news."""
    world = World(direction=direction)
    world.database(3, a="C")
    world.database_delete(4)
    world.read_database()
    world.typed(2, a="B")
    world.settle(6)
    assert world.both() is None
    assert world.logged().count(("a", "B")) == 1
