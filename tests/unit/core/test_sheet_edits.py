"""What a person typed or pasted: which events are edits, and what they were made in sight of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sink.core.belief import Belief
from sink.core.change_event import CellEdit
from sink.core.decision import Loss
from sink.core.made_on_both import TRIGGER_DELAY, left_blank
from sink.core.policies import Crossing, Rules, database_wins
from sink.core.row_state import Find, RowState
from sink.core.values.codec import Value
from sink.core.version import ABSENT, EVER, Absent, Origin, Version
from tests.unit.core.rows import (
    KEY,
    ROW,
    edit,
    merged,
    of_database,
    of_sheet,
    ours,
    standing,
    written,
)

DATABASE_WINS = Rules(("database_wins", database_wins))


def test_an_edit_is_agreed_believed_and_the_newest() -> None:
    decision = merged(standing(), [edit(5, a="S")])
    state = decision.state
    assert state.cells["a"] == ours("S", 5)
    assert decision.losses == []
    assert state.beliefs["a"] == Belief("A", 0, 0, ((5, "S"),), edited=5)
    assert state.newest == {"a": 5}
    assert state.present == Belief(True, 0, 0, ((5, True),), edited=5)
    assert state.seen_until == 5


def test_an_older_edit_moves_no_time_back() -> None:
    state = merged(standing(), [edit(7, b="T"), edit(5, a="S")]).state
    assert state.seen_until == 7
    assert state.newest == {"a": 5, "b": 7}
    assert state.present.heard == ((7, True),)


@pytest.mark.parametrize(("time", "value"), [(4, "T"), (6, "S")])
def test_an_edit_older_than_a_newer_one_of_its_cell_is_history(time: int, value: str) -> None:
    decision = merged(standing(), [edit(5, a="T"), edit(time, a="S")])
    assert decision.state.cells["a"].value == value
    assert decision.losses == []
    assert decision.state.newest == {"a": max(5, time)}


def test_of_two_edits_at_once_the_one_read_later_stands_and_the_other_is_logged() -> None:
    decision = merged(standing(), [edit(5, a="T"), edit(5, a="S")])
    assert decision.state.cells["a"] == ours("S", 5)
    assert decision.losses == [Loss("a", ours("T", 5), ours("S", 5), "seen")]
    state = standing()
    state.cells["a"] = of_database("T", 5, shown=4)
    assert merged(state, [edit(5, a="S")]).losses == []


def test_a_look_that_shows_otherwise_makes_an_older_event_history() -> None:
    state = standing()
    state.beliefs["a"] = Belief("A", 8, 9)
    assert merged(state, [edit(7, a="S")]).state.cells == state.cells
    assert merged(state, [edit(8, a="S")]).state.cells["a"] == ours("S", 8)
    state.beliefs["a"] = Belief("A", 8, 9, wrote=(6, 7))
    assert merged(state, [edit(7, a="S")]).state.cells["a"] == ours("S", 7)
    state.beliefs["a"] = Belief("S", 8, 9)
    assert merged(state, [edit(7, a="S")]).state.cells["a"] == ours("S", 7)


def test_what_a_write_of_ours_took_away_is_logged_where_it_is_superseded() -> None:
    state = merged(standing(), [edit(6, a="T")]).state
    held = state.cells["a"]
    found = edit(5, a="S", found=True, shown=False)
    decision = merged(state, [found])
    assert decision.state.cells["a"] == held
    assert decision.losses == [Loss("a", ours("S", 5), held, "superseded")]
    for quiet in (edit(5, a="T", found=True, shown=False), edit(5, a="S", found=True)):
        assert merged(state, [quiet]).losses == []
    assert merged(state, [edit(5, a="S", shown=False)]).losses == []


def test_an_event_that_shows_what_was_sure_to_be_shown_is_no_edit() -> None:
    state = written()
    decision = merged(state, [edit(13, a="W")])
    after = decision.state
    assert after.cells["a"] == state.cells["a"]
    assert decision.losses == []
    assert after.newest == {"a": 13}
    assert after.beliefs["a"] == replace(state.beliefs["a"], heard=((13, "W"),), edited=0)


def test_what_is_no_edit_and_not_agreed_is_logged() -> None:
    state = written()
    state.cells["a"] = of_sheet("X", 9)
    decision = merged(state, [edit(13, a="W")])
    assert decision.state.cells["a"] == of_sheet("X", 9)
    assert decision.losses == [Loss("a", ours("W", 13), of_sheet("X", 9), "no_news")]


def test_where_nothing_is_agreed_nothing_is_no_news() -> None:
    state = written()
    del state.cells["a"]
    decision = merged(state, [edit(13, a="W")])
    assert decision.state.cells["a"] == ours("W", 13)
    assert decision.losses == []


@pytest.mark.parametrize("doubt", ["during", "absent", "call"])
def test_a_typed_value_is_an_edit_where_the_sheet_may_have_shown_another(doubt: str) -> None:
    state = written()
    event = edit(13, a="W", typed=True, old="W")
    if doubt == "during":
        event = replace(event, time=12)
    elif doubt == "absent":
        state.present = Belief(False, 0, 0)
    else:
        state.in_call = True
    assert merged(state, [event]).state.cells["a"] == ours("W", event.time)


@pytest.mark.parametrize("time", [9, 10, 12])
def test_a_trigger_that_may_have_read_our_write_is_no_edit(time: int) -> None:
    state = written()
    decision = merged(state, [edit(time, a="W")])
    assert (decision.state.cells["a"] == state.cells["a"]) is (time >= 10)
    assert decision.losses == []


def test_after_another_event_a_trigger_did_not_read_our_write() -> None:
    state = written()
    state.beliefs["a"] = state.beliefs["a"].hear(11, "B")
    assert merged(state, [edit(12, a="W")]).state.cells["a"] == ours("W", 12)
    unwritten = written()
    unwritten.beliefs["a"] = replace(unwritten.beliefs["a"], written=False)
    assert merged(unwritten, [edit(12, a="W")]).state.cells["a"] == ours("W", 12)


def test_while_a_find_waits_our_write_s_reading_does_not_end_it() -> None:
    state = written()
    state.finds["a"] = Find("F", 10, 15)
    after = merged(state, [edit(13, a="W")]).state
    assert after.newest == {}
    assert after.beliefs["a"] == state.beliefs["a"]
    assert after.finds == state.finds
    typed = written("A")
    typed.beliefs["a"] = Belief("A", 10, 12)
    typed.finds["a"] = Find("F", 10, 15)
    assert merged(typed, [edit(13, a="A")]).state.newest == {"a": 13}


def test_a_found_value_is_an_edit_though_it_was_believed() -> None:
    state = written()
    decision = merged(state, [edit(13, a="W", found=True)])
    assert decision.state.cells["a"] == ours("W", 13)
    assert decision.state.newest == {"a": 13}
    assert decision.state.beliefs["a"].edited == 13


def test_a_new_row_s_cell_that_our_insert_may_have_put_there_is_no_edit() -> None:
    state = written()
    event = edit(13, a="W", b="T", key_edited=True)
    assert merged(state, [event]).state.newest == {"a": 13, "b": 13}
    state.present = Belief(True, 10, 12, written=True, wrote=(10, 12))
    after = merged(state, [event]).state
    assert after.newest == {"b": 13}
    state.present = Belief(True, 0, 0)
    state.finds["a"] = Find("F", 10, 15)
    assert merged(state, [event]).state.newest == {"b": 13}
    state.beliefs["a"] = replace(state.beliefs["a"], written=False)
    assert merged(state, [event]).state.newest == {"a": 13, "b": 13}


def test_an_edit_saw_what_is_the_sheet_s_or_was_surely_shown() -> None:
    for held in (
        of_sheet("S", 9),
        of_database("D", 9, shown=5),
        replace(of_database("M", 9), made=True),
    ):
        state = standing()
        state.cells["a"] = held
        decision = merged(state, [edit(5, a="T")], DATABASE_WINS)
        assert decision.state.cells["a"] == ours("T", 5)
        assert decision.losses == []


@pytest.mark.parametrize("held", [of_database("D", 9, shown=6), of_database("D", 9)])
def test_an_edit_crosses_with_what_was_not_shown_yet(held: Version) -> None:
    state = standing()
    state.cells["a"] = held
    decision = merged(state, [edit(5, a="T")])
    assert decision.state.cells["a"] == held
    assert decision.losses == [Loss("a", ours("T", 5), held, "last_write_wins")]
    operator = replace(of_sheet("O", 9), outside=True, shown=None)
    state.cells["a"] = operator
    assert merged(state, [edit(5, a="T")]).state.cells["a"] == operator


def test_what_was_typed_over_the_very_value_saw_it_and_it_is_logged() -> None:
    state = standing()
    held = replace(of_database("A", 9), seen_from=5)
    state.cells["a"] = held
    typed = edit(5, a="T", typed=True, old="A")
    decision = merged(state, [typed], DATABASE_WINS)
    assert decision.state.cells["a"] == ours("T", 5)
    assert decision.losses == [Loss("a", held, ours("T", 5), "seen")]
    for blind in (
        replace(typed, typed=False),
        replace(typed, time=4),
        edit(5, a="T", typed=True, old="B"),
    ):
        assert merged(state, [blind], DATABASE_WINS).state.cells["a"] == held


def test_an_edit_of_a_cell_that_held_something_else_logs_what_it_replaces() -> None:
    """Somebody edited it unheard."""
    held = standing().cells["a"]
    plain = merged(standing(), [edit(5, a="T", old="A")])
    assert plain.losses == []
    unheard = merged(standing(), [edit(5, a="T", old="Z")])
    assert unheard.losses == [Loss("a", held, ours("T", 5), "seen")]
    state = standing()
    state.beliefs["a"] = state.beliefs["a"].hear(3, "Z")
    assert merged(state, [edit(5, a="T", old="A")]).losses == []
    assert merged(state, [edit(5, a="T", old="Z")]).losses == []
    del state.beliefs["a"]
    assert merged(state, [edit(5, a="T", old="Y")]).losses == []
    cells = {"a": CellEdit("T", "A"), "b": CellEdit("T", "Z")}
    other = merged(standing(), [replace(edit(5), cells=cells)])
    assert [loss.column for loss in other.losses] == ["b"]


def test_an_edit_logs_the_agreed_value_that_our_write_had_hidden() -> None:
    state = written()
    held = of_database("X", 8, shown=9)
    state.cells["a"] = held
    event = edit(10, a="T", b="T")
    assert merged(state, [event]).losses == [Loss("a", held, ours("T", 10), "seen")]
    assert merged(state, [replace(event, time=9)]).losses == []
    belief = state.beliefs["a"]
    heard, unwritten, same = state.copy(), state.copy(), state.copy()
    heard.beliefs["a"] = belief.hear(10, "X")
    unwritten.beliefs["a"] = replace(belief, written=False)
    same.beliefs["a"] = replace(belief, value="X")
    for other in (heard, unwritten, same):
        assert merged(other, [event]).losses == []
    heard.beliefs["a"] = belief.hear(10, "H")
    assert merged(heard, [event]).losses == [Loss("a", held, ours("T", 10), "seen")]
    made = state.copy()
    made.cells["a"] = replace(held, made=True)
    assert merged(made, [event]).losses == []
    del state.beliefs["b"]
    del state.cells["a"]
    assert merged(state, [event]).losses == []


def test_found_content_logs_what_it_replaces() -> None:
    held = standing().cells["a"]
    decision = merged(standing(), [edit(5, a="T", found=True)])
    assert decision.state.cells["a"] == ours("T", 5)
    assert decision.losses == [Loss("a", held, ours("T", 5), "seen")]


@pytest.mark.parametrize("late", [0, 1])
def test_a_row_typed_beside_our_insert_logs_the_cells_that_it_replaces(late: int) -> None:
    state = standing()
    state.present = Belief(True, 0, 2, written=True, wrote=(0, 2))
    state.cells["b"] = of_database(None, 0, shown=2)
    held = state.cells["a"]
    time = 2 + TRIGGER_DELAY + late
    event = edit(time, a="S", b="T", key_edited=True)
    losses = merged(state, [event]).losses
    assert losses == ([] if late else [Loss("a", held, ours("S", time), "seen")])
    state.cells["b"] = of_database("", 0, shown=2)
    assert len(merged(state, [event]).losses) == 1 - late
    assert merged(state, [replace(event, key_edited=False)]).losses == []


@pytest.mark.parametrize("time", [None, 0, 1])
def test_a_blank_of_a_row_made_on_both_sides_is_a_loss_where_a_program_cleared_it(
    time: int | None,
) -> None:
    """The row's insert (at 0) left it blank: nobody loses that. A NULL set since was an edit."""
    state = standing()
    state.present = Belief(True, 0, 2, written=True, wrote=(0, 2))
    state.life = of_database(True, 0)
    cleared = of_database(None, time, shown=2)
    state.cells["a"] = cleared
    losses = merged(state, [edit(3, a="S", key_edited=True)]).losses
    assert losses == ([Loss("a", cleared, ours("S", 3), "seen")] if time else [])


