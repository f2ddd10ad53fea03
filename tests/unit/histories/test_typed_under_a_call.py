"""What people type while a call of ours is under way: it overwrites that before anybody hears it.

Who types next sees what our call wrote, and not what it took away.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from sink.core.mapping import Policy, Rule
from sink.writers.sheets.call import RowWrite
from tests.simulation.agenda import SECOND
from tests.simulation.setting import Setting
from tests.unit.histories.whole import Bridge
from tests.unit.histories.world import Call, World, key


def test_what_our_call_replaced_is_superseded_by_an_edit_that_did_not_see_it() -> None:
    """The newer edit, made in sight of our value, is read before the replaced one."""
    world = World()
    world.database(1, a="D")
    world.read_database()
    replaced = world.typed(2, a="X")
    call = world.send(3)
    newer = world.typed(4, a="Y")
    world.answer(call, 5)
    world.read_sheet(newer)
    world.read_sheet(replaced)
    world.settle(6)
    assert world.both() == {"a": "Y", "b": "A"}
    assert ("a", "X") in world.logged()


def test_two_edits_under_a_call_and_a_third_over_what_it_wrote() -> None:
    """The second one is agreed, and our call had taken it away before the third was typed."""
    world = World()
    world.database(1, a="D")
    world.read_database()
    first, second = world.typed(3, a="B"), world.typed(4, a="C")
    world.answer(world.send(2), 5)
    world.read_sheet(first)
    world.read_sheet(second)
    world.typed(6, a="E")
    world.settle(7)
    assert world.both() == {"a": "E", "b": "A"}
    assert ("a", "C") in world.logged()


def test_an_edit_heard_under_a_call_that_takes_it_away() -> None:
    """The answer shows what the call replaced: nobody can have seen that in the cell since."""
    world = World()
    world.database(1, a="D")
    world.read_database()
    typed = world.typed(3, a="X")
    call = world.send(2)
    world.read_sheet(typed)
    world.answer(call, 5)
    world.pasted(6, a="Y")
    world.settle(7)
    assert world.both() == {"a": "Y", "b": "A"}
    assert ("a", "X") in world.logged()


@pytest.mark.parametrize("heard", ["before", "after"])
def test_what_is_typed_into_a_row_that_a_call_has_just_made_came_after_it(heard: str) -> None:
    """A second call, and a person who puts back what stood there first, whose post is lost."""
    world = World()
    world.database(1, row=2, a="D", b="B")
    world.read_database()
    call = world.send(2)
    typed = world.typed(3, row=2, a="E")
    if heard == "before":
        world.read_sheet(typed)
    world.answer(call, 5)
    if heard == "after":
        world.read_sheet(typed)
    assert world.state(key(2)).beliefs["a"].surely() == "E"
    world.typed(6, row=2, lost=True, a="D")
    world.database(7, row=2, a="F")
    world.read_database()
    world.call(8)
    world.grace(9_000_000)
    world.settle(9_000_010)
    both = world.both(2)
    assert both is not None
    assert both["a"] == "D"
    assert ("a", "F") in world.logged()


def test_what_a_call_replaced_crosses_with_what_it_wrote_and_loses_or_wins_once() -> None:
    """The cell still showed the value before: nothing of what our call brought had been hidden."""
    world = World()
    world.database(1, a="B")
    world.read_database()
    world.call(2)
    world.database(4, a="D")
    world.read_database()
    world.typed(5, lost=True, a="X")
    world.call(6, 7)
    assert world.logged() == []
    world.settle(8)
    assert world.both() == {"a": "X", "b": "A"}
    assert world.logged() == [("a", "D")]


def test_a_new_row_is_typed_over_that_a_call_had_hit_before_anybody_heard_of_it() -> None:
    """Only its copy tells what it held; the person saw what was meant for another row."""
    quiet = Setting.quiet(Rule(Policy.LAST_WRITE_WINS))
    bridge = Bridge(setting=replace(quiet, post_delay=SECOND))
    bridge.create(5, a="E")
    bridge.database(4, a="D")
    bridge.delete(3, heard=False)
    bridge.until(lambda: bridge.world.sheet.rows()[5]["a"] == "D", "a write into the wrong row")
    bridge.edit(5, a="F")
    bridge.rest()
    row = bridge.both(5)
    assert row is not None
    assert row["a"] == "F"
    assert ("a", "E") in bridge.logged()


def test_a_new_row_is_deleted_that_a_call_had_hit_before_anybody_heard_of_it() -> None:
    """The person saw what was meant for another row, and not what the copy alone tells of."""
    quiet = Setting.quiet(Rule(Policy.LAST_WRITE_WINS))
    bridge = Bridge(setting=replace(quiet, post_delay=SECOND))
    bridge.create(5, a="E")
    bridge.database(4, a="D")
    bridge.delete(3, heard=False)
    bridge.until(lambda: bridge.world.sheet.rows()[5]["a"] == "D", "a write into the wrong row")
    bridge.delete(5)
    bridge.rest()
    assert bridge.both(5) is None
    assert ("a", "E") in bridge.logged()


@pytest.mark.parametrize(("created", "answered"), [(6, 7), (8, 7)])
@pytest.mark.parametrize("heard", ["before", "after"])
def test_a_row_that_lives_is_typed_anew_where_our_call_had_taken_it(
    created: int, answered: int, heard: str
) -> None:
    """A younger edit beat the program's delete, whose call was under way: it took the edit too."""
    world = World()
    world.database_delete(2)
    world.read()
    edit = world.typed(3, b="S")
    call = world.send(4)
    if heard == "before":
        world.read_sheet(edit)
    if created < answered:
        world.created(created, a="N", b="N")
    world.answer(call, answered)
    if heard == "after":
        world.read_sheet(edit)
    if created > answered:
        world.created(created, a="N", b="N")
    world.settle(10)
    assert world.both() == {"a": "N", "b": "N"}
    assert ("b", "S") in world.logged()


