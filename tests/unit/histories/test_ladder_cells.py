"""The histories of one cell at the end of LADDER.md, each a test of its name, in every order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sink.core.mapping import Policy
from tests.unit.histories.world import World, key, orders

GRACE_OVER = 9_000_000


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("order", orders("s", "e"))
def test_echo_of_older_write(order: str, times: int) -> None:
    world = World()
    world.typed(1, a="C")
    world.read_sheet()
    (echo,) = world.changes()
    world.typed(3, a="B")
    again = [echo] * times
    for name in order:
        if name == "s":
            world.read_sheet(now=4)
        else:
            world.merge(again, now=4)
        assert world.send(4).writes == [], "the first edit never reaches the sheet again"
    world.merge(again, now=5)
    assert world.send(5).writes == []
    world.settle(10)
    assert world.both() == {"a": "B", "b": "A"}
    assert world.logged() == []


@pytest.mark.parametrize("call_first", [True, False])
def test_aba_sheet(call_first: bool) -> None:
    world = World()
    world.typed(1, a="B")
    late = world.edits()
    world.database(2, a="B")
    world.database(3, a="A")
    world.read_database()
    if call_first:
        world.call(5)
    world.merge(late)
    world.settle(10)
    assert world.both() == {"a": "A", "b": "A"}
    assert ("a", "B") in world.logged()


@pytest.mark.parametrize("order", [order for order in orders("d", "ss") if order[0] == "s"])
def test_aba_db(order: str) -> None:
    world = World()
    world.database(1, a="B")
    late = world.changes()
    world.typed(2, a="C")
    world.pasted(3, a="A")
    world.read_in(order, now=4, d=late, s=world.edits())
    world.settle(10)
    assert world.both() == {"a": "A", "b": "A"}
    assert ("a", "B") in world.logged()


@pytest.mark.parametrize("order", orders("d", "st"))
def test_triggers_swapped(order: str) -> None:
    """``t`` is the first edit's event, which came after the second one's (``s``)."""
    world = World()
    world.typed(1, a="C")
    first = world.edits()
    world.typed(2, a="A")
    second = world.edits()
    world.database(4, a="B")
    world.read_in(order, now=5, d=world.changes(), s=second, t=first)
    world.call(6)
    assert not world.state(key()).finds
    world.settle(10)
    assert world.both() == {"a": "B", "b": "A"}


@pytest.mark.parametrize("order", orders("d", "ss"))
def test_equal_under_policy(order: str) -> None:
    world = World(Policy.DATABASE_WINS)
    world.database(1, b="B")
    world.pasted(2, b="B")
    world.typed(3, b="C")
    world.read_in(order, now=4, d=world.changes(), s=world.edits())
    world.settle(10)
    assert world.both() == {"a": "A", "b": "B"}
    assert ("b", "C") in world.logged()


@pytest.mark.parametrize("policy", [Policy.LAST_WRITE_WINS, Policy.DATABASE_WINS])
@pytest.mark.parametrize("ahead", [0, 8])
def test_paste_in_sight(policy: Policy, ahead: int) -> None:
    world = World(policy)
    world.database(1 + ahead, a="B")
    world.read_database(now=2)
    world.call(3)
    world.pasted(4, a="C")
    world.read_sheet(now=5)
    world.settle(20)
    assert world.both() == {"a": "C", "b": "A"}
    assert world.logged() == []


@pytest.mark.parametrize("event", ["late", "lost"])
def test_unseen_under_lock(event: str) -> None:
    world = World()
    world.database(1, a="G")
    late = world.changes()
    world.typed(2, b="B")
    world.read_sheet()
    assert world.server.data.table[key()] == {"a": "G", "b": "B"}
    if event == "late":
        world.merge(late)
    world.settle(10)
    assert world.both() == {"a": "G", "b": "B"}
    assert world.logged() == []


def test_what_a_lock_shows_is_not_believed_until_it_is_told() -> None:
    """The second change was in the table when we wrote beside it, and its event is lost."""
    world = World()
    world.database(1, a="F")
    world.database(2, a="G")
    first, _ = world.changes()
    world.typed(3, b="B")
    world.read_sheet()
    echo = world.changes()
    world.merge([first])
    assert world.server.data.table[key()] == {"a": "G", "b": "B"}
    world.merge(echo)
    world.settle(10)
    assert world.both() == {"a": "G", "b": "B"}


@pytest.mark.parametrize("told_by", ["a before image", "a snapshot", "the table alone"])
def test_gap(told_by: str) -> None:
    world = World()
    world.database(1, a="G")
    world.changes()
    if told_by == "a before image":
        world.database(2, b="B")
    if told_by == "a snapshot":
        world.merge(world.snapshot(2))
    world.settle(10)
    assert world.both() == {"a": "G", "b": "B" if told_by == "a before image" else "A"}


@pytest.mark.parametrize("crash", [None, "before the grace", "after the grace"])
def test_unheard_overwritten(crash: str | None) -> None:
    world = World()
    world.database(1, a="B")
    world.read_database()
    world.pasted(2, lost=True, a="D")
    world.call(3)
    if crash == "before the grace":
        world.restart()
    world.grace(GRACE_OVER)
    if crash == "after the grace":
        world.restart()
    world.settle(GRACE_OVER + 10)
    assert world.both() == {"a": "D", "b": "A"}
    assert ("a", "B") in world.logged()


@pytest.mark.parametrize("order", orders("s", "d"))
@pytest.mark.parametrize("looked_at", [2, 4])
def test_look_too_early(looked_at: int, order: str) -> None:
    """The look's first reading shows B before its event is read; the second one comes after."""
    world = World()
    world.typed(1, a="B")
    first = world.glance(looked_at)
    world.database(3, a="C")
    world.read_in(order, now=5, s=world.edits(), d=world.changes())
    world.look_again(first, looked_at)
    world.settle(10)
    assert world.both() == {"a": "C", "b": "A"}
    assert ("a", "B") in world.logged()


