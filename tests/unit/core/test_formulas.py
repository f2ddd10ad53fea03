"""Whose a cell with a formula is: single rules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sink.core.formulas import changes_by_itself
from sink.core.row_state import RowState
from tests.unit.core.rows import edit, merged, written


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
