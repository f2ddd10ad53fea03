"""Whose a cell with a formula is: single rules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sink.core.belief import Belief
from sink.core.change_event import SheetEdit
from sink.core.decision import Loss
from sink.core.formulas import DENIED, FORMULA, changes_by_itself, shows_another
from sink.core.policies import Rules
from sink.core.row_state import Find, RowState
from sink.core.version import Origin
from tests.unit.core.rows import (
    KEY,
    ROW,
    change,
    edit,
    merged,
    of_database,
    of_sheet,
    ours,
    standing,
    written,
)


def calculated(*columns: str) -> RowState:
    """The row with formulas in these columns, typed at 1, whose values are agreed."""
    state = standing()
    for column in columns:
        state.formulas[column] = 1
        state.cells[column] = of_sheet("A", 1)
    return state


def posted(time: int, *, found: bool = False, **formulas: bool) -> SheetEdit:
    """A post that tells of some cells whether they hold a formula, and of no edit."""
    return replace(edit(time, found=found), formulas=formulas)


@pytest.mark.parametrize("formula", ["=now()", "=SUM(A1, Now ())"])
def test_a_formula_that_changes_by_itself_is_refused_by_the_function_s_usual_name(
    formula: str,
) -> None:
    assert (
        changes_by_itself(formula)
        == "holds a formula that changes by itself (NOW), so it is not stored"
    )


@pytest.mark.parametrize("formula", [None, '="NOW()"', "='NOW()'!A1", "=A1+NOWHERE(1)", "=NOW"])
def test_what_only_looks_like_such_a_formula_is_stored(formula: str | None) -> None:
    assert changes_by_itself(formula) is None


def formula_after_a_plain_cell(state: RowState, value: str) -> bool:
    """Whether cell a still counts as a formula once a post has told of a plain ``value`` in it."""
    state.formulas["a"] = 1
    return "a" in merged(state, [replace(edit(11, a=value), formulas={"a": False})]).state.formulas


def test_a_plain_cell_that_shows_what_our_call_wrote_over_a_formula_does_not_end_it() -> None:
    assert formula_after_a_plain_cell(written("W"), "W")


def test_any_other_plain_cell_ends_the_formula() -> None:
    assert not formula_after_a_plain_cell(written("W"), "X")
    state = written("W")
    state.beliefs["a"] = replace(state.beliefs["a"], written=False)
    assert not formula_after_a_plain_cell(state, "W")
    state = written("W")
    state.beliefs["a"] = state.beliefs["a"].hear(11, "Y")
    assert not formula_after_a_plain_cell(state, "W")


def test_what_a_program_changes_loses_to_a_formula_in_that_cell_alone() -> None:
    state = calculated("a")
    decision = merged(state, [change(5, ROW, {"a": "D", "b": "D"})])
    assert decision.state.agreed == {"a": "A", "b": "D"}
    assert decision.losses == [Loss("a", of_database("D", 5), state.cells["a"], FORMULA)]


def test_where_the_sheet_s_edits_always_lose_its_formulas_do_too() -> None:
    decision = merged(
        calculated("a"), [change(5, ROW, {"a": "D", "b": "A"})], Rules(mute=Origin.SHEET)
    )
    assert decision.state.agreed == {"a": "D", "b": "A"}
    assert [loss.rule for loss in decision.losses] != [FORMULA]


def test_a_formula_shows_another_value_than_the_agreed_one() -> None:
    state = calculated("a")
    assert shows_another(state, "a", "B")
    assert not shows_another(state, "a", "A")
    assert not shows_another(state, "b", "B")
    assert not shows_another(RowState(KEY, formulas={"a": 1}), "a", "B")


@pytest.mark.parametrize(("newest", "learned"), [(4, True), (5, True), (6, False)])
def test_of_a_cell_with_a_newer_edit_an_old_post_teaches_nothing(
    newest: int, learned: bool
) -> None:
    state = standing()
    state.newest = {"a": newest}
    assert ("a" in merged(state, [posted(5, a=True)]).state.formulas) is learned
    state = calculated("a")
    state.formulas["a"] = newest
    state.newest = {}
    assert ("a" not in merged(state, [posted(5, a=False)]).state.formulas) is learned


def test_the_first_moment_teaches_too_and_each_cell_is_its_own() -> None:
    state = standing()
    state.newest = {"a": 6}
    state.formulas = {}
    assert merged(state, [posted(5, a=True, b=True)]).state.formulas == {"b": 5}
    assert merged(standing(), [posted(0, a=True)]).state.formulas == {"a": 0}
    ended = calculated("a")
    ended.formulas["a"] = 0
    assert merged(ended, [posted(0, a=False)]).state.formulas == {}


def test_a_formula_put_in_unheard_logs_the_value_that_it_replaces() -> None:
    state = standing()
    state.cells["a"] = of_sheet("S", 1)
    event = replace(edit(5, a="T", found=True), formulas={"a": True})
    assert merged(state, [event]).losses == [Loss("a", state.cells["a"], ours("T", 5), "seen")]


def test_what_recalculates_replaces_its_own_value_without_a_word() -> None:
    state = calculated("a")
    event = replace(edit(5, a="T", found=True), formulas={"a": True})
    decision = merged(state, [event])
    assert decision.state.cells["a"].value == "T"
    assert decision.losses == []


def test_of_two_formulas_put_in_at_one_moment_the_other_one_s_value_is_logged() -> None:
    state = calculated("a")
    state.cells["a"] = of_sheet("S", 5)
    event = replace(edit(5, a="T"), formulas={"a": True})
    assert merged(state, [event]).losses == [Loss("a", state.cells["a"], ours("T", 5), "seen")]


def test_what_stood_in_a_cell_with_a_formula_may_have_been_calculated_since() -> None:
    state = calculated("a")
    state.cells["b"] = of_sheet("A", 1)
    event = edit(5, old="Q", a="T", b="T")
    assert merged(state, [event]).losses == [
        Loss("b", state.cells["b"], replace(ours("T", 5)), "seen")
    ]
    del state.beliefs["a"]
    assert [loss.column for loss in merged(state, [event]).losses] == ["b"]


def test_what_stood_there_instead_of_our_write_was_an_edit_of_its_own() -> None:
    state = calculated("a")
    state.beliefs["a"] = Belief("A", 2, 3, written=True, wrote=(2, 3))
    losses = merged(state, [edit(5, old="Q", a="T")]).losses
    assert losses == [Loss("a", state.cells["a"], ours("T", 5), "seen")]


def test_a_post_that_shows_the_formula_s_new_value_is_an_edit_though_it_was_shown() -> None:
    state = calculated("a")
    state.beliefs["a"] = Belief("B", 1, 1)
    assert merged(state, [edit(5, a="B")]).state.cells["a"] == ours("B", 5)


def test_a_post_that_shows_the_formula_s_agreed_value_is_no_edit() -> None:
    state = calculated("a")
    state.beliefs["a"] = Belief("A", 1, 1)
    assert merged(state, [edit(5, a="A")]).state.cells == state.cells


def test_a_copy_of_a_row_has_formulas_of_its_own() -> None:
    state = calculated("a")
    copied = state.copy()
    assert copied.formulas == {"a": 1}
    copied.formulas["b"] = 2
    assert state.formulas == {"a": 1}


@pytest.mark.parametrize(("time", "learned"), [(7, False), (8, True), (9, True)])
def test_where_our_call_met_a_plain_cell_an_older_post_teaches_no_formula(
    time: int, learned: bool
) -> None:
    state = standing()
    state.finds["a"] = Find("T", 8, 20)
    assert ("a" in merged(state, [posted(time, a=True)]).state.formulas) is learned


@pytest.mark.parametrize("value", ["S", "A"])
def test_a_formula_whose_value_a_person_refused_stays_and_the_table_keeps_its_own(
    value: str,
) -> None:
    """Nothing is written into the cell, so that the sheet says why it shows another value."""
    state = merged(
        calculated("a"), [replace(edit(5, a=value), formulas={"a": True}, denied=frozenset("a"))]
    ).state
    assert state.cells["a"].value == "A"
    assert state.refused == ({"a": DENIED} if value != "A" else {})
    assert "a" not in state.owed_to_sheet()[1]