@pytest.mark.parametrize("order", ["as", "sa"])
def test_found_superseded(order: str) -> None:
    """A call sent at 4 and answered at 8 puts C over D (6), while B (5) is the newest event."""
    world = World()
    world.database(1, a="C")
    world.read_database()
    world.typed(5, a="B")
    world.pasted(6, lost=True, a="D")
    call = world.send(4)
    for name in order:
        if name == "a":
            world.answer(call, 8)
        else:
            world.read_sheet(now=8)
    world.grace(GRACE_OVER)
    world.settle(GRACE_OVER + 10)
    assert world.both() == {"a": "B", "b": "A"}
    assert ("a", "D") in world.logged()


@pytest.mark.parametrize("database_time", [2, 3])
def test_told_twice(database_time: int) -> None:
    world = World()
    edit = world.typed(1, a="X")
    world.read()
    world.database(database_time, a="Y")
    world.read_database()
    world.read_sheet(replace(edit, id="again", time=4, received=4))
    world.settle(10)
    assert world.both() == {"a": "Y", "b": "A"}


@pytest.mark.parametrize("together", [True, False])
def test_old_fits_late(together: bool) -> None:
    world = World()
    edit = world.typed(1, a="C")
    world.edits()
    world.database(2, a="C")
    world.database(3, a="A")
    if together:
        world.merge([*world.changes(), edit], now=4)
    else:
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
    world.call(3, 4)
    world.read_sheet(world.pasted(5, lost=True, a="B"))
    world.grace(GRACE_OVER)
    world.settle(GRACE_OVER + 10)
    assert world.both() == {"a": "C", "b": "A"}
    assert ("a", "B") in world.logged()


