"""Rows that programs make and bring back, and what a snapshot tells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sink.core.change_event import Op
from sink.core.decision import Loss
from sink.core.policies import Rules, database_wins, sheet_wins
from sink.core.row_state import WHOLE_ROW, RowState
from sink.core.version import EVER, Origin
from tests.unit.core.rows import KEY, ROW, change, edit, merged, of_database, of_sheet, standing

TYPED = of_sheet("B", 5)


def test_a_snapshot_fills_what_has_no_version() -> None:
    state = merged(RowState(KEY), [change(4, None, {"a": "X", "b": None}, op=Op.SNAPSHOT)]).state
    assert state.life == of_database(True, None)
    assert state.cells == {"a": of_database("X", None), "b": of_database(None, None)}
    assert state.table == {"a": "X", "b": None}


def test_a_snapshot_beats_nothing_and_is_the_binlog_s_word_of_new_columns_only() -> None:
    before = standing()
    assert before.table is not None
    state = merged(before, [change(4, None, {"a": "X", "c": "C"}, op=Op.SNAPSHOT)]).state
    assert state.cells == {**before.cells, "c": of_database("C", None)}
    assert (state.life, state.table) == (before.life, {**before.table, "c": "C"})
    assert merged(before, [change(4, None, None, op=Op.SNAPSHOT)]).state == before


def test_a_snapshot_of_a_new_column_replaces_what_the_table_has_held() -> None:
    before = standing()
    made = replace(of_database("old", None), made=True)
    before.cells = {**before.cells, "c": made, "d": TYPED}
    found = [change(4, None, {"c": "new", "d": "old"}, op=Op.SNAPSHOT)]
    state = merged(before, found).state
    assert state.cells["c"] == of_database("new", None)
    assert state.cells["d"] == TYPED, "the table does not have it yet"
    assert state.table == {**ROW, "c": "new", "d": "old"}


def waiting() -> RowState:
    """A row that a person has typed and the database refused: it waits in the sheet."""
    event = edit(5, a="S", key_edited=True, refused={WHOLE_ROW: "no"})
    return merged(RowState(KEY), [event]).state


def test_what_was_typed_into_a_waiting_row_crosses_with_a_snapshot_s() -> None:
    decision = merged(waiting(), [change(4, None, ROW, op=Op.SNAPSHOT)])
    assert decision.state.agreed == {"a": "S", "b": "A"}
    assert decision.state.refused == {}
    found = of_database("A", None)
    assert decision.losses == [Loss("a", found, of_sheet("S", 5), "last_write_wins")]


def test_a_snapshot_of_a_row_that_lives_leaves_why_its_delete_was_refused() -> None:
    state = standing()
    state.refused = {WHOLE_ROW: "a foreign key"}
    assert merged(state, [change(4, None, ROW, op=Op.SNAPSHOT)]).state.refused == state.refused


def test_a_create_revives_in_sight_of_its_delete_and_nothing_is_logged() -> None:
    gone = change(4, ROW, None)
    again = change(4, None, {"a": "X", "b": "A"})
    decision = merged(standing(), [gone, again])
    assert decision.state.life == of_database(True, 4)
    assert decision.state.cells["a"] == of_database("X", 4)
    assert decision.losses == []


def test_a_create_in_sight_of_its_delete_replaces_the_cells_that_went_with_it() -> None:
    """They were logged then."""
    state = standing()
    state.cells["a"] = of_sheet("S", 3)
    state.life = of_database(False, 4)
    decision = merged(state, [change(5, None, {"a": "X", "b": "A"})])
    assert decision.state.cells["a"] == of_database("X", 5)
    assert decision.losses == []


def test_a_revival_has_not_seen_the_cells_that_the_dead_row_kept() -> None:
    state = standing()
    state.life = of_sheet(False, 5)
    younger = of_sheet("S", 9)
    state.cells["a"] = younger
    theirs = of_database("X", 6)
    decision = merged(state, [change(6, ROW, {"a": "X", "b": "A"})])
    assert decision.state.alive
    assert decision.state.agreed == {"a": "S", "b": "A"}
    assert decision.losses[1:] == [Loss("a", theirs, younger, "last_write_wins")]


@pytest.mark.parametrize("created", [True, False])
def test_a_create_may_beat_the_tombstone_where_its_cells_do_not(created: bool) -> None:
    state = standing()
    state.life = of_sheet(False, 5)
    rules = Rules(("database_wins", database_wins), dict.fromkeys("ab", ("sheet_wins", sheet_wins)))
    event = change(4, None if created else ROW, {"a": "X", "b": "A"})
    assert merged(state, [event], rules).state.alive is created


def test_a_create_of_a_row_that_lives_shows_that_it_is_there() -> None:
    state = standing()
    state.life = of_sheet(True, 3)
    state.table = None
    after = merged(state, [change(4, None, ROW)]).state
    assert after.life == replace(of_sheet(True, 3), in_db=EVER)
    updated = merged(state, [change(4, ROW, {"a": "B", "b": "A"})]).state
    assert updated.life == of_sheet(True, 3)


def test_a_mute_database_makes_no_row_and_revives_none() -> None:
    mute = Rules(mute=Origin.DATABASE)
    none = merged(RowState(KEY), [change(4, None, ROW)], mute).state
    assert none.life is None
    assert none.cells == {}
    state = standing()
    state.life = of_database(False, 3)
    decision = merged(state, [change(4, None, {"a": "X", "b": "A"})], mute)
    assert not decision.state.alive
    assert {loss.rule for loss in decision.losses} == {"one_way"}
    assert decision.state.cells["a"].value == "A"


def test_an_update_that_had_not_seen_the_tombstone_must_beat_it() -> None:
    state = standing()
    state.life = of_sheet(False, 5)
    late = merged(state, [change(6, ROW, {"a": "X", "b": "A"})])
    assert late.state.life == replace(of_database(True, 6), in_db=None)
    assert late.losses == [Loss(None, of_sheet(False, 5), of_database("X", 6), "last_write_wins")]
    early = merged(state, [change(4, ROW, {"a": "X", "b": "A"})])
    assert not early.state.alive
    assert early.state.cells["a"].value == "X"
    assert [(loss.column, loss.loser) for loss in early.losses] == [("a", of_database("X", 4))]
