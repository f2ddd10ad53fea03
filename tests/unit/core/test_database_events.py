"""What the binlog tells of a row, rung by rung."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sink.core.change_event import Image, Op
from sink.core.decision import Loss
from sink.core.policies import Rules
from sink.core.row_state import OpenWrite, RowState
from sink.core.version import Origin, Version
from tests.unit.core.rows import KEY, READ, ROW, change, merged, of_database, of_sheet, standing

TYPED = of_sheet("B", 5)


def written(*, server_time: int = 7, made: frozenset[str] = frozenset()) -> RowState:
    """The row after a cell was typed and written to the table by us, its echo still to come."""
    state = standing()
    state.cells["a"] = TYPED
    image: Image = {"a": "B", "b": "A"}
    state.open_writes = (OpenWrite(3, image, server_time, {"a": TYPED}, made, state.life),)
    return state


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


def test_an_echo_settles_our_write_and_changes_no_value() -> None:
    decision = merged(written(), [change(7, ROW, {"a": "B", "b": "A"}, own=3)])
    assert decision.echo
    assert decision.losses == []
    assert decision.state.open_writes == ()
    assert decision.state.cells["a"] == replace(TYPED, in_db=True)
    assert decision.state.table == {"a": "B", "b": "A"}


def test_an_echo_settles_the_older_writes_too_and_no_younger_ones() -> None:
    state = written()
    (write,) = state.open_writes
    older, younger = replace(write, number=2), replace(write, number=4)
    state.open_writes = (older, write, younger)
    assert merged(state, [change(7, ROW, write.image, own=3)]).state.open_writes == (younger,)


def test_an_echo_of_a_version_that_was_replaced_settles_nothing() -> None:
    state = written()
    state.cells["a"] = of_sheet("C", 6)
    after = merged(state, [change(7, ROW, {"a": "B", "b": "A"}, own=3)]).state
    assert after.cells["a"] == of_sheet("C", 6)


def test_an_echo_of_a_forgotten_write_changes_nothing() -> None:
    state = standing()
    decision = merged(state, [change(7, ROW, {"a": "B", "b": "C"}, own=9)])
    assert decision.echo
    assert decision.state.cells == state.cells
    assert decision.losses == []


def test_an_echo_of_our_delete_is_no_delete() -> None:
    state = standing()
    gone = of_sheet(False, 5)
    state.life = gone
    state.open_writes = (OpenWrite(3, None, 7, life=gone),)
    decision = merged(state, [change(7, ROW, None, own=3)])
    assert decision.echo
    assert decision.state.life == replace(gone, in_db=True)
    assert decision.losses == []


def test_beside_an_echo_only_a_gap_is_news() -> None:
    """A column that we did not set and that changed in our own write was set by the database."""
    quiet = merged(written(), [change(7, ROW, {"a": "B", "b": "Z"}, own=3)]).state
    assert quiet.cells["b"].value == "A"
    gap = merged(written(), [change(7, {"a": "A", "b": "Z"}, {"a": "B", "b": "Z"}, own=3)]).state
    assert gap.cells["b"] == of_database("Z", 7)
    assert gap.cells["a"] == replace(TYPED, in_db=True)


@pytest.mark.parametrize("known", [True, False])
def test_without_a_last_image_or_a_before_image_there_is_no_gap_beside_an_echo(known: bool) -> None:
    state = written()
    after = {"a": "B", "b": "Z"}
    if known:
        event = change(7, None, after, own=3)
    else:
        state.table = None
        event = change(7, {"a": "A", "b": "Y"}, after, own=3)
    assert merged(state, [event]).state.cells["b"].value == "A"


@pytest.mark.parametrize("late", [0, 1])
def test_a_look_at_the_table_ends_the_wait_for_older_echoes(late: int) -> None:
    state = written(server_time=7 + late)
    event = change(7, {"a": "B", "b": "A"}, {"a": "B", "b": "Z"}, found=True)
    after = merged(state, [event]).state
    assert after.cells["b"] == of_database("Z", 7)
    if late:
        assert after.open_writes == state.open_writes
    else:
        assert after.open_writes == ()
        assert after.cells["a"] == replace(TYPED, in_db=True)


def test_what_a_closed_write_left_is_the_last_image() -> None:
    """So a before image that fits it tells of no gap, and one that does not tells of one."""
    state = written()
    fits = merged(state, [change(7, {"a": "B", "b": "A"}, {"a": "B", "b": "Z"}, found=True)]).state
    assert fits.cells["a"] == replace(TYPED, in_db=True)
    gap = merged(state, [change(7, ROW, {"a": "A", "b": "Z"}, found=True)])
    assert gap.state.cells["a"] == of_database("A", 7, shown=READ)
    assert gap.losses == []


def test_what_else_a_closed_write_read_back_is_not_told_yet() -> None:
    state = written()
    state.open_writes = (replace(state.open_writes[0], image={"a": "B", "b": "Z"}),)
    event = change(7, {"a": "B", "b": "A"}, {"a": "C", "b": "A"}, found=True)
    assert merged(state, [event]).state.cells["b"] == standing().cells["b"]


@pytest.mark.parametrize("life", [None, of_sheet(True, 3)])
def test_an_echo_settles_the_row_s_being_only_where_it_was_of_that_write(
    life: Version | None,
) -> None:
    state = written()
    state.life = of_sheet(True, 4)
    state.open_writes = (replace(state.open_writes[0], life=life),)
    after = merged(state, [change(7, ROW, {"a": "B", "b": "A"}, own=3)]).state
    assert after.life == of_sheet(True, 4)


def test_what_the_database_makes_beside_our_write_waits_for_its_echo() -> None:
    made = Version("M", 5, Origin.SHEET, in_db=False, made=True)
    state = written(made=frozenset({"b"}))
    state.cells["b"] = made
    waiting = merged(state, [change(6, ROW, {"a": "A", "b": "Z"})]).state
    assert waiting.cells["b"] == made
    echo = merged(waiting, [change(7, {"a": "A", "b": "Z"}, {"a": "B", "b": "M"}, own=3)]).state
    assert echo.cells["b"] == replace(made, in_db=True)
    state.open_writes = (replace(state.open_writes[0], made=frozenset({"c"})),)
    free = merged(state, [change(6, ROW, {"a": "A", "b": "Z"})]).state
    assert free.cells["b"].value == "Z"


def test_a_change_of_a_gap_is_news_of_every_column_that_does_not_fit() -> None:
    decision = merged(standing(), [change(4, {"a": "X", "b": "A"}, {"a": "X", "b": "A"})])
    assert decision.state.cells["a"] == of_database("X", 4)
    assert decision.state.cells["b"].time is None


def test_a_column_that_the_last_image_did_not_show_is_news() -> None:
    state = standing()
    state.table = {"a": "A"}
    after = merged(state, [change(4, {"a": "A"}, {"a": "A", "b": "B"})]).state
    assert after.cells["b"] == of_database("B", 4)
    none = merged(state, [change(4, {"a": "A", "b": None}, {"a": "A", "b": None})]).state
    assert none.cells["b"] == of_database(None, 4)


def test_a_value_that_the_sheet_is_sure_to_hold_is_shown_from_now_on() -> None:
    state = standing()
    state.cells["a"] = of_sheet("C", 3)
    assert merged(state, [change(4, ROW, {"a": "C", "b": "A"})]).losses == []
    state.beliefs["a"] = state.beliefs["a"].hear(3, "B")
    after = merged(state, [change(4, ROW, {"a": "B", "b": "Z"})]).state
    assert after.cells["a"] == of_database("B", 4, shown=READ)
    assert after.cells["b"].shown is None
    del state.beliefs["a"]
    unknown = merged(state, [change(4, ROW, {"a": "B", "b": "A"})]).state
    assert unknown.cells["a"].shown is None


def test_a_create_revives_in_sight_of_its_delete_and_nothing_is_logged() -> None:
    gone = change(4, ROW, None)
    again = change(4, None, {"a": "X", "b": "A"})
    decision = merged(standing(), [gone, again])
    assert decision.state.life == of_database(True, 4)
    assert decision.state.cells["a"] == of_database("X", 4)
    assert decision.losses == []


def test_a_create_of_a_row_that_lives_shows_that_it_is_there() -> None:
    state = standing()
    state.life = of_sheet(True, 3)
    state.table = None
    after = merged(state, [change(4, None, ROW)]).state
    assert after.life == replace(of_sheet(True, 3), in_db=True)
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
    assert late.state.life == replace(of_database(True, 6), in_db=False)
    assert late.losses == [Loss(None, of_sheet(False, 5), of_database("X", 6), "last_write_wins")]
    early = merged(state, [change(4, ROW, {"a": "X", "b": "A"})])
    assert not early.state.alive
    assert early.state.cells["a"].value == "X"
    assert [(loss.column, loss.loser) for loss in early.losses] == [("a", of_database("X", 4))]


def test_a_delete_of_the_database_saw_what_was_in_the_table() -> None:
    state = written()
    early = merged(state, [change(4, ROW, None)])
    assert early.state.alive
    assert [(loss.column, loss.loser.value) for loss in early.losses] == [(None, False)]
    assert not any(version.in_db for version in early.state.cells.values())
    state.cells["a"] = replace(TYPED, in_db=4)
    seen = merged(state, [change(4, ROW, None)])
    assert not seen.state.alive
    assert seen.losses == []
    assert seen.state.life == of_database(False, 4)


def test_a_refused_column_loses_and_the_others_go_through() -> None:
    event = change(4, ROW, {"a": "X", "b": "Y"}, denied=frozenset({"a"}))
    decision = merged(standing(), [event])
    assert {column: v.value for column, v in decision.state.cells.items()} == {"a": "A", "b": "Y"}
    assert [(loss.column, loss.rule) for loss in decision.losses] == [("a", "refused")]


@pytest.mark.parametrize(("latest", "time"), [(None, 9), (5, 5), (12, 9)])
def test_a_commit_of_the_future_counts_as_the_latest_that_it_can_be(
    latest: int | None, time: int
) -> None:
    event = replace(change(9, ROW, {"a": "X", "b": "A"}), latest=latest)
    assert merged(standing(), [event]).state.cells["a"].time == time
