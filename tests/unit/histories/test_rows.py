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


def test_equal_then_delete() -> None:
    world = World()
    world.typed(1, b="C")
    world.read_sheet()
    world.deleted()
    world.database(3, b="C")
    world.server.binlog.clear()
    world.settle(6)
    assert world.both() is None


def test_update_of_missing_row() -> None:
    world = World()
    world.typed(1, a="C")
    world.read()
    world.deleted()
    world.settle(5)
    assert world.both() is None


def test_recreated_unseen() -> None:
    world = World()
    world.deleted()
    world.database_delete(2)
    world.database(3, a="N", b="N")
    world.read_database()
    world.settle(6)
    assert world.both() is None or world.both() == {"a": "N", "b": "N"}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_delete_crossing_older_delete(order: tuple[int, int]) -> None:
    world = World()
    world.database_delete(1)
    world.typed(2, a="B")
    reads = (world.read_database, world.read_sheet)
    for which in order:
        reads[which]()
    world.settle(10)
    assert world.both() == {"a": "B", "b": "A"}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_delete_crossing_younger_delete(order: tuple[int, int]) -> None:
    world = World()
    world.database_delete(3)
    world.typed(2, a="B")
    reads = (world.read_database, world.read_sheet)
    for which in order:
        reads[which]()
    world.settle(10)
    assert world.both() is None
    assert any(value == "B" for _, value in world.logged()) or world.logged()


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2)])
def test_dead_row_merges(order: tuple[int, ...]) -> None:
    world = World()
    first = world.typed(1, a="B")
    world.database_delete(2)
    second = world.typed(3, b="C")
    world.posts.clear()
    deletion = world.event(world.server.binlog[0])
    steps = (
        lambda: world.read_sheet(first, now=4),
        lambda: world.merge([deletion], now=4),
        lambda: world.read_sheet(second, now=4),
    )
    world.server.binlog.clear()
    for which in order:
        steps[which]()
    world.settle(10)
    assert world.both() == {"a": "B", "b": "C"}


def test_key_change_is_a_delete_and_a_create() -> None:
    world = World()
    world.rekeyed(1, 1, 2)
    world.settle(5)
    assert world.both(1) is None
    assert world.both(2) == {"a": "A", "b": "A"}


def test_key_typed_over() -> None:
    world = World()
    world.database(1, a="C")
    world.read_database()
    world.rekeyed(2, 1, 2)
    world.settle(5)
    assert world.both(2) == {"a": "A", "b": "A"}


def test_key_only_row() -> None:
    world = World()
    world.database_delete(1)
    world.read_database()
    world.call(2)
    world.created(3)
    world.read_sheet()
    world.database(5, a="B")
    world.settle(6)
    assert world.both() == {"a": "B", "b": None}


def test_found_then_created() -> None:
    world = World()
    world.deleted()
    world.look(5)
    world.created(7, a="N", b="N")
    world.settle(8)
    assert world.both() == {"a": "N", "b": "N"}


def test_create_then_gone() -> None:
    world = World(empty=True)
    create = world.created(8, a="N", b="N")
    world.posts.clear()
    world.deleted()
    world.look(10)
    world.read_sheet(create)
    world.settle(12)
    assert world.both() is None


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
