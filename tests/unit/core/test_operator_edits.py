"""What an operator gives back, as one event."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sink.core.change_event import OperatorEdit
from sink.core.decision import Loss
from sink.core.formulas import FORMULA
from sink.core.operator_edits import RESTORED
from sink.core.policies import Rules
from sink.core.row_state import WHOLE_ROW, RowState
from sink.core.values.codec import Value
from sink.core.version import Origin, Version
from tests.unit.core.rows import (
    KEY,
    READ,
    ROW,
    change,
    merged,
    of_database,
    of_sheet,
    ours,
    standing,
)

MUTE = [Rules(mute=Origin.DATABASE), Rules(mute=Origin.SHEET)]


def given(
    *, exists: bool | None = None, refused: dict[str, str] | None = None, **cells: Value
) -> OperatorEdit:
    return OperatorEdit("wish", KEY, cells, 8, READ, exists, "ada", refused or {})


def version(value: Value, *, shown: int | None = None) -> Version:
    return Version(value, 8, Origin.SHEET, seen_from=READ, shown=shown, author="ada", outside=True)


def dead() -> RowState:
    state = standing()
    state.life = of_database(False, 5)
    state.refused = {WHOLE_ROW: "no", "b": "too long"}
    return state


def test_it_replaces_what_is_agreed_and_that_is_logged() -> None:
    state = standing()
    state.refused = {"a": "too long", "b": "too long"}
    decision = merged(state, [given(a="S")])
    assert decision.state.cells["a"] == version("S")
    assert decision.losses == [Loss("a", state.cells["a"], version("S"), RESTORED)]
    assert decision.state.refused == {"b": "too long"}
    assert decision.state.life == state.life


def test_what_is_agreed_already_is_not_logged_and_may_be_shown() -> None:
    decision = merged(standing(), [given(a="A")])
    assert decision.state.cells["a"] == version("A", shown=READ)
    assert decision.losses == []
    state = standing()
    state.beliefs["a"] = state.beliefs["a"].hear(0, "B")
    doubtful = merged(state, [given(a="A", c="C")]).state
    assert doubtful.cells["a"] == version("A")
    assert doubtful.cells["c"] == version("C")


def test_what_is_given_back_may_be_lost_again() -> None:
    state = standing()
    state.told = {"a": "S", "b": "S"}
    assert merged(state, [given(a="S")]).state.told == {"b": "S"}


def test_where_a_formula_stands_it_loses_unless_it_is_the_formula_s_value() -> None:
    state = standing()
    state.formulas = {"a": 1}
    decision = merged(state, [given(a="S")])
    assert decision.state.cells == state.cells
    assert decision.losses == [Loss("a", version("S"), state.cells["a"], FORMULA)]
    same = merged(state, [given(a="A")])
    assert same.state.cells["a"] == version("A", shown=READ)
    assert same.losses == []


@pytest.mark.parametrize("rules", MUTE)
def test_in_a_mapping_of_one_way_it_loses(rules: Rules) -> None:
    state = standing()
    decision = merged(state, [given(a="S", b="A", c="C")], rules)
    assert decision.state.cells == state.cells
    assert decision.losses == [Loss("a", version("S"), state.cells["a"], "one_way")]


@pytest.mark.parametrize("rules", MUTE)
def test_in_a_mapping_of_one_way_it_gives_back_no_row_and_takes_none(rules: Rules) -> None:
    tomb = dead().life
    assert tomb is not None
    decision = merged(dead(), [given(exists=True, a="S")], rules)
    assert decision.state == dead()
    assert decision.losses == [Loss(None, version(True), tomb, "one_way")]
    state = standing()
    assert state.life is not None
    kept = merged(state, [given(exists=False)], rules)
    assert kept.state == state
    assert kept.losses == [Loss(None, version(False), state.life, "one_way")]
    unknown = merged(RowState(KEY), [given(exists=True, a="S")], rules)
    assert unknown.state == RowState(KEY)
    assert unknown.losses == []


def test_a_row_is_brought_back_with_all_that_it_held() -> None:
    state = dead()
    tomb = state.life
    assert tomb is not None
    decision = merged(state, [given(exists=True)])
    assert decision.state.life == version(True)
    assert decision.losses == [Loss(None, tomb, version(True), RESTORED)]
    assert decision.state.refused == {"b": "too long"}
    assert decision.state.agreed == ROW
    assert all(each.in_db is None for each in decision.state.cells.values())


def test_a_cell_of_a_dead_row_brings_the_row_back() -> None:
    back = merged(dead(), [given(a="S")]).state
    assert back.alive
    assert back.cells["a"] == version("S")
    assert merged(dead(), [given()]).state == dead()
    refused = given(a="S", refused={"a": "too long"})
    assert merged(dead(), [refused]).state == dead()


def test_a_row_that_nobody_had_is_made_and_nothing_is_logged() -> None:
    decision = merged(RowState(KEY), [given(a="S")])
    assert decision.state.life == version(True)
    assert decision.state.cells == {"a": version("S")}
    assert decision.losses == []


def test_a_row_is_taken_once() -> None:
    state = standing()
    state.refused = {"a": "too long"}
    decision = merged(state, [given(exists=False, a="S")])
    assert decision.state.life == version(False)
    assert decision.state.cells == state.cells
    assert decision.state.refused == {}
    assert state.life is not None
    assert decision.losses == [Loss(None, state.life, version(False), RESTORED)]
    again = merged(decision.state, [given(exists=False)])
    assert again.state == decision.state
    assert again.losses == []


def test_what_the_database_did_not_take_is_left_out() -> None:
    state = standing()
    assert merged(state, [given(a="S", refused={WHOLE_ROW: "no"})]).state == state
    some = merged(state, [given(a="S", b="T", refused={"a": "too long"})]).state
    assert some.agreed == {"a": "A", "b": "T"}
    later = replace(of_sheet("U", 9), shown=9)
    assert later.of_sheet
    assert not some.cells["b"].of_sheet


def test_a_delete_that_had_not_seen_a_row_given_back_has_beaten_the_row_and_its_unseen_cells() -> (
    None
):
    """Whoever wrote the cells did not give the row back: both are logged."""
    state = dead()
    state.cells["a"] = ours("S", 1)
    decision = merged(state, [given(exists=True), change(20, dict(ROW), None)])
    assert not decision.state.alive
    told = [(loss.column, loss.loser.author) for loss in decision.losses]
    assert told[0] == (None, None), "the tombstone that was given up"
    assert {(None, "ada"), ("a", "ann")} <= set(told[1:])
