"""Histories that only the simulation met, each made small."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from sink.core.mapping import Guards, Policy
from sink.core.row_key import RowKey
from tests.simulation.acts import row_key
from tests.unit.histories.test_operator_edits import given_back
from tests.unit.histories.whole import Bridge
from tests.unit.histories.world import World


def test_typed_over_a_write_that_hit_another_row() -> None:
    """Our call wrote row 4's value into row 5, which had moved up; the person sees that alone."""
    bridge = Bridge()
    bridge.create(5, a="E")
    bridge.pass_time(1_000_000)
    bridge.database(4, a="D")
    bridge.delete(3, heard=False)

    def hit() -> bool:
        belief = bridge.sink.point.parts.store.states([row_key(5)])[row_key(5)].beliefs["a"]
        return belief.written and belief.value == "D"

    bridge.until(hit, "a write into the wrong row")
    bridge.edit(5, a="F")
    bridge.rest()
    row = bridge.both(5)
    assert row is not None
    assert row["a"] == "F"
    assert ("a", "E") in bridge.logged()


def test_two_posts_of_one_millisecond_read_the_other_way_round() -> None:
    """Their times are equal, so the one that is read first is taken for the older one."""
    world = World()
    first = world.pasted(1, a="B")
    second = world.typed(1, a="C")
    world.read_sheet(second)
    world.read_sheet(first)
    world.settle(5)
    assert world.both() == {"a": "B", "b": "A"}
    assert ("a", "C") in world.logged()


def test_an_operator_deletes_a_row_that_is_dead_and_was_made_again_unread() -> None:
    """The operator's delete is younger than what brought the row back."""
    world = World()
    world.deleted()
    world.look(3)
    world.read()
    made = world.created(5, a="N")
    given_back(world, 8, exists=False)
    world.read_sheet(made, now=9)
    world.settle(10)
    assert world.both() is None
    assert ("a", "N") in world.logged()


def test_a_row_found_after_an_operator_s_delete_was_made_without_sight_of_it() -> None:
    """A look tells when it began: the row may have been made long before."""
    world = World()
    world.deleted()
    world.look(3)
    world.read()
    world.created(5, lost=True, a="N")
    given_back(world, 8, exists=False)
    world.look(9)
    world.settle(10)
    assert world.both() == {"a": "N", "b": "A"}, "it returns with the cells that it kept"
    assert (None, False) in world.logged(), "the operator's delete lost, and not in silence"


@pytest.mark.parametrize("policy", [Policy.LAST_WRITE_WINS, Policy.DATABASE_WINS])
def test_a_program_that_replaces_a_row_had_not_seen_an_operator_s_delete(policy: Policy) -> None:
    """REPLACE deletes and inserts: its own delete is not the one that the operator gave back."""
    world = World(policy)
    world.database_delete(5)
    world.database(5, a="N", b=None)
    given_back(world, 8, exists=False)
    world.read_database(now=9)
    world.settle(10)
    if policy is Policy.DATABASE_WINS:
        assert world.both() == {"a": "N", "b": None}
        assert world.logged()[-1] == (None, False)
    else:
        assert world.both() is None
        assert ("a", "N") in world.logged()


def test_a_program_may_make_a_row_again_that_both_sides_deleted() -> None:
    """The table shows no such row: from then on whoever inserts it has seen that it is gone."""
    world = World(Policy.SHEET_WINS)
    world.database_delete(2)
    world.deleted()
    world.look(4)
    world.read()
    world.settle(5)
    assert world.both() is None
    world.database(50, a="N", b=None)
    world.settle(55)
    assert world.both() == {"a": "N", "b": None}


def test_a_row_that_an_operator_brought_back_is_found_gone_and_that_is_logged() -> None:
    """It was deleted unheard before it was given back; none of its cells is lost, but the row."""
    world = World()
    world.deleted()
    given_back(world, 8, exists=False)
    given_back(world, 9, "restore:2", exists=True)
    world.look(12)
    world.settle(13)
    assert world.both() is None
    assert world.logged()[-1] == (None, True)


