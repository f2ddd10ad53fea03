"""What the binlog tells of a row, rung by rung."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sink.core.change_event import Image, Op
from sink.core.decision import Loss
from sink.core.policies import Crossing, Rules
from sink.core.row_state import OpenWrite, RowState
from sink.core.values.codec import Value
from sink.core.version import ABSENT, EVER, Absent, Origin, Version
from tests.unit.core.rows import (
    READ,
    ROW,
    change,
    merged,
    of_database,
    of_sheet,
    standing,
)

TYPED = of_sheet("B", 5)


def written(*, server_time: int = 7, made: frozenset[str] = frozenset()) -> RowState:
    """The row after a cell was typed and written to the table by us, its echo still to come."""
    state = standing()
    state.cells["a"] = TYPED
    image: Image = {"a": "B", "b": "A"}
    state.open_writes = (OpenWrite(3, image, server_time, {"a": TYPED}, made, state.life),)
    return state


def test_an_echo_settles_our_write_and_changes_no_value() -> None:
    decision = merged(written(), [change(7, ROW, {"a": "B", "b": "A"}, own=3)])
    assert decision.echo
    assert decision.losses == []
    assert decision.state.open_writes == ()
    assert decision.state.cells["a"] == replace(TYPED, in_db=EVER)
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
    assert decision.state.life == replace(gone, in_db=EVER)
    assert decision.losses == []


def test_beside_an_echo_only_a_gap_is_news() -> None:
    """A column that we did not set and that changed in our own write was set by the database."""
    quiet = merged(written(), [change(7, ROW, {"a": "B", "b": "Z"}, own=3)]).state
    assert quiet.cells["b"].value == "A"
    gap = merged(written(), [change(7, {"a": "A", "b": "Z"}, {"a": "B", "b": "Z"}, own=3)]).state
    assert gap.cells["b"] == of_database("Z", 7)
    assert gap.cells["a"] == replace(TYPED, in_db=EVER)


def test_without_a_before_image_there_is_no_gap_beside_an_echo() -> None:
    event = change(7, None, {"a": "B", "b": "Z"}, own=3)
    assert merged(written(), [event]).state.cells["b"].value == "A"


def test_a_row_that_our_write_met_and_nobody_had_told_of_is_news() -> None:
    state = written()
    state.table = None
    event = change(7, {"a": "A", "b": "Y"}, {"a": "B", "b": "Y"}, own=3)
    found = merged(state, [event]).state
    assert found.cells["b"] == of_database("Y", 7)
    assert found.cells["a"] == replace(TYPED, in_db=EVER)


def test_what_an_older_write_of_ours_left_is_no_news_though_its_echo_was_passed_over() -> None:
    state = written()
    left = OpenWrite(2, {"a": "A", "b": "Y"}, 6, {"b": of_sheet("Y", 6)})
    state.open_writes = (left, *state.open_writes)
    event = change(7, {"a": "A", "b": "Y"}, {"a": "B", "b": "Y"}, own=3)
    assert merged(state, [event]).state.cells["b"].value == "A"


def test_what_an_older_write_of_ours_left_alone_is_as_it_was_known() -> None:
    state = written()
    left = OpenWrite(2, {"a": "Y", "b": "A"}, 6, {"a": of_sheet("Y", 4)})
    state.open_writes = (left, *state.open_writes)
    event = change(7, {"a": "Y", "b": "A"}, {"a": "B", "b": "A"}, own=3)
    assert merged(state, [event]).state.cells["b"] == state.cells["b"]


@pytest.mark.parametrize("server_time", [6, 8])
@pytest.mark.parametrize("late", [0, 1])
def test_a_look_at_the_table_ends_the_wait_for_older_echoes(late: int, server_time: int) -> None:
    """Whatever the server's clock showed: it may have been set back since the write."""
    state = written(server_time=server_time)
    after_image = {"a": "B", "b": "Z"}
    event = change(7, {"a": "B", "b": "A"}, after_image, found=True, ours_until=3 - late)
    after = merged(state, [event]).state
    assert after.cells["b"] == of_database("Z", 7)
    if late:
        assert after.open_writes == state.open_writes
    else:
        assert after.open_writes == ()
        assert after.cells["a"] == replace(TYPED, in_db=EVER)


def test_what_a_closed_write_left_is_the_last_image() -> None:
    """So a before image that fits it tells of no gap, and one that does not tells of one."""
    state = written()
    fits = merged(
        state, [change(7, {"a": "B", "b": "A"}, {"a": "B", "b": "Z"}, found=True, ours_until=3)]
    ).state
    assert fits.cells["a"] == replace(TYPED, in_db=EVER)
    gap = merged(state, [change(7, ROW, {"a": "A", "b": "Z"}, found=True, ours_until=3)])
    assert gap.state.cells["a"] == of_database("A", 7, shown=READ)
    assert gap.losses == []


