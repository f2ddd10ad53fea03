"""The histories of a row at the end of LADDER.md, each a test of its name, in every order."""

from __future__ import annotations

import pytest

from sink.core.mapping import Policy
from tests.unit.histories.world import World, key, orders

EVERY_POLICY = [Policy.LAST_WRITE_WINS, Policy.DATABASE_WINS, Policy.SHEET_WINS]


@pytest.mark.parametrize("order", orders("d", "s"))
def test_equal_then_delete(order: str) -> None:
    world = World()
    world.typed(1, b="C")
    world.deleted()
    world.database(3, b="C")
    world.read_in(order, now=4, d=world.changes(), s=world.edits())
    world.look(6)
    world.settle(7)
    assert world.both() is None
    assert ("b", "C") in world.logged()


@pytest.mark.parametrize("policy", EVERY_POLICY)
@pytest.mark.parametrize("deleted_at", [1, 3])
@pytest.mark.parametrize("order", orders("d", "s"))
def test_delete_crossing(order: str, deleted_at: int, policy: Policy) -> None:
    world = World(policy)
    world.database_delete(deleted_at)
    world.typed(2, a="B")
    world.read_in(order, now=4, d=world.changes(), s=world.edits())
    world.settle(10)
    lives = {
        Policy.LAST_WRITE_WINS: deleted_at == 1,
        Policy.DATABASE_WINS: False,
        Policy.SHEET_WINS: True,
    }[policy]
    assert world.both() == ({"a": "B", "b": "A"} if lives else None)
    assert ((None, False) if lives else ("a", "B")) in world.logged()


@pytest.mark.parametrize("order", orders("d", "ss"))
def test_dead_row_merges(order: str) -> None:
    world = World()
    world.typed(1, a="B")
    world.database_delete(2)
    world.typed(3, b="C")
    world.read_in(order, now=4, d=world.changes(), s=world.edits())
    world.settle(10)
    assert world.both() == {"a": "B", "b": "C"}
    assert (None, False) in world.logged()


@pytest.mark.parametrize("read_before", [True, False])
def test_recreated_unseen(read_before: bool) -> None:
    """``read_before``: the database's delete is read on its own, before the insert."""
    world = World()
    world.deleted()
    world.database_delete(2)
    if read_before:
        world.read_database()
    world.database(3, a="N", b="N")
    world.read_database()
    world.look(6)
    world.settle(7)
    assert world.both() is None
    assert ("a", "N") in world.logged()


@pytest.mark.parametrize("order", ["als", "asl", "sal"])
def test_found_then_created(order: str) -> None:
    """A look (``l``) that began at 5 finds the row gone; it is re-created at 7 (``s``).

    The look of a call is played by ``test_found_gone_by_a_call_and_created_under_it``.
    """
    world = World()
    world.database(1, b="D")
    world.deleted()
    world.read_database(now=2)
    first = world.glance(5)
    world.created(7, a="N", b="N")
    for name in order:
        match name:
            case "l":
                world.look_again(first, 5)
            case "s":
                world.read_sheet(now=8)
            case _:
                world.database(8, b="E")
                world.read_database(now=8)
    world.settle(9)
    both = world.both()
    assert both is not None
    assert both["a"] == "N"


@pytest.mark.parametrize("dead_before", [True, False])
def test_create_then_gone(dead_before: bool) -> None:
    """``dead_before``: there was a row of that key, deleted and shown to be.

    Nothing is believed to stand there, so the look leaves no trace: the late creation is carried
    out and undone, once each, and the person has lost nothing that they had not deleted.
    """
    world = World(empty=not dead_before)
    if dead_before:
        world.database_delete(1)
        world.read_database()
        world.call(2)
    create = world.created(8, a="N", b="N")
    world.edits()
    world.deleted()
    world.look(10)
    world.read_sheet(create)
    world.settle(12)
    assert world.both() is None
    assert [change.after for change in world.written] == [{"a": "N", "b": "N"}, None]
    assert world.logged() == []


def test_key_only_row() -> None:
    world = World()
    world.database_delete(1)
    world.read_database()
    world.call(2)
    world.created(3)
    world.read_sheet()
    echoes = world.changes()
    world.database(5, a="B")
    world.merge([*echoes, *world.changes()])
    world.call(6)
    world.settle(7)
    assert world.both() == {"a": "B", "b": None}
    assert all(value not in (None, "") for _, value in world.logged())


@pytest.mark.parametrize("order", ["psk", "pks", "kps"])
def test_delete_after_paste(order: str) -> None:
    """A key change at 9 (``k``), and a paste at 17 (``p``) into the row re-made at 16 (``s``)."""
    world = World()
    world.rekeyed(9, 1, 2)
    key_change = world.edits()
    world.created(16, a="R", b="R")
    created = world.edits()
    world.pasted(17, a="P")
    pasted = world.edits()
    for name in order:
        world.merge({"k": key_change, "s": created, "p": pasted}[name], now=20)
    world.settle(30)
    assert world.both(1) == {"a": "P", "b": "R"}
    assert world.both(2) == {"a": "A", "b": "A"}


@pytest.mark.parametrize("changed_at", [1, 3])
@pytest.mark.parametrize("order", orders("d", "ss"))
def test_key_typed_over(order: str, changed_at: int) -> None:
    """The old row is gone where the key was typed after the change, else it lives with C."""
    world = World()
    world.database(changed_at, a="C")
    world.rekeyed(2, 1, 2)
    world.read_in(order, now=4, d=world.changes(), s=world.edits())
    world.settle(5)
    assert world.both(2) == {"a": "A", "b": "A"}
    if changed_at < 2:
        assert world.both(1) is None
        assert ("a", "C") in world.logged()
    else:
        assert world.both(1) == {"a": "C", "b": "A"}
        assert (None, False) in world.logged()


@pytest.mark.parametrize("event_read", ["before the delete", "after the delete"])
def test_update_of_missing_row(event_read: str) -> None:
    world = World()
    world.typed(1, a="C")
    if event_read == "before the delete":
        world.read()
    world.deleted()
    world.read()
    world.database(3, b="D")
    world.read_database()
    world.call(4)
    assert key() not in world.sheet
    world.look(5)
    world.settle(6)
    assert world.both() is None
    assert ("b", "D") in world.logged()


def test_an_older_delete_is_history_though_our_call_took_the_row_meanwhile() -> None:
    world = World()
    world.database_delete(1)
    world.read_database()
    world.rekeyed(2, 1, 2)
    key_change = world.edits()
    world.created(3, a="N", b="N")
    created = world.edits()
    world.call(4)
    world.merge(created, now=5)
    world.merge(key_change, now=5)
    world.grace(9_000_000)
    world.settle(9_000_010)
    assert world.both(1) == {"a": "N", "b": "N"}
    assert world.both(2) == {"a": "A", "b": "A"}


def test_a_row_re_created_before_its_delete_reached_the_table_takes_it_up_again() -> None:
    world = World()
    world.rekeyed(1, 1, 2)
    world.database(2, a="C")  # not read yet: the lock leaves the row alone
    late = world.changes()
    world.read_sheet()
    assert world.server.data.table[key()] == {"a": "C", "b": "A"}
    world.created(3, a="N")
    world.read_sheet()
    world.merge(late)
    world.settle(5)
    assert world.both(1) == {"a": "N", "b": "A"}
    assert ("a", "C") in world.logged()