def test_a_row_made_on_both_sides_moves_while_ours_is_taken_away() -> None:
    """Where it stood was read before it moved: the same place must not be tried for ever."""
    bridge = Bridge()
    pipeline, done = bridge.sink.point.parts.pipeline, list[str]()

    def meanwhile(point: str, _keys: Collection[RowKey]) -> None:
        call = str(bridge.world.server.data.notes.get("open_call"))
        if point == "before_sheet_write" and '"insert"' in call and not done:
            done.append("made")
            bridge.create(5, a="S")
        elif point == "before_sheet_write" and '"remove"' in call and done == ["made"]:
            done.append("moved")
            bridge.world.sheet.gesture("insert_rows", start=2, count=3)

    pipeline.at = meanwhile
    bridge.database(5, a="D")
    bridge.rest()
    assert done == ["made", "moved"]
    row = bridge.both(5)
    assert row is not None
    assert {"S", "D"} <= {row["a"], *(value for _, value in bridge.logged())}


def test_a_pasted_key_is_hit_by_a_call_that_makes_the_same_row() -> None:
    """What was hit is put back into the person's row, not into ours of the same key."""
    bridge = Bridge()
    sheet, done = bridge.world.sheet, list[str]()

    def meanwhile(point: str, _keys: Collection[RowKey]) -> None:
        if point == "before_sheet_write" and not done:
            done.append("pasted")
            sheet.gesture("edit", range="A5", values=[[5, "S"]], paste=True)
        elif point == "after_sheet_write" and done == ["pasted"]:
            done.append("moved")
            bridge.delete(3, heard=False)

    bridge.sink.point.parts.pipeline.at = meanwhile
    bridge.database(4, a="D")
    bridge.database(5, a="N")
    bridge.rest()
    assert done == ["pasted", "moved"]
    row = bridge.both(5)
    assert row is not None
    assert "S" in {row["a"], *(value for _, value in bridge.logged())}


def test_a_row_is_not_written_and_mended_by_one_call() -> None:
    """Each would take what the other wrote for a person's, and what the person typed is gone."""
    bridge = Bridge()
    done = list[str]()

    def meanwhile(point: str, _keys: Collection[RowKey]) -> None:
        if point == "before_sheet_write" and not done:
            done.append("pasted")
            bridge.world.sheet.gesture("edit", range="A4", values=[[6, "S"]], paste=True)
            bridge.edit(6, b="X")
        elif point == "after_sheet_write" and done == ["pasted"]:
            done.append("typed")
            bridge.edit(6, heard=False, a="T")

    bridge.sink.point.parts.pipeline.at = meanwhile
    bridge.database(3, a="D")
    bridge.rest()
    assert done == ["pasted", "typed"]
    row = bridge.both(6)
    assert row is not None
    assert "T" in {row["a"], *(value for _, value in bridge.logged())}


@pytest.mark.parametrize("read", ["after our call's answer", "before our call's answer"])
@pytest.mark.parametrize("gesture", ["deleted", "given another key"])
def test_a_row_goes_while_a_write_of_ours_hides_its_value(gesture: str, read: str) -> None:
    """The person sees what our call wrote there for another row, and not what had been agreed."""
    bridge = Bridge()
    sheet, done = bridge.world.sheet, list[str]()
    bridge.create(5, a="E")
    bridge.pass_time(1_000_000)

    def go() -> None:
        done.append("gone")
        if gesture == "deleted":
            bridge.delete(5)
        else:
            row = sheet.row_of(5)
            edit = sheet.gesture("edit", range=f"A{row}", values=[[7]])
            bridge.world.script.fire(edit, lambda _time, _edits: None)

    def meanwhile(point: str, keys: Collection[RowKey]) -> None:
        if point == "before_sheet_write" and row_key(4) in keys and not done:
            done.append("moved")
            bridge.delete(3, heard=False)
        elif point == "after_sheet_write" and done == ["moved"]:
            assert sheet.rows()[5]["a"] == "D"
            if read.startswith("before"):
                go()

    bridge.sink.point.parts.pipeline.at = meanwhile
    bridge.database(4, a="D")
    if read.startswith("after"):

        def hit() -> bool:
            belief = bridge.sink.point.parts.store.states([row_key(5)])[row_key(5)].beliefs["a"]
            return belief.written and belief.value == "D"

        bridge.until(hit, "a write into the wrong row")
        go()
    bridge.rest()
    assert done == ["moved", "gone"]
    assert bridge.both(5) is None
    assert ("a", "E") in bridge.logged()


