"""Deletes that wait for a person's yes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sink.core.change_event import (
    CellEdit,
    ChangeEvent,
    HeldAnswer,
    Image,
    SheetDelete,
    SheetEdit,
)
from sink.core.decision import Loss
from sink.core.held_deletes import hold, sight_of, tombstone_of
from sink.core.row_state import WHOLE_ROW, HeldDelete, OpenWrite, RowState
from sink.core.version import ABSENT, EVER, Origin, Version
from tests.unit.core.rows import KEY, READ, ROW, change, merged, of_database, of_sheet, standing

BY_DATABASE = HeldDelete(Origin.DATABASE, 5, READ)
BY_SHEET = HeldDelete(Origin.SHEET, 5, READ, saw_until=4, author="ann")


def answer(
    origin: Origin = Origin.DATABASE, *, release: bool, refused: str | None = None
) -> HeldAnswer:
    return HeldAnswer("answer", KEY, origin, release, 9, READ, refused)


def holding(*deletes: HeldDelete) -> RowState:
    state = standing()
    state.held = deletes
    return state


def test_of_two_deletes_by_one_side_the_first_is_held() -> None:
    state = holding(BY_DATABASE)
    for delete in (replace(BY_DATABASE, time=6), BY_SHEET, replace(BY_SHEET, time=6)):
        hold(state, delete)
    assert state.held == (BY_DATABASE, BY_SHEET)


def test_the_tombstone_is_of_the_delete_s_own_time() -> None:
    assert tombstone_of(BY_DATABASE) == of_database(False, 5)
    assert tombstone_of(BY_SHEET) == of_sheet(False, 5, author="ann")


def test_a_program_s_delete_saw_what_was_in_the_table() -> None:
    saw = sight_of(BY_DATABASE)
    assert saw(of_database("D", 9))
    assert not saw(of_sheet("S", 3))
    assert saw(replace(of_sheet("S", 3), in_db=5))
    assert not saw(replace(of_sheet("S", 3), in_db=6))


@pytest.mark.parametrize(
    ("seen_from", "shown", "saw"),
    [(5, 4, True), (6, 4, False), (0, 5, False), (0, None, False), (0, 0, True)],
)
def test_a_person_s_delete_saw_what_was_surely_shown(
    seen_from: int, shown: int | None, saw: bool
) -> None:
    version = Version("D", 1, Origin.DATABASE, in_db=EVER, seen_from=seen_from, shown=shown)
    assert sight_of(BY_SHEET)(version) is saw


def test_a_person_s_delete_saw_the_sheet_s_own_and_what_was_made_beside_it() -> None:
    saw = sight_of(BY_SHEET)
    assert saw(replace(of_sheet("S", 9), shown=None))
    assert not saw(replace(of_sheet("S", 9), shown=None, outside=True))
    assert saw(Version("M", 9, Origin.DATABASE, made=True))


def test_a_held_delete_is_kept_beside_the_row() -> None:
    events: list[ChangeEvent] = [
        change(5, ROW, None, held=True),
        SheetDelete("look", KEY, 6, READ, 3, held=True),
    ]
    state = merged(standing(), events).state
    assert state.alive
    assert state.held == (BY_DATABASE, HeldDelete(Origin.SHEET, 6, READ, 3))
    assert state.owed_to_table() == state.owed_to_sheet() == ("", {})


def test_a_held_delete_of_the_future_is_as_old_as_its_reading() -> None:
    event = replace(change(90, ROW, None, held=True), latest=7)
    (held,) = merged(standing(), [event]).state.held
    assert (held.time, tombstone_of(held).time) == (90, 7)
    assert tombstone_of(replace(held, latest=91)).time == 90
    row = standing()
    known = row.cells["a"]
    row_of_server_time = replace(known, origin=Origin.SHEET, in_db=90)
    assert sight_of(held)(row_of_server_time), "a row lock bears the same clock's time"


def test_a_dead_row_s_delete_is_not_held() -> None:
    state = merged(standing(), [change(5, ROW, None), change(6, ROW, None, held=True)]).state
    assert state.held == ()
    gone: list[ChangeEvent] = [
        change(5, ROW, None),
        SheetDelete("look", KEY, 6, READ, 3, held=True),
    ]
    assert merged(standing(), gone).state.held == ()


def test_a_released_delete_takes_the_row() -> None:
    decision = merged(holding(BY_DATABASE, BY_SHEET), [answer(release=True)])
    assert decision.state.life == of_database(False, 5)
    assert decision.state.held == (BY_SHEET,)
    assert decision.losses == []


def test_a_released_delete_is_resolved_as_of_its_own_time() -> None:
    state = holding(BY_DATABASE)
    younger = of_sheet("S", 6)
    state.cells["a"] = younger
    decision = merged(state, [answer(release=True)])
    assert decision.state.alive
    assert decision.losses == [Loss(None, of_database(False, 5), younger, "last_write_wins")]


@pytest.mark.parametrize(("second", "kept"), [(4, 5), (6, 6)])
def test_of_two_released_deletes_the_older_is_logged(second: int, kept: int) -> None:
    state = holding(replace(BY_DATABASE, time=second))
    state.life = of_sheet(False, 5)
    decision = merged(state, [answer(release=True)])
    (loss,) = decision.losses
    assert (loss.column, loss.rule) == (None, "last_write_wins")
    assert (loss.loser.time, loss.winner.time) == (min(5, second), max(5, second))
    assert decision.state.life is not None
    assert decision.state.life.time == kept


def test_an_answer_where_nothing_is_held_changes_nothing() -> None:
    state = holding(BY_SHEET)
    for release in (True, False):
        decision = merged(state, [answer(release=release)])
        assert decision.state == state
        assert decision.losses == []


@pytest.mark.parametrize("held", [BY_DATABASE, BY_SHEET])
def test_a_refused_delete_is_logged_and_the_row_put_back(held: HeldDelete) -> None:
    state = holding(held)
    decision = merged(state, [answer(held.origin, release=False)])
    after = decision.state
    assert state.life is not None
    assert decision.losses == [Loss(None, tombstone_of(held), state.life, "refused")]
    assert after.alive
    assert after.held == ()
    assert after.refused == {}
    there = EVER if held.origin is Origin.SHEET else None
    assert [version.in_db for version in after.cells.values()] == [there, there]


def test_a_delete_that_the_database_does_not_take_is_refused_with_the_reason() -> None:
    event = answer(Origin.SHEET, release=True, refused="a foreign key")
    decision = merged(holding(BY_SHEET), [event])
    assert decision.state.alive
    assert decision.state.refused == {WHOLE_ROW: "a foreign key"}
    assert [loss.rule for loss in decision.losses] == ["refused"]


def test_a_refused_delete_of_a_dead_row_leaves_it_dead() -> None:
    state = holding(BY_DATABASE)
    state.life = of_sheet(False, 3)
    state.cells["a"] = replace(of_sheet("S", 2), in_db=EVER)
    after = merged(state, [answer(release=False)]).state
    assert not after.alive
    assert after.cells["a"].in_db == EVER


def test_a_row_that_its_own_program_writes_again_was_meant_to_go() -> None:
    decision = merged(holding(BY_DATABASE), [change(5, None, {"a": "X", "b": "A"})])
    assert decision.state.held == ()
    assert decision.state.life == of_database(True, 5)
    assert decision.state.cells["a"] == of_database("X", 5)


@pytest.mark.parametrize(("time", "approved"), [(5, False), (6, True)])
def test_a_row_that_shows_again_in_the_sheet_was_meant_to_go(time: int, approved: bool) -> None:
    cells = {"a": CellEdit("X", ABSENT), "b": CellEdit("A", ABSENT)}
    edit = SheetEdit("post", KEY, cells, time, READ, key_edited=True)
    after = merged(holding(BY_SHEET), [edit]).state
    assert after.held == (() if approved else (BY_SHEET,))
    assert after.alive
    unshown = replace(edit, shown=False)
    assert merged(holding(BY_SHEET), [unshown]).state.held == (BY_SHEET,)


@pytest.mark.parametrize(("server_time", "in_db"), [(7, 7), (4, 6)])
def test_the_echo_of_a_later_write_is_out_of_sight_of_a_held_delete(
    server_time: int, in_db: int
) -> None:
    """Whatever the server's clock showed then."""
    state, typed = holding(BY_DATABASE), of_sheet("B", 3)
    state.table, state.cells["a"] = None, typed
    image: Image = {"a": "B", "b": "A"}
    state.open_writes = (OpenWrite(3, image, server_time, {"a": typed}),)
    after = merged(state, [change(8, None, image, own=3)]).state
    assert after.cells["a"] == replace(typed, in_db=in_db)
    assert not sight_of(BY_DATABASE)(after.cells["a"])