def test_what_else_a_closed_write_read_back_is_not_told_yet() -> None:
    state = written()
    state.open_writes = (replace(state.open_writes[0], image={"a": "B", "b": "Z"}),)
    event = change(7, {"a": "B", "b": "A"}, {"a": "C", "b": "A"}, found=True, ours_until=3)
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
    made = Version("M", 5, Origin.SHEET, in_db=None, made=True)
    state = written(made=frozenset({"b"}))
    state.cells["b"] = made
    waiting = merged(state, [change(6, ROW, {"a": "A", "b": "Z"})]).state
    assert waiting.cells["b"] == made
    echo = merged(waiting, [change(7, {"a": "A", "b": "Z"}, {"a": "B", "b": "M"}, own=3)]).state
    assert echo.cells["b"] == replace(made, in_db=EVER)
    state.open_writes = (replace(state.open_writes[0], made=frozenset({"c"})),)
    free = merged(state, [change(6, ROW, {"a": "A", "b": "Z"})]).state
    assert free.cells["b"].value == "Z"


def test_a_cell_that_waits_for_its_echo_keeps_no_other_waiting() -> None:
    state = written(made=frozenset({"a"}))
    state.cells["a"] = Version("M", 5, Origin.SHEET, made=True)
    after = merged(state, [change(6, ROW, {"a": "Y", "b": "Z"})]).state
    assert after.agreed == {"a": "M", "b": "Z"}


@pytest.mark.parametrize(("lock", "saw"), [(6, True), (7, False)])
def test_a_commit_after_a_row_lock_saw_what_that_showed(lock: int, saw: bool) -> None:
    state = standing()
    held = replace(of_sheet("S", 9), in_db=lock)
    state.cells["a"] = held
    decision = merged(state, [change(6, ROW, {"a": "X", "b": "A"})])
    theirs = of_database("X", 6)
    assert decision.state.cells["a"] == (theirs if saw else held)
    assert decision.losses == ([] if saw else [Loss("a", theirs, held, "last_write_wins")])


def test_a_function_is_asked_with_the_value_that_the_program_replaced() -> None:
    asked: list[Value | Absent] = []

    def ask(crossing: Crossing) -> Origin:
        asked.append(crossing.base)
        return Origin.DATABASE

    state = standing()
    state.cells = {"a": of_sheet("S", 3), "b": of_sheet("S", 3)}
    merged(state, [change(4, {"a": "A"}, {"a": "X", "b": "Y"})], Rules(("ask", ask)))
    assert asked == ["A", ABSENT]


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


def test_a_column_that_the_before_image_does_not_show_is_news() -> None:
    state = standing()
    state.table = {"a": "A", "b": None}
    after = merged(state, [change(4, {"a": "A"}, {"a": "A", "b": None})]).state
    assert after.cells["b"] == of_database(None, 4)


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


def test_a_delete_of_the_database_saw_what_was_in_the_table() -> None:
    state = written()
    early = merged(state, [change(4, ROW, None)])
    assert early.state.alive
    assert [(loss.column, loss.loser.value) for loss in early.losses] == [(None, False)]
    assert all(version.in_db is None for version in early.state.cells.values())
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


@pytest.mark.parametrize(("shown", "in_db"), [("B", 7), ("A", None)])
def test_a_snapshot_that_shows_our_write_tells_since_when_it_is_in_the_table(
    shown: str, in_db: int | None
) -> None:
    state = written(server_time=7)
    event = change(9, None, {"a": shown, "b": "A"}, op=Op.SNAPSHOT)
    after = merged(state, [event]).state
    assert after.cells["a"] == replace(TYPED, in_db=in_db)
    assert after.open_writes == state.open_writes


def test_a_snapshot_says_nothing_of_what_was_agreed_since_our_write() -> None:
    state = written()
    state.cells["a"] = replace(TYPED, time=9)
    event = change(9, None, {"a": "B", "b": "A"}, op=Op.SNAPSHOT)
    assert merged(state, [event]).state.cells["a"] == replace(TYPED, time=9)


def test_a_snapshot_looks_at_each_cell_that_we_wrote() -> None:
    """One that is not known, or that the table shows, or shows otherwise, hides no other."""
    state = written()
    wrote = {"x": TYPED, "b": of_sheet("C", 4), "a": TYPED}
    state.open_writes = (OpenWrite(3, {"a": "B", "b": "C"}, 7, wrote, frozenset(), state.life),)
    state.cells["b"] = replace(of_sheet("C", 4), in_db=EVER)
    event = change(9, None, {"a": "B", "b": "C"}, op=Op.SNAPSHOT)
    after = merged(state, [event]).state
    assert after.cells["a"] == replace(TYPED, in_db=7)
    assert after.cells["b"] == replace(of_sheet("C", 4), in_db=EVER)


def test_a_column_that_a_snapshot_does_not_have_is_no_null() -> None:
    state = written()
    blank = of_sheet(None, 5)
    state.cells["a"] = blank
    state.open_writes = (OpenWrite(3, {"a": None}, 7, {"a": blank}, frozenset(), state.life),)
    event = change(9, None, {"b": "A"}, op=Op.SNAPSHOT)
    assert merged(state, [event]).state.cells["a"] == blank
