"""Which refused values stand in their cells still."""

from __future__ import annotations

from sink.core.belief import Belief
from sink.core.operator_record import Wish
from sink.core.row_state import WHOLE_ROW
from sink.core.still_refused import is_still_refused
from tests.unit.core.rows import standing

TYPED = Wish({"id": 1}, contents={"a": "many"})
WRITTEN = Wish({"id": 1}, {"a": "X"})


def test_a_text_that_its_column_cannot_hold_stands_while_the_cell_shows_it() -> None:
    state = standing()
    state.refused, state.unfit = {"a": "takes a number"}, {"a": "many"}
    assert is_still_refused(TYPED, "a", state)
    assert not is_still_refused(WRITTEN, "a", state), "the cell shows the text"
    state.unfit = {"a": "lots"}
    assert not is_still_refused(TYPED, "a", state)
    state.unfit = {}
    assert not is_still_refused(TYPED, "a", state)


def test_a_value_that_the_database_refuses_stands_while_the_cell_may_show_it() -> None:
    state = standing()
    state.refused = {"a": "is wrong"}
    state.beliefs["a"] = Belief("A", 1, 9).hear(5, "X")
    assert is_still_refused(WRITTEN, "a", state)
    state.beliefs["a"] = Belief("Y", 1, 9)
    assert not is_still_refused(WRITTEN, "a", state)
    del state.beliefs["a"]
    assert is_still_refused(WRITTEN, "a", state), "nothing is known of the cell"


def test_what_is_refused_no_more_does_not_stand() -> None:
    state = standing()
    assert not is_still_refused(WRITTEN, "a", state)
    state.refused = {"b": "is wrong"}
    assert not is_still_refused(WRITTEN, "a", state)


def test_a_row_stands_while_it_is_refused_as_a_whole() -> None:
    state, wish = standing(), Wish({"id": 1}, exists=False)
    assert not is_still_refused(wish, WHOLE_ROW, state)
    state.refused = {WHOLE_ROW: "rows refer to it"}
    assert is_still_refused(wish, WHOLE_ROW, state)