def test_a_function_is_asked_with_the_value_that_the_person_replaced() -> None:
    asked: list[Value | Absent] = []

    def ask(crossing: Crossing) -> Origin:
        asked.append(crossing.base)
        return Origin.SHEET

    state = standing()
    state.cells = {column: of_database("D", 4) for column in state.cells}
    merged(state, [edit(5, a="S", old="A"), edit(6, b="T")], Rules(("ask", ask)))
    assert asked == ["A", ABSENT]


def test_a_refused_change_loses() -> None:
    state = standing()
    decision = merged(state, [edit(5, a="S", b="T", denied=frozenset({"a"}))])
    assert decision.state.agreed == {"a": "A", "b": "T"}
    assert [(loss.column, loss.rule) for loss in decision.losses] == [("a", "refused")]


@pytest.mark.parametrize(("time", "seen"), [(8, False), (13, True)])
def test_an_edit_logs_the_agreed_value_that_a_call_has_put_back_since(
    time: int, seen: bool
) -> None:
    """A call had covered it: whoever edited before the next call (10 to 12) did not see it."""
    state = standing()
    state.cells["a"] = of_sheet("S", 5)
    state.beliefs["a"] = Belief("S", 10, 12, written=True, wrote=(10, 12))
    decision = merged(state, [edit(time, a="D")])
    assert decision.state.cells["a"].value == "D"
    assert [loss.loser.value for loss in decision.losses] == ([] if seen else ["S"])


