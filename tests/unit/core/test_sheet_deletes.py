"""Rows that are gone from the sheet: what was deleted in sight, and what went unseen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sink.core.belief import Belief
from sink.core.change_event import SheetDelete
from sink.core.decision import Loss
from sink.core.row_state import WHOLE_ROW, RowState
from sink.core.version import EVER, Version
from tests.unit.core.rows import (
    KEY,
    READ,
    ROW,
    merged,
    of_database,
    of_sheet,
    ours,
    standing,
    written,
)

HIDDEN = replace(of_database("X", 8, shown=9), seen_from=8)


def test_a_row_that_is_gone_is_deleted() -> None:
    decision = merged(standing(), [SheetDelete("look", KEY, 5, READ, author="ann")])
    assert decision.state.life == ours(False, 5)
    assert decision.state.present == Belief(False, 5, 5)
    assert decision.state.beliefs == {}
    assert decision.losses == []


@pytest.mark.parametrize("later", [0, 1])
@pytest.mark.parametrize("looked", [0, 5])
@pytest.mark.parametrize("what", ["cell", "row", "heard"])
def test_a_later_edit_supersedes_the_finding(looked: int, later: int, what: str) -> None:
    state, newest = standing(), looked + later
    if what == "cell":
        state.newest = {"a": newest, "b": 0}
    elif what == "row":
        state.life = of_sheet(True, newest)
    else:
        state.present = state.present.hear(newest, True)
    after = merged(state, [SheetDelete("look", KEY, looked, READ)]).state
    assert after.alive is bool(later)
    assert not merged(standing(), [SheetDelete("look", KEY, 0, READ)]).state.alive


def test_a_program_s_row_of_a_later_time_does_not_supersede_it() -> None:
    state = standing()
    state.life = replace(of_database(True, 9, shown=2), seen_from=0)
    decision = merged(state, [SheetDelete("look", KEY, 5, READ, seen_until=4)])
    assert decision.state.life == of_sheet(False, 5)


@pytest.mark.parametrize("shown", [3, 4, 5, None])
@pytest.mark.parametrize("told", [True, False])
def test_a_delete_saw_what_was_shown_when_the_row_was_last_there(
    shown: int | None, told: bool
) -> None:
    state = standing()
    held = of_database("D", 9, shown=shown)
    state.cells["a"] = replace(held, seen_from=0)
    state.seen_until = 9 if told else 4
    event = SheetDelete("look", KEY, 5, READ, seen_until=4 if told else 0)
    assert merged(state, [event]).state.alive is (shown in (5, None))


def test_nobody_saw_anything_after_the_look() -> None:
    state = standing()
    state.cells["a"] = replace(of_database("D", 9, shown=6), seen_from=0)
    assert merged(state, [SheetDelete("look", KEY, 5, READ, seen_until=8)]).state.alive


def test_a_delete_that_the_database_does_not_take_puts_the_row_back() -> None:
    state = merged(standing(), [SheetDelete("look", KEY, 5, READ, refused="a foreign key")]).state
    assert state.alive
    assert state.refused == {WHOLE_ROW: "a foreign key"}
    assert state.owed_to_sheet() == ("insert", ROW)


def covered(held: Version = HIDDEN) -> RowState:
    """The row, of which a misplaced call of ours had covered cell a at 10 to 12."""
    state = written()
    state.cells["a"] = held
    state.seen_until = 12
    return state


def test_a_delete_logs_the_agreed_value_that_our_write_had_hidden() -> None:
    state = covered()
    decision = merged(state, [SheetDelete("look", KEY, 15, READ, author="ann")])
    assert decision.state.life == ours(False, 15)
    assert decision.losses == [Loss("a", HIDDEN, ours(False, 15), "seen")]


def test_a_held_delete_logs_it_when_it_is_held() -> None:
    state = covered()
    decision = merged(state, [SheetDelete("look", KEY, 15, READ, author="ann", held=True)])
    assert decision.state.alive
    assert decision.losses == [Loss("a", HIDDEN, ours(False, 15), "seen")]


def test_a_delete_that_loses_takes_nothing_out_of_sight() -> None:
    younger = of_database("X", 20)
    decision = merged(covered(younger), [SheetDelete("look", KEY, 15, READ, author="ann")])
    assert decision.state.alive
    assert decision.losses == [Loss(None, ours(False, 15), younger, "last_write_wins")]


def test_the_going_of_a_dead_row_takes_nothing_out_of_sight() -> None:
    state = covered()
    state.life = of_database(False, 9)
    assert merged(state, [SheetDelete("look", KEY, 15, READ)]).losses == []


def test_with_a_row_the_reasons_go_for_which_it_was_not_taken() -> None:
    refused = {WHOLE_ROW: "no", "a": "too long"}
    waiting = RowState(KEY, refused=dict(refused))
    assert merged(waiting, [SheetDelete("look", KEY, 15, READ)]).state.refused == {}
    kept = covered(of_database("X", 20))
    kept.refused = dict(refused)
    assert merged(kept, [SheetDelete("look", KEY, 15, READ)]).state.refused == refused


def test_with_a_waiting_row_goes_what_neither_side_has_which_is_logged() -> None:
    given = replace(of_sheet("G", 12), shown=None, author="operator", outside=True)
    cells = {
        "a": of_sheet("S", 3),
        "b": given,
        "c": replace(given, value=None),
        "d": replace(given, made=True),
        "e": replace(given, in_db=EVER),
    }
    waiting = RowState(KEY, life=of_database(False, 9), cells=cells, refused={WHOLE_ROW: "no"})
    decision = merged(waiting, [SheetDelete("look", KEY, 15, READ)])
    assert decision.losses == [Loss("b", given, of_sheet(False, 15), "seen")]
    dead = replace(waiting, refused={"a": "no"})
    assert merged(dead, [SheetDelete("look", KEY, 15, READ)]).losses == []


def test_a_row_that_was_never_agreed_leaves_no_tombstone() -> None:
    for held in (True, False):
        state = merged(RowState(KEY), [SheetDelete("look", KEY, 5, READ, held=held)]).state
        assert state.life is None
        assert state.held == ()
