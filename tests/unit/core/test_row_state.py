"""What a side is believed to hold, and what it is owed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sink.core.belief import Belief
from sink.core.change_event import Image
from sink.core.row_state import OpenWrite, RowState
from sink.core.values.codec import Value
from sink.core.version import ABSENT, Version
from tests.unit.core.rows import KEY, ROW, of_database, of_sheet, standing

CALLED = Belief("A", 3, 5)


def test_an_event_before_the_last_call_says_nothing_new() -> None:
    assert CALLED.hear(2, "B") == CALLED
    assert CALLED.hear(3, "B").heard == ((3, "B"),)


def test_the_newest_edit_is_remembered_past_what_is_no_news() -> None:
    assert CALLED.hear(4, "B").edited == 4
    assert not CALLED.hear(4, "A", news=False).edited
    assert CALLED.hear(4, "B").hear(6, "B", news=False).edited == 4
    assert CALLED.hear(6, "B").hear(4, "C").edited == 6
    assert CALLED.hear(4, "B", news=False).hear(6, "C").heard == ((4, "B"), (6, "C"))


def test_of_what_was_heard_after_the_answer_all_is_kept_or_the_newest() -> None:
    """While a call is under way every event matters; else the newest one alone."""
    both = CALLED.hear(4, "B").hear(7, "C").hear(6, "D")
    assert both.heard == ((4, "B"), (7, "C"), (6, "D"))
    assert both.hear(8, "E", newest_only=True).heard == ((4, "B"), (8, "E"))
    assert both.hear(2, "E", newest_only=True).heard == ((4, "B"), (7, "C"))
    assert both.hear(2, "E") is both
    assert CALLED.hear(5, "B").hear(5, "C", newest_only=True).heard == ((5, "B"), (5, "C"))
    assert CALLED.hear(7, "C").hear(4, "B", newest_only=True).heard == ((7, "C"), (4, "B"))
    at_answer = CALLED.hear(5, "B").hear(6, "C")
    assert at_answer.hear(7, "D", newest_only=True).heard == ((5, "B"), (7, "D"))


def test_hearing_changes_nothing_else_of_what_is_known() -> None:
    known = Belief("A", 3, 5, (), True, (3, 5), 0, (1, "X"), 4)
    assert known.hear(6, "B") == replace(known, heard=((6, "B"),), edited=6)


def test_while_a_call_was_on_its_way_either_may_have_come_first() -> None:
    during = CALLED.hear(5, "B").hear(4, "A").hear(4, "B")
    assert during.possible() == ("A", "B")
    assert during.surely() is ABSENT
    assert CALLED.possible() == ("A",)
    assert CALLED.surely() == "A"


def test_after_the_answer_the_newest_event_tells() -> None:
    later = CALLED.hear(7, "C").hear(6, "B").hear(4, "D")
    assert later.possible() == ("C",)
    assert later.surely() == "C"


@pytest.mark.parametrize(("first", "second"), [("B", "C"), ("C", "B"), ("B", None)])
def test_of_two_events_at_once_the_first_is_believed(first: Value, second: Value) -> None:
    assert CALLED.hear(7, first).hear(7, second).possible() == (first,)
    assert CALLED.hear(7, first).hear(6, second).possible() == (first,)
    assert CALLED.hear(6, second).hear(7, first).possible() == (first,)


def test_a_write_of_ours_lies_over_the_row() -> None:
    row: Image = {"a": "A", "b": "B", "c": "C"}
    image: Image = {"a": "1", "b": "2", "c": "3"}
    write = OpenWrite(1, image, 5, {"a": of_sheet("1", 5)}, frozenset({"b"}))
    assert write.over(row) == {"a": "1", "b": "2", "c": "C"}
    assert replace(write, image=None).over(row) is None


def test_under_a_write_of_ours_may_lie_a_row_that_nobody_told_us_of() -> None:
    """Deleted and made again: what we did not write of it is unknown."""
    image: Image = {"a": "1", "b": "2", "c": "3"}
    write = OpenWrite(1, image, 5, {"a": of_sheet("1", 5)}, frozenset({"b"}))
    assert write.over(None) == {"a": "1", "b": "2"}
    assert replace(write, made=frozenset({"b", "c"})).over(None) == image, "an insert tells all"


def test_a_copy_is_one_s_own() -> None:
    state = standing()
    state.refused["a"] = state.unfit["a"] = "x"
    state.newest["a"] = 1
    copy = state.copy()
    assert copy == state
    for name in ("cells", "beliefs", "newest", "refused", "unfit", "finds", "marks"):
        assert getattr(copy, name) is not getattr(state, name)


def test_our_insert_counts_until_somebody_looks() -> None:
    assert standing().inserted_until is None
    state = standing()
    state.present = Belief(True, 3, 5, written=True, wrote=(3, 5))
    assert state.inserted_until == 5
    for other in (
        replace(state.present, written=False),
        replace(state.present, value=False),
        replace(state.present, lo=4),
    ):
        state.present = other
        assert state.inserted_until is None


def test_what_is_known_of_a_cell() -> None:
    state = standing()
    assert state.belief("a") == state.beliefs["a"]
    assert state.belief("z") is None


def test_the_table_is_owed_what_it_does_not_hold() -> None:
    state = standing()
    assert state.owed_to_table() == ("", {})
    state.cells["a"] = of_sheet("S", 5)
    state.cells["b"] = replace(of_sheet("M", 5), made=True)
    assert state.owed_to_table() == ("update", {"a": "S"})
    state.table = {"a": "S"}
    state.cells["b"] = of_database(None, 5)
    assert state.owed_to_table() == ("update", {"b": None})
    state.table = None
    state.cells["b"] = replace(of_sheet("M", 5), made=True)
    assert state.owed_to_table() == ("insert", {"a": "S"})
    del state.cells["a"]
    assert state.owed_to_table() == ("insert", {})


def test_a_dead_row_is_owed_to_the_table_while_it_is_there() -> None:
    state = standing()
    state.life = of_sheet(False, 5)
    assert state.owed_to_table() == ("delete", {})
    state.open_writes = (OpenWrite(1, None, 5),)
    assert state.owed_to_table() == ("", {})


@pytest.mark.parametrize("life", [None, of_sheet(True, 5)])
def test_a_row_that_is_unknown_or_held_is_owed_to_nobody(life: Version | None) -> None:
    state = RowState(KEY, life=life, cells={"a": of_sheet("S", 5)})
    expected = "" if life is None else "insert"
    assert state.owed_to_table()[0] == state.owed_to_sheet()[0] == expected


def test_the_sheet_is_owed_what_it_may_not_show() -> None:
    state = standing()
    assert state.owed_to_sheet() == ("", {})
    state.cells["a"] = of_database("D", 5)
    assert state.owed_to_sheet() == ("update", {"a": "D"})
    state.refused["a"] = "too long"
    assert state.owed_to_sheet() == ("", {})
    state.unfit["b"] = "text"
    assert state.owed_to_sheet() == ("update", {"b": "A"})
    state.unfit.clear()
    state.beliefs["b"] = state.beliefs["b"].hear(0, "B")
    assert state.owed_to_sheet() == ("update", {"b": "A"})
    del state.beliefs["b"]
    assert state.owed_to_sheet() == ("update", {"b": "A"})


def test_the_sheet_is_owed_the_row_s_being() -> None:
    state = standing()
    state.present = Belief(False, 0, 0)
    assert state.owed_to_sheet() == ("insert", ROW)
    state.life = of_database(False, 5)
    assert state.owed_to_sheet() == ("", {})
    state.present = Belief(False, 3, 5).hear(4, True)
    assert state.owed_to_sheet() == ("delete", {})
