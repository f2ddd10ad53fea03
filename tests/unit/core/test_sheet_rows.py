"""Rows that people make and bring back, and what a look at the sheet tells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sink.core.belief import Belief
from sink.core.change_event import SheetSight
from sink.core.decision import Loss
from sink.core.policies import Rules, database_wins, sheet_wins
from sink.core.row_state import WHOLE_ROW, OpenWrite, RowState
from sink.core.values.codec import Value
from sink.core.version import EVER, Origin, Version
from tests.unit.core.rows import (
    KEY,
    READ,
    ROW,
    edit,
    merged,
    of_database,
    of_sheet,
    ours,
    standing,
    written,
)


def test_a_row_is_created_once_its_required_columns_are_there() -> None:
    needs = Rules(required=frozenset({"b"}))
    first = merged(RowState(KEY), [edit(5, a="S", b=None, key_edited=True)], needs).state
    assert first.life is None
    assert first.cells == {}
    second = merged(first, [edit(6, b="T")], needs).state
    assert second.life == ours(True, 6)
    assert second.cells == {"a": ours("S", 6), "b": ours("T", 6)}


def test_a_refused_cell_is_not_counted_as_there() -> None:
    needs = Rules(required=frozenset({"a", "b"}))
    event = edit(5, a="S", b=None, key_edited=True, refused={"a": "too long"})
    first = merged(RowState(KEY), [event], needs).state
    assert merged(first, [edit(6, b="T")], needs).state.life is None


def test_a_refused_row_is_believed_only() -> None:
    event = edit(5, a="S", b="T", key_edited=True, refused={WHOLE_ROW: "no"})
    state = merged(RowState(KEY), [event]).state
    assert state.life is None
    assert state.cells == {}
    assert state.refused == {WHOLE_ROW: "no"}
    assert state.beliefs["a"].possible() == ("S",)


def test_a_mute_sheet_creates_no_row() -> None:
    mute = Rules(mute=Origin.SHEET)
    assert merged(RowState(KEY), [edit(5, a="S", key_edited=True)], mute).state.life is None
    dead = standing()
    dead.life = of_database(False, 3, shown=4)
    decision = merged(dead, [edit(5, a="S", key_edited=True)], mute)
    assert not decision.state.alive
    assert {loss.rule for loss in decision.losses} == {"one_way"}
    assert decision.state.agreed == ROW


def test_a_key_alone_makes_a_row() -> None:
    state = merged(RowState(KEY), [edit(5, a=None, b=None, key_edited=True)]).state
    assert state.life == ours(True, 5)
    assert state.cells == {}


def test_a_row_typed_again_after_its_delete_begins_anew() -> None:
    dead = standing()
    dead.life = replace(of_database(False, 3), seen_from=5)
    dead.table = None
    decision = merged(dead, [edit(5, a="S", b=None, key_edited=True)])
    assert decision.state.life == ours(True, 5)
    assert decision.state.cells == {"a": ours("S", 5)}
    assert decision.losses == []


def test_it_takes_up_the_table_s_row_where_the_delete_has_not_reached_it() -> None:
    dead = standing()
    dead.life = of_sheet(False, 3)
    dead.open_writes = (OpenWrite(1, {"a": "A", "b": "Z"}, 2, {"b": of_sheet("Z", 2)}),)
    decision = merged(dead, [edit(5, a="S", b=None, key_edited=True)])
    assert decision.losses == []
    assert decision.state.cells["a"] == ours("S", 5)
    assert decision.state.cells["b"] == Version("Z", None, Origin.DATABASE, in_db=EVER, seen_from=5)


@pytest.mark.parametrize("key_edited", [True, False])
def test_an_edit_that_had_not_seen_the_tombstone_must_beat_it(key_edited: bool) -> None:
    dead = standing()
    dead.life = replace(of_database(False, 5), seen_from=8)
    won = merged(dead, [edit(6, a="S", key_edited=key_edited)])
    assert won.state.life is not None
    assert won.state.life.value is True
    assert won.state.cells["a"] == ours("S", 6)
    assert [(loss.column, loss.loser) for loss in won.losses] == [(None, dead.life)]
    lost = merged(dead, [edit(4, a="S", key_edited=key_edited)])
    assert lost.state.life == dead.life
    assert lost.losses == [Loss("a", ours("S", 4), dead.life, "last_write_wins")]
    assert lost.state.cells["a"] == ours("S", 4), "a dead row goes on merging"


@pytest.mark.parametrize("key_edited", [True, False])
def test_a_create_may_beat_the_tombstone_where_its_cells_do_not(key_edited: bool) -> None:
    dead = standing()
    dead.life = replace(of_database(False, 5), seen_from=8)
    rules = Rules(("sheet_wins", sheet_wins), {"a": ("database_wins", database_wins)})
    state = merged(dead, [edit(4, a="S", key_edited=key_edited)], rules).state
    assert state.alive is key_edited


def test_only_a_create_revives_by_having_seen_the_tombstone() -> None:
    dead = standing()
    dead.life = replace(of_database(False, 5), seen_from=3)
    assert not merged(dead, [edit(4, a="S")]).state.alive
    assert merged(dead, [edit(4, a="S", key_edited=True)]).state.alive


def test_an_edit_that_mends_a_row_refused_after_its_delete_creates_it() -> None:
    dead = standing()
    dead.life = replace(of_database(False, 5), seen_from=3)
    dead.refused = {WHOLE_ROW: "too long"}
    assert merged(dead, [edit(4, a="S")]).state.alive


def test_what_a_refused_row_shows_was_typed_over_nothing_known() -> None:
    """The dead row kept an empty cell, of which the person had no sight."""
    dead = standing()
    dead.life = replace(of_database(False, 5), seen_from=8)
    dead.refused = {WHOLE_ROW: "too long"}
    dead.cells["b"] = replace(of_database(None, 9), seen_from=0)
    dead.beliefs["b"] = Belief(None, 0, 0, ((3, "T"),))
    decision = merged(dead, [edit(6, a="S", old="A", typed=True)])
    assert decision.state.alive
    assert decision.state.agreed == {"a": "S", "b": None}


@pytest.mark.parametrize("found", [True, False])
@pytest.mark.parametrize("outside", [True, False])
@pytest.mark.parametrize("shown", [None, 4])
def test_a_row_that_a_look_finds_had_not_seen_an_operator_s_delete(
    found: bool, outside: bool, shown: int | None
) -> None:
    dead = standing()
    dead.life = replace(of_sheet(False, 5), seen_from=3, outside=outside, shown=shown)
    event = edit(4, a="S", key_edited=True, found=found)
    blind = found and outside and shown is None
    assert merged(dead, [event]).state.alive is not blind


def test_a_revival_has_not_seen_the_cells_that_the_dead_row_kept() -> None:
    dead = standing()
    dead.life = replace(of_database(False, 5), seen_from=8)
    younger = of_database("D", 9)
    dead.cells["a"] = younger
    decision = merged(dead, [edit(6, a="S")])
    assert decision.state.alive
    assert decision.state.agreed == {"a": "D", "b": "A"}
    assert decision.losses[1:] == [
        Loss("a", ours("S", 6), replace(younger, in_db=None), "last_write_wins")
    ]


def test_no_edit_of_a_dead_row_is_nothing() -> None:
    dead = standing()
    dead.life = of_database(False, 3)
    assert not merged(dead, [edit(5)]).state.alive
    assert merged(dead, [edit(5)]).losses == []


def sight(time: int, *, present: bool = True, **cells: Value) -> SheetSight:
    return SheetSight("look", KEY, present, cells, time, READ)


def test_a_look_settles_what_the_sheet_shows() -> None:
    state = standing()
    state.cells["a"] = of_database("D", 3)
    state.cells["b"] = of_database("E", 3)
    del state.beliefs["b"]
    after = merged(state, [sight(5, a="D", b="Z", c="C")]).state
    assert after.present == Belief(True, 5, 5)
    assert after.seen_until == 5
    assert after.beliefs == {
        "a": Belief("D", 5, 5),
        "b": Belief("Z", 5, 5),
        "c": Belief("C", 5, 5),
    }
    assert after.cells == {"a": of_database("D", 3, shown=5), "b": of_database("E", 3)}


def test_a_look_that_sees_our_write_ends_what_was_refused_before_it() -> None:
    state = written()
    state.refused = {"a": "too long", "b": "too long"}
    assert merged(state, [sight(15, a="W", b="A")]).state.refused == {"b": "too long"}
    assert merged(state, [sight(15, a="X", b="A")]).state.refused == state.refused


def test_what_was_shown_before_was_shown_since_then() -> None:
    state = standing()
    state.cells["a"] = of_database("A", 3, shown=4)
    assert merged(state, [sight(5, a="A")]).state.cells == state.cells


def test_a_look_sees_our_write_as_ours() -> None:
    state = written(over=(3, "A"))
    belief = state.beliefs["a"] = replace(state.beliefs["a"], hid=6)
    after = merged(state, [sight(15, a="W")]).state.beliefs["a"]
    assert after == Belief("W", 15, 15, (), True, belief.wrote, over=(3, "A"), hid=6)
    other = merged(state, [sight(15, a="X")]).state.beliefs["a"]
    assert other == Belief("X", 15, 15, (), False, belief.wrote, over=(3, "A"), hid=6)
    state.beliefs["a"] = belief.hear(13, "W")
    assert not merged(state, [sight(15, a="W")]).state.beliefs["a"].written
    state.beliefs["a"] = replace(belief, written=False)
    assert not merged(state, [sight(15, a="W")]).state.beliefs["a"].written
    state.present = Belief(True, 10, 12, written=True, wrote=(10, 12))
    there = merged(state, [sight(15, a="W")]).state.present
    assert there == Belief(True, 15, 15, (), True, (10, 12))


@pytest.mark.parametrize("late", [0, 1])
def test_a_look_says_nothing_of_what_was_touched_since(late: int) -> None:
    time = 5 + late
    called, heard = standing(), standing()
    called.beliefs["a"] = Belief("A", time, 9)
    heard.beliefs["a"] = heard.beliefs["a"].hear(3, "A").hear(time, "A")
    for state in (called, heard):
        after = merged(state, [sight(5, a="X", b="Y")]).state
        assert (after.beliefs["a"] == state.beliefs["a"]) is bool(late)
        assert after.beliefs["b"] == Belief("Y", 5, 5)
        assert after.present == Belief(True, 5, 5)
    state = standing()
    state.present = state.present.hear(time, True)
    after = merged(state, [sight(5, a="X")]).state
    assert (after == state) is bool(late)


def test_a_look_that_sees_no_row_ends_what_was_believed() -> None:
    state = standing()
    state.seen_until = 3
    after = merged(state, [sight(5, present=False, a="X")]).state
    assert after.present == Belief(False, 5, 5)
    assert after.beliefs == {}
    assert after.seen_until == 3
    assert after.alive, "it is no delete"
    state.seen_until = 7
    assert merged(state, [sight(5, a="A")]).state.seen_until == 7
