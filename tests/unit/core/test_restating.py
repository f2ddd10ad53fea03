"""A row's state told anew in the columns of a changed table."""

from __future__ import annotations

from dataclasses import replace

from sink.core.belief import Belief
from sink.core.columns import Column
from sink.core.decision import Loss
from sink.core.restating import restated, without_reread
from sink.core.row_key import RowKey
from sink.core.row_state import Find, OpenWrite, RowState
from sink.core.schema_change import SchemaChange, between
from sink.core.values.codec import Value
from sink.core.version import Origin, Version
from sink.state.records import FirstSync
from tests.unit.core.changing import DAY, INT, PRICE, TEXT, declared

KEY = RowKey.from_values(("id",), (1,))
FIRST = FirstSync(100, 200)
NOW = 900


def a_row(**cells: Value) -> RowState:
    return FIRST.row(KEY, dict(cells))


def from_sheet(value: Value, time: int = 500) -> Version:
    """An edit that the table does not have yet."""
    return Version(value, time, Origin.SHEET, in_db=None, seen_from=time, shown=time)


ADDED = between(
    declared({"a": TEXT}),
    declared({"a": TEXT, "b": TEXT, "n": replace(INT, nullable=False)}),
    lambda *_: False,
)
DROPPED = between(declared({"a": TEXT, "b": TEXT}), declared({"a": TEXT}), lambda *_: False)
RENAMED = between(declared({"a": TEXT}), declared({"b": TEXT}), lambda *_: True)


def retyped(before: Column, after: Column) -> SchemaChange:
    return between(declared({"a": before}), declared({"a": after}), lambda *_: False)


def test_cells_of_a_new_column_are_known_to_be_blank_and_owed_nothing_yet() -> None:
    state, losses = restated(a_row(a="x"), ADDED, NOW)
    assert state.beliefs["b"] == Belief(None, NOW, NOW)
    assert state.unfit == {"n": ""}  # what a blank cell means there is no value
    assert state.owed_to_sheet() == ("", {})
    assert state.owed_to_table() == ("", {})
    assert losses == []


def test_a_row_that_the_sheet_does_not_show_has_no_cells_there() -> None:
    state, _ = restated(replace(a_row(a="x"), present=Belief(False, 0, 0)), ADDED, NOW)
    assert list(state.beliefs) == ["a"]
    assert state.unfit == {}


def test_a_dropped_column_is_forgotten_in_every_part() -> None:
    before = replace(
        a_row(a="x", b="y"),
        newest={"b": 5},
        refused={"b": "no", "": "row"},
        unfit={"b": "no"},
        finds={"b": Find("z", 1, 2)},
        open_writes=(
            OpenWrite(7, {"a": "x", "b": "z"}, 300, {"b": from_sheet("z")}, frozenset({"b"})),
        ),
    )
    state, losses = restated(before, DROPPED, NOW)
    assert replace(state, open_writes=(), refused={}) == a_row(a="x")
    assert state.refused == {"": "row"}
    assert state.open_writes == (OpenWrite(7, {"a": "x"}, 300, {}, frozenset()),)
    assert losses == []


def test_a_renamed_column_keeps_what_the_table_lacks_and_the_sheet_shows() -> None:
    before = a_row(a="x")
    before.cells["a"] = from_sheet("y")
    state, _ = restated(before, RENAMED, NOW)
    assert state.cells == {"b": from_sheet("y")}
    assert state.beliefs["b"].possible() == ("x",)
    assert state.owed_to_table() == ("update", {"b": "y"})


def test_what_the_table_holds_of_a_renamed_column_is_read_again() -> None:
    state, _ = restated(a_row(a="x"), RENAMED, NOW)
    assert (state.cells, state.table) == ({}, {})
    assert state.beliefs["b"].possible() == ("x",)


def test_what_the_table_holds_of_a_retyped_column_is_to_be_read_there() -> None:
    state, losses = restated(a_row(a="7"), retyped(TEXT, INT), NOW)
    assert (state.cells, state.table, losses) == ({}, {}, [])
    # the sheet shows the text 7, and a number is written otherwise
    assert (state.beliefs, state.unfit) == ({}, {"a": "7"})


def test_a_cell_that_shows_the_same_in_the_new_type_is_known_to() -> None:
    state, _ = restated(a_row(a="1.50"), retyped(PRICE, replace(PRICE, scale=3)), NOW)
    assert state.beliefs["a"].possible() == ("1.500",)
    assert state.unfit == {}


def test_an_edit_that_the_table_lacks_is_told_in_the_new_type() -> None:
    before = a_row(a="7")
    before.cells["a"] = from_sheet("12")
    state, losses = restated(before, retyped(TEXT, INT), NOW)
    assert (state.cells["a"], losses) == (from_sheet(12), [])


def test_an_edit_that_does_not_fit_any_more_is_logged() -> None:
    before = a_row(a="7")
    before.cells["a"] = from_sheet("many")
    before.finds["a"] = Find("few", 400, 450)
    state, losses = restated(before, retyped(TEXT, INT), NOW)
    assert (state.cells, state.finds) == ({}, {})
    none = Version(None, None, Origin.DATABASE)
    assert losses == [
        Loss("a", from_sheet("many"), none, "retyped"),
        Loss("a", Version("few", 400, Origin.SHEET), none, "retyped"),
    ]


def test_a_refused_cell_is_looked_at_again() -> None:
    before = replace(a_row(a="7"), refused={"a": "is too long"}, unfit={"a": "very long"})
    state, _ = restated(before, retyped(TEXT, replace(TEXT, length=40)), NOW)
    assert (state.refused, state.unfit) == ({}, {})
    assert state.beliefs["a"].possible() == ("7",)


def test_a_dead_row_keeps_its_cells_as_far_as_they_fit() -> None:
    before = replace(a_row(a="7"), life=FIRST.version(False), table=None)
    state, losses = restated(before, retyped(TEXT, INT), NOW)
    assert (state.agreed, losses) == ({"a": 7}, [])
    state, losses = restated(before, retyped(TEXT, DAY), NOW)
    assert (state.agreed, [loss.loser.value for loss in losses]) == ({}, ["7"])


def test_a_stored_call_forgets_what_it_wrote_in_another_form() -> None:
    assert without_reread({"a": "7"}, retyped(TEXT, INT)) == {}
    assert without_reread({"a": "7"}, RENAMED) == {}
    assert without_reread({"a": "7", "b": "x"}, DROPPED) == {"a": "7"}