def test_two_replaced_cells_of_a_row_are_refused_each_with_its_own_letter() -> None:
    """Neither was heard of; both are found by the same call, and the database takes neither."""
    bridge = Bridge()
    bridge.world.server.refuses = lambda write: (
        "takes no X" if "X" in write.cells.values() else None
    )
    bridge.edit(a="X", heard=False)
    bridge.edit(b="X", heard=False)
    bridge.database(a="D", b="D")
    bridge.rest()
    assert sorted(letter.reason[:14] for letter in bridge.world.letters) == [
        "“a” takes no X",
        "“b” takes no X",
    ]


def test_two_contents_of_a_cell_that_calls_replaced_one_after_the_other_both_leave_a_trace() -> (
    None
):
    """The first one still waits for its event when the second one is replaced."""
    bridge = Bridge()
    bridge.edit(a="X", heard=False)
    bridge.database(a="D")
    bridge.until(lambda: bridge.sheet() == {"a": "D", "b": "A1", "u": "A1"}, "D in the sheet")
    bridge.edit(a="Y", heard=False)
    bridge.database(a="E")
    bridge.rest()
    row = bridge.both()
    assert row is not None
    assert row["a"] == "Y"
    assert ("a", "X") in bridge.logged()


def test_somebody_types_into_our_row_before_it_is_taken_away_beside_theirs() -> None:
    """Both sides made row 5. What was typed into ours is an edit of the row, wherever it stood."""
    bridge = Bridge()
    sheet, done = bridge.world.sheet, list[str]()

    def meanwhile(point: str, _keys: Collection[RowKey]) -> None:
        call = str(bridge.world.server.data.notes.get("open_call"))
        if point == "before_sheet_write" and '"insert"' in call and not done:
            done.append("made")
            bridge.create(5, a="S")
        elif point == "before_sheet_write" and '"remove"' in call and done == ["made"]:
            done.append("typed")
            ours = [row for row, cells in enumerate(sheet.grid(), 2) if cells[1] == "D"]
            sheet.gesture("edit", range=f"D{ours[0]}", values=[["T"]])

    bridge.sink.point.parts.pipeline.at = meanwhile
    bridge.database(5, a="D")
    bridge.rest()
    assert done == ["made", "typed"]
    row = bridge.both(5)
    assert row is not None
    assert row["b"] == "T"


def test_a_new_row_of_which_only_a_refused_edit_was_heard_is_made_by_the_next_look() -> None:
    """That edit tells that the row is there, and of none of its cells that the table takes."""
    bridge = Bridge()
    bridge.world.server.refuses = lambda write: "check" if write.cells.get("a") == "bad" else None
    bridge.create(5, heard=False, a="good")
    bridge.edit(5, a="bad")
    bridge.rest()
    assert bridge.world.server.data.table[row_key(5)] == {"a": None, "b": None, "u": None}
    assert bridge.sheet(5) == {"a": "bad", "b": None, "u": None}


def test_a_lost_echo_is_not_waited_for_once_the_server_s_clock_is_set_back() -> None:
    """A comparison finds that the table holds a later value; which came first, numbers tell."""
    world = World(Policy.SHEET_WINS)
    world.typed(100, a="B")
    world.read_sheet(now=100)
    assert world.changes(), "the echo, which is lost"
    world.database(1, a="C")
    world.settle(10)
    assert world.both() == {"a": "C", "b": "A"}


def test_a_snapshot_in_the_place_of_an_echo_shows_that_our_write_came_through() -> None:
    """So a program that wrote later did so in sight of it, though its clock is far behind."""
    world = World()
    world.typed(100, a="B")
    world.read_sheet(now=5)
    world.merge(world.snapshot(6))
    world.database(7, a="C")
    world.settle(110)
    assert world.both() == {"a": "C", "b": "A"}
    assert world.logged() == []


def test_a_row_made_again_unread_outlives_the_held_delete_before_it() -> None:
    """Its creation was passed over with a part of the binlog, but a write of ours has met it."""
    world = World(guards=Guards(max_deletes=0.0, minimum=0))
    world.database_delete(2)
    gone = world.changes()
    world.database(3, a="A", b="made again")
    world.changes()  # the connector passes over it
    world.typed(4, a="typed")
    world.read_sheet(now=5)
    world.merge(gone, now=6)
    world.read_database(now=7)
    world.answer_held(8, release=True)
    world.settle(9)
    assert world.both() == {"a": "typed", "b": "made again"}
