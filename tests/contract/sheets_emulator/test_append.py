"""`values.append` and the table that it writes below."""

import pytest

from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.json_types import JsonObject, JsonValue


def append(document: Document, text: str, rows: list[list[JsonValue]], **more: str) -> JsonObject:
    return document.apply(
        "spreadsheets.values.append",
        {"range": text, "values": rows, "valueInputOption": "RAW", **more},
    )


@pytest.fixture
def two_tables(document: Document) -> Document:
    """Tables A1:C2 and B4:D6, as in the API's guide."""
    document.values_update("A1", [["x", "y", "z"], ["x", "y", "z"]], "RAW")
    document.values_update("B4", [["x", "y", ""], ["", "y", "z"], ["", "x", "y"]], "RAW")
    return document


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Sheet1", "Sheet1!B7"),
        ("Sheet1!B4", "Sheet1!B7"),
        ("Sheet1!C5:D5", "Sheet1!B7"),
        ("Sheet1!B2", "Sheet1!A3"),
        ("Sheet1!A3:G10", "Sheet1!B7"),
        ("Sheet1!D4", "Sheet1!B7"),
        ("Sheet1!A4", "Sheet1!A4"),
        ("Sheet1!E5", "Sheet1!E5"),
    ],
)
def test_the_table_in_or_around_the_range_is_found(
    two_tables: Document, text: str, place: str
) -> None:
    assert append(two_tables, text, [["new"]])["updates"]["updatedRange"] == place


def test_a_gap_in_the_last_row_makes_two_tables(document: Document) -> None:
    document.values_update("A1", [["x", "", "z"]], "RAW")
    answer = append(document, "Sheet1", [["new"]])
    assert answer["tableRange"] == "Sheet1!C1"
    assert answer["updates"]["updatedRange"] == "Sheet1!C2"


def test_the_grid_grows(document: Document) -> None:
    document.values_update("A1000", [["last"]], "RAW")
    assert append(document, "A1:A", [["a"], ["b"]])["updates"]["updatedRange"] == (
        "Sheet1!A1001:A1002"
    )
    assert document.state.sheets[0].row_count == 1002


def test_insert_rows_moves_what_stands_below(document: Document) -> None:
    document.values_update("A1", [["head"], ["one"], [""], ["total"]], "RAW")
    append(document, "A1", [["two"]], insertDataOption="INSERT_ROWS")
    assert document.values_get("A1:A9") == [["head"], ["one"], ["two"], [], ["total"]]