def test_of_two_contents_that_calls_replaced_unheard_the_first_is_logged() -> None:
    """The second is known as content of its own only by a late event that tells of another."""
    world = World()
    world.database(1, a="D")
    world.read_database()
    world.typed(2, lost=True, a="X")
    world.call(3, 4)
    late = world.typed(6, a="Z")
    world.typed(7, lost=True, a="D")
    world.database(8, a="E")
    world.read_database()
    world.call(9, 10)
    world.read_sheet(late)
    world.settle(12)
    assert world.both() == {"a": "D", "b": "A"}
    assert {("a", "X"), ("a", "Z"), ("a", "E")} <= set(world.logged())


def test_a_plain_cell_that_a_misplaced_call_met_holds_no_formula_any_more() -> None:
    """Somebody put the key and a value of their own over the row, and no post has told of it."""
    world = World()
    world.read_sheet(replace(world.typed(1, lost=True, a="F"), formulas={"a": True}))
    world.read()
    world.pasted(2, lost=True, a="X")
    call = Call([RowWrite("update", key(), {"a": "D"})], lo=3, replaced={key(): {"a": "X"}})
    world.sheet[key()]["a"] = "D"
    world.answer(call, 5)
    assert world.state(key()).formulas == {}
    world.settle(6)
    assert world.both() == {"a": "X", "b": "A"}
    assert ("a", "F") in world.logged()


def test_a_cell_is_pasted_over_between_two_calls_that_hit_it_and_that_is_heard_later() -> None:
    """Rows had moved under both calls: what the person saw was not what they had typed before."""
    world = World()
    world.typed(1, a="X")
    world.read()
    _hit(world, "D", lo=3, hi=4)
    pasted = world.pasted(5, lost=True, a="D")
    _hit(world, "E", lo=6, hi=7)
    world.read_sheet(pasted)
    world.settle(8)
    row = world.both()
    assert row is not None
    assert {"X", "D"} <= {row["a"], *(value for _, value in world.logged())}


@pytest.mark.parametrize("heard", ["before", "after"])
def test_a_cell_is_pasted_over_under_a_call_that_hits_it_with_the_same(heard: str) -> None:
    """The copy shows that it held that before: no trigger that ran late has read our write."""
    world = World()
    world.read()
    cleared = world.pasted(4, lost=True, a=None)
    call = Call([RowWrite("update", key(), {"a": None})], lo=3, replaced={key(): {"a": None}})
    if heard == "before":
        world.read_sheet(cleared)
    world.answer(call, 5)
    if heard == "after":
        world.read_sheet(cleared)
    world.settle(6)
    assert world.both() == {"a": None, "b": "A"}


def _hit(world: World, value: str, *, lo: int, hi: int) -> None:
    """A call writes into the row what was meant for another one."""
    before = world.sheet[key()]["a"]
    call = Call([RowWrite("update", key(), {"a": value})], lo=lo, replaced={key(): {"a": before}})
    world.sheet[key()]["a"] = value
    world.answer(call, hi)
