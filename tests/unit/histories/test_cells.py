"""Histories of one cell that break a naive merge, each by the name under which it is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sink.core.mapping import Policy
from tests.unit.histories.world import World, key


def test_edits_of_different_cells_both_survive() -> None:
    world = World()
    world.database(1, a="D")
    world.typed(2, b="S")
    world.settle(10)
    assert world.both() == {"a": "D", "b": "S"}
    assert world.logged() == []


def test_echo_of_older_write() -> None:
    world = World()
    world.typed(1, a="C")
    world.read_sheet()
    world.typed(3, a="B")
    echo = world.event(world.server.binlog[0])
    world.read_sheet()
    world.read_database(1)
    world.merge([echo])
    world.settle(10)
    assert world.both() == {"a": "B", "b": "A"}
    assert world.logged() == []


def test_aba_sheet() -> None:
    world = World()
    late = world.typed(1, a="B")
    world.posts.clear()
    world.database(2, a="B")
    world.database(3, a="A")
    world.read_database()
    world.call(5)
    world.read_sheet(late)
    world.settle(10)
    assert world.both() == {"a": "A", "b": "A"}
    assert ("a", "B") in world.logged()


def test_aba_db() -> None:
    world = World()
    world.database(1, a="B")
    world.typed(2, a="C")
    world.read_sheet()
    world.pasted(3, a="A")
    world.read_sheet()
    world.settle(10)
    assert world.both() == {"a": "A", "b": "A"}
    assert ("a", "B") in world.logged()


def test_triggers_swapped() -> None:
    world = World()
    first = world.typed(1, a="C")
    second = world.typed(2, a="A")
    world.posts.clear()
    world.read_sheet(second)
    world.read_sheet(first)
    world.database(4, a="B")
    world.read_database()
    world.call(5)
    assert not world.state(key()).finds
    world.settle(10)
    assert world.both() == {"a": "B", "b": "A"}


@pytest.mark.parametrize("database_first", [True, False])
def test_equal_under_policy(database_first: bool) -> None:
    world = World(Policy.DATABASE_WINS)
    world.database(1, b="B")
    world.pasted(2, b="B")
    world.typed(3, b="C")
    if database_first:
        world.read_database(now=4)
        world.read_sheet(now=4)
    else:
        world.read_sheet(now=4)
        world.read_database(now=4)
    world.settle(10)
    assert world.both() == {"a": "A", "b": "B"}
    assert ("b", "C") in world.logged()


@pytest.mark.parametrize("policy", [Policy.LAST_WRITE_WINS, Policy.DATABASE_WINS])
def test_paste_in_sight(policy: Policy) -> None:
    world = World(policy)
    world.database(8, a="B")
    world.read_database(now=2)
    world.call(3)
    world.pasted(4, a="C")
    world.read_sheet(now=5)
    world.settle(20)
    assert world.both() == {"a": "C", "b": "A"}
    assert world.logged() == []


def test_unseen_under_lock() -> None:
    world = World()
    world.database(1, a="G")
    world.typed(2, b="B")
    world.read_sheet()
    assert world.server.data.table[key()] == {"a": "G", "b": "B"}
    world.settle(10)
    assert world.both() == {"a": "G", "b": "B"}


def test_gap() -> None:
    world = World()
    world.database(1, a="G")
    world.server.binlog.clear()
    world.database(2, b="B")
    world.settle(10)
    assert world.both() == {"a": "G", "b": "B"}


def test_unheard_overwritten() -> None:
    world = World()
    world.database(1, a="B")
    world.read_database()
    world.pasted(2, lost=True, a="D")
    world.call(3)
    world.grace(9_000_000)
    world.settle(9_000_010)
    assert world.both() == {"a": "D", "b": "A"}
    assert ("a", "B") in world.logged()


def test_look_too_early() -> None:
    world = World()
    edit = world.typed(1, a="B")
    world.posts.clear()
    world.database(3, a="C")
    world.look(2)
    world.read_sheet(edit)
    world.read_database()
    world.settle(10)
    assert world.both() == {"a": "C", "b": "A"}


def test_found_superseded() -> None:
    world = World()
    world.database(1, a="B")
    world.read_database()
    world.typed(5, a="B")
    world.read_sheet()
    world.pasted(6, lost=True, a="D")
    world.call(7)
    world.grace(9_000_000)
    world.settle(9_000_010)
    assert world.both() == {"a": "D", "b": "A"}


def test_told_twice() -> None:
    world = World()
    edit = world.typed(1, a="X")
    world.read()
    world.database(3, a="Y")
    world.read_database()
    world.read_sheet(replace(edit, id="again", time=4, received=4))
    world.settle(10)
    assert world.both() == {"a": "Y", "b": "A"}


def test_fired_twice() -> None:
    world = World()
    edit = world.typed(1, a="B")
    world.read_sheet(edit)
    world.read_sheet(replace(edit, id="twin"))
    world.settle(10)
    assert world.both() == {"a": "B", "b": "A"}
    assert world.logged() == []


def test_rounded_by_db() -> None:
    world = World()
    world.server.trigger = lambda image: (
        {**image, "b": "B", "a": "touched"} if image["b"] == "C" else image
    )
    world.typed(1, b="C")
    world.settle(10)
    assert world.both() == {"a": "touched", "b": "B"}
    assert world.server.binlog == []


def test_old_fits_late() -> None:
    world = World()
    edit = world.typed(1, a="C")
    world.posts.clear()
    world.database(2, a="C")
    world.database(3, a="A")
    world.read_database()
    world.read_sheet(edit, now=4)
    world.settle(10)
    assert world.both() == {"a": "A", "b": "A"}
    assert ("a", "C") in world.logged()


def test_overwritten_then_read() -> None:
    world = World()
    world.database(1, a="B")
    world.read_database()
    world.pasted(2, lost=True, a="C")
    call = world.send(3)
    world.answer(call, 4)
    reread = replace(world.pasted(5, lost=True, a="B"), time=5, received=5)
    world.read_sheet(reread)
    world.grace(9_000_000)
    world.settle(9_000_010)
    assert world.both() == {"a": "C", "b": "A"}
    assert ("a", "B") in world.logged()


def test_crash_before_call() -> None:
    world = World()
    world.database(1, a="C")
    world.read_database()
    world.settle(10)
    assert world.both() == {"a": "C", "b": "A"}


def test_reread_shows_ours() -> None:
    world = World()
    world.pasted(1, lost=True, a="D")
    world.database(2, a="B")
    world.read_database()
    call = world.send(3)
    world.answer(call, 4)
    world.read_sheet(world.pasted(5, lost=True, a="B"))
    world.grace(9_000_000)
    world.settle(9_000_010)
    assert world.both() == {"a": "D", "b": "A"} or ("a", "D") in world.logged()


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