def test_a_blank_of_a_row_that_is_not_agreed_yet_was_put_there_by_nobody() -> None:
    assert left_blank(of_database(None, 5), RowState(KEY))
    assert left_blank(of_database("", 5), RowState(KEY))
    assert not left_blank(of_database("A", 5), RowState(KEY))
    assert not left_blank(None, RowState(KEY))


def test_a_row_that_the_table_has_already_is_taken_up_with_what_nobody_saw() -> None:
    state = RowState(KEY, table=dict(ROW))
    cells = merged(state, [edit(5, a="S", key_edited=True)]).state.cells
    assert cells["a"] == ours("S", 5)
    assert cells["b"] == Version("A", None, Origin.DATABASE, in_db=EVER, seen_from=5)


@pytest.mark.parametrize("told", [{"a": "S"}, {"a": "other"}, {}])
@pytest.mark.parametrize("found", [True, False])
def test_what_was_logged_with_a_call_s_answer_is_not_logged_again(
    told: dict[str, Value], found: bool
) -> None:
    """The find is told, by its own event or by a comparison; what it hid was told before."""
    state = standing()
    state.cells["a"] = of_sheet("S", 5)
    state.beliefs["a"] = Belief("S", 10, 12, written=True, wrote=(10, 12))
    state.finds["a"], state.told = Find("T", 8, 15), told
    losses = merged(state, [edit(8, a="T", found=found, shown=not found)]).losses
    assert [loss.loser.value for loss in losses] == ([] if told == {"a": "S"} else ["S"])


def test_what_an_edit_logged_is_remembered_until_it_is_agreed_again() -> None:
    state = standing()
    first = merged(state, [edit(5, a="S", found=True)]).state
    assert first.told == {"a": "A"}
    assert merged(first, [edit(6, a="T")]).state.told == {"a": "A"}
    assert merged(first, [edit(6, a="A")]).state.told == {}
    copied = first.copy()
    copied.told.clear()
    assert first.told == {"a": "A"}
