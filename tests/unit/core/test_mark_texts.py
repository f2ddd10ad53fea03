"""What is said at a refused cell, and where."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sink.core.belief import Belief
from sink.core.columns import Column
from sink.core.mark_texts import in_cell, of_tagged, refresh, sentence, shown
from sink.core.marks import Mark
from sink.core.row_state import WHOLE_ROW, RowState
from sink.core.tagged_row import MISSING, TaggedRow
from sink.core.values.codec import Value
from sink.core.values.registry import codec_for
from sink.state.records import FirstSync, decode, encode
from tests.unit.histories.world import World, key

FIRST = FirstSync(0, 0)


def state(**cells: Value) -> RowState:
    return FIRST.row(key(), {"a": "A", "b": None, **cells})


def said(of: RowState) -> dict[str, str | None]:
    refresh(of, World().table)
    return {column: mark.wanted for column, mark in of.marks.items()}


def test_a_refused_cell_says_what_its_column_takes_and_what_the_database_holds() -> None:
    row = state(a="12.50")
    row.refused = {"a": "takes a number with at most 2 decimals", "b": "takes a date"}
    assert said(row) == {
        "a": "“a” takes a number with at most 2 decimals; the database still holds 12.50",
        "b": "“b” takes a date; the database has no value there",
    }


def test_of_a_row_that_is_not_in_the_database_that_is_said() -> None:
    row = RowState(key(), present=Belief(True, 1, 1), refused={"a": "takes a number"})
    assert said(row) == {"a": "“a” takes a number; the row is not in the database"}


def test_what_concerns_the_whole_row_is_said_at_its_key() -> None:
    row = RowState(key(), present=Belief(True, 1, 1))
    row.refused = {WHOLE_ROW: "this row is not in the database yet: “price” is missing"}
    assert said(row) == {"id": "This row is not in the database yet: “price” is missing."}


def test_a_mark_that_is_not_wanted_any_more_is_owed_until_it_is_gone() -> None:
    row = state()
    row.marks = {"a": Mark("said", "said")}
    assert said(row) == {"a": None}
    assert row.owes_marks


def test_nothing_is_owed_to_a_column_that_is_mapped_no_more() -> None:
    row = state()
    row.marks = {"dropped": Mark("said", "said")}
    assert said(row) == {}


def test_the_marks_of_a_row_that_is_gone_went_with_it() -> None:
    row = state()
    row.marks = {"a": Mark("said", "said")}
    row.life = None if row.life is None else replace(row.life, value=False)
    row.present = Belief(False, 5, 5)
    assert said(row) == {}


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "nothing"), ("", "an empty text"), (True, "TRUE"), (7, "7"), ("a\nb", "a b")],
)
def test_a_value_in_a_sentence(value: Value, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        (Column("a", "timestamp", "timestamp"), "2026-01-01T11:00:00Z", "2026-01-01 12:00:00"),
        (Column("a", "timestamp", "timestamp"), "2025-12-31T23:00:00Z", "2026-01-01"),
        (
            Column("a", "timestamp", "timestamp(6)", fraction=6),
            "2026-10-25T01:30:00.000000Z",
            "2026-10-25 02:30:00.000000 +01:00",
        ),
        (Column("a", "datetime", "datetime"), "2026-01-01 11:00:00", "2026-01-01 11:00:00"),
        (Column("a", "decimal", "decimal(8,2)", precision=8, scale=2), "12.50", "12.50"),
        (Column("a", "timestamp", "timestamp"), None, "nothing"),
        (Column("a", "varchar", "varchar(9)", length=9), "", "an empty text"),
    ],
)
def test_what_the_database_holds_is_said_as_the_cell_would_show_it(
    column: Column, value: Value, text: str
) -> None:
    assert in_cell(value, codec_for(column, time_zone="Europe/Berlin")) == text


def test_a_long_value_is_cut_short() -> None:
    assert len(shown("x" * 500)) == 61


def test_a_reason_becomes_a_sentence() -> None:
    assert sentence("the tab is gone. Rename it back") == "The tab is gone. Rename it back."
    assert sentence("already one.") == "Already one."


def test_marks_are_stored_and_are_owed_to_the_sheet() -> None:
    row = state()
    row.refused = {"a": "takes a number"}
    refresh(row, World().table)
    stored = encode(row, FIRST)
    assert stored.attention & 1
    assert decode(key(), stored.agreed, stored.record, FIRST) == row


def test_a_row_without_a_key_says_at_its_key_what_it_lacks_and_at_cells_what_they_take() -> None:
    table = World().table
    row = of_tagged(TaggedRow("tag", lacks={"id": MISSING, "b": "takes a date"}), table)
    assert {column: mark.wanted for column, mark in row.marks.items()} == {
        "id": "This row is not in the database yet: “id” is missing; “b” takes a date.",
        "b": "“b” takes a date",
    }
    mended = replace(row, lacks={WHOLE_ROW: "needs a name"})
    assert {column: mark.wanted for column, mark in of_tagged(mended, table).marks.items()} == {
        "id": "This row is not in the database yet: needs a name."
    }
    assert of_tagged(replace(row, lacks={}), table).marks == {}