@pytest.mark.parametrize("trigger", ["within the call", "after it"])
@pytest.mark.parametrize("order", ["as", "sa"])
def test_reread_shows_ours(order: str, trigger: str) -> None:
    """D wins in the end, so that B alone is lost and logged, wherever the trigger falls.

    Were the trigger's B within the call a person's own, D would stand all the same (``resolver``).
    """
    world = World()
    world.pasted(1, lost=True, a="D")
    world.database(2, a="B")
    world.read_database()
    call = world.send(3)
    reread = world.pasted(4 if trigger == "within the call" else 6, lost=True, a="B")
    for name in order:
        if name == "a":
            world.answer(call, 5)
        else:
            world.read_sheet(reread, now=6)
    world.grace(GRACE_OVER)
    world.settle(GRACE_OVER + 10)
    assert world.both() == {"a": "D", "b": "A"}
    assert world.logged() == [("a", "B")]


def test_reread_shows_ours_after_another_told_what_we_replaced() -> None:
    """Of two triggers that ran late, one read D within the call, the other what the call wrote."""
    world = World()
    pasted = world.pasted(1, lost=True, a="D")
    world.database(2, a="B")
    world.read_database()
    call = world.send(3)
    world.answer(call, 5)
    world.read_sheet(replace(pasted, id="within", time=4), now=6)
    world.read_sheet(world.pasted(6, lost=True, a="B"))
    world.grace(GRACE_OVER)
    world.settle(GRACE_OVER + 10)
    assert world.both() == {"a": "D", "b": "A"}
    assert ("a", "B") in world.logged()


@pytest.mark.parametrize("way", ["in one batch", "one after the other", "after the echo"])
def test_fired_twice(way: str) -> None:
    world = World()
    edit = world.typed(1, a="B")
    world.edits()
    twin = replace(edit, id="twin")
    if way == "in one batch":
        world.merge([edit, twin])
    else:
        world.merge([edit])
        if way == "after the echo":
            world.read_database()
        world.merge([twin])
    world.settle(10)
    assert world.both() == {"a": "B", "b": "A"}
    assert world.logged() == []
    assert len(world.written) == 1


def test_rounded_by_db() -> None:
    world = World()
    world.server.trigger = lambda image: (
        {**image, "b": "B", "a": "touched"} if image["b"] == "C" else image
    )
    world.typed(1, b="C")
    world.settle(10)
    assert world.both() == {"a": "touched", "b": "B"}
    assert world.server.binlog == []
    assert len(world.written) == 1
    assert world.logged() == []


@pytest.mark.parametrize("change", ["before both", "between", "in the order of posts"])
def test_fired_twice_and_lost_once(change: str) -> None:
    """Both runs of the trigger tell one edit, some milliseconds apart; a program's wins over it."""
    world = World()
    edit = world.typed(1, a="B")
    twin = replace(edit, id="twin", time=2)
    world.edits()
    world.database(5, a="D")
    later = world.changes()
    reads = {
        "before both": [*later, edit, twin],
        "between": [edit, *later, twin],
        "in the order of posts": [edit, twin, *later],
    }
    world.merge(reads[change])
    world.settle(10)
    assert world.both() == {"a": "D", "b": "A"}
    assert world.logged() == [("a", "B")]


def test_the_same_value_lost_to_two_changes_is_logged_twice() -> None:
    """A person types the same again, and again a program has changed the cell meanwhile."""
    world = World(Policy.DATABASE_WINS)
    world.typed(1, a="done")
    world.database(2, a="open")
    world.read(now=3)
    world.settle(5)
    world.typed(1_000_000, a="done")
    world.database(1_000_001, a="held")
    world.read(now=1_000_002)
    world.settle(1_000_005)
    assert world.both() == {"a": "held", "b": "A"}
    assert world.logged() == [("a", "done"), ("a", "done")]


@pytest.mark.parametrize("later", [0, 1])
@pytest.mark.parametrize("created", [False, True])
def test_fired_twice_after_a_delete_and_lost_once(created: bool, later: int) -> None:
    """The program's delete is younger, and read first."""
    world = World()
    edit = world.created(3, a="B", b="A") if created else world.pasted(3, a="B")
    twin = replace(edit, id="twin", time=3 + later)
    world.edits()
    world.database_delete(5)
    world.read_database()
    world.merge([edit], now=6)
    before = world.logged()
    world.merge([twin], now=7)
    world.settle(10)
    assert world.both() is None
    assert ("a", "B") in before
    assert world.logged() == before
