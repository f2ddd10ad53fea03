"""Undo and redo put back what the gesture changed, wherever it stands by now."""

import pytest

from deploy.sheets_emulator.api.errors import ApiError
from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.json_types import JsonValue
from tests.contract.sheets_emulator.requests import cells, delete_rows, insert_rows, lines
from tests.contract.sheets_emulator.test_gestures import (
    ROWS,
    act,
    change,
    formulas,
    place,
    shown,
)


@pytest.fixture
def sheet(document: Document) -> Document:
    document.values_update("A1", ROWS, actor="api")
    return document


def column(document: Document, letter: str = "A") -> list[JsonValue]:
    return [row[0] if row else None for row in shown(document, f"{letter}2:{letter}9")]


def test_edits_are_undone_and_redone_in_turn(sheet: Document) -> None:
    act(sheet, "edit", range="B2", values=[[10]])
    act(sheet, "edit", range="B2", values=[["2024-05-06"]])
    act(sheet, "clear", range="A3:B3")
    assert act(sheet, "undo").events == []
    assert shown(sheet, "A3:B3") == [["b", 2]]
    act(sheet, "undo")
    assert sheet.values_get("B2") == [["10"]], "the date's format is gone, too"
    act(sheet, "undo")
    assert shown(sheet, "B2:C2") == [[1, 2]]
    with pytest.raises(ApiError):
        act(sheet, "undo")
    for _ in range(3):
        act(sheet, "redo")
    assert sheet.values_get("B2") == [["2024-05-06"]]
    assert shown(sheet, "A3:C3") == []
    with pytest.raises(ApiError):
        act(sheet, "redo")


def test_a_new_gesture_ends_what_could_be_redone(sheet: Document) -> None:
    act(sheet, "edit", range="B2", values=[[10]])
    act(sheet, "undo")
    act(sheet, "edit", range="B3", values=[[11]])
    with pytest.raises(ApiError):
        act(sheet, "redo")


def test_the_events_are_those_that_are_asked_for(sheet: Document) -> None:
    act(sheet, "edit", range="B3:C3", values=[[10, 11]])
    told = act(sheet, "undo", fires=["edit", "change"])
    assert told.events == [("edit", {"range": place(3, 2, 1, 2)}), change("EDIT")]
    act(sheet, "delete_rows", start=3)
    assert act(sheet, "undo", fires=["edit", "change"]).events == [change("INSERT_ROW")]
    assert act(sheet, "redo", fires=["change"]).events == [change("REMOVE_ROW")]


def test_a_deleted_row_comes_back_whole_and_goes_again(sheet: Document) -> None:
    sheet.batch_update([cells(9, 0, [["=B3+1", "=SUM(B2:B5)"]])], actor="api")
    note = {"start": {"rowIndex": 2, "columnIndex": 0}, "rows": [{"values": [{"note": "n"}]}]}
    tag = {
        "metadataId": 5, "metadataKey": "t", "metadataValue": "v", "visibility": "DOCUMENT",
        "location": {"dimensionRange": lines("ROWS", 2, 3)},
    }  # fmt: skip
    sheet.batch_update(
        [
            {"updateCells": {**note, "fields": "note"}},
            {"createDeveloperMetadata": {"developerMetadata": tag}},
        ],
        actor="api",
    )
    before = sheet.get(include_grid_data=True)
    act(sheet, "delete_rows", start=3, count=2)
    assert column(sheet)[:2] == ["a", "d"]
    act(sheet, "undo")
    assert sheet.get(include_grid_data=True) == before
    act(sheet, "redo")
    assert column(sheet)[:2] == ["a", "d"]
    act(sheet, "undo")
    assert sheet.get(include_grid_data=True) == before


@pytest.mark.parametrize(
    ("gesture", "body"),
    [
        ("insert_rows", {"start": 3, "count": 2}),
        ("insert_columns", {"start": 2}),
        ("delete_columns", {"start": 2}),
        ("move_rows", {"start": 2, "count": 2, "to": 6}),
        ("move_rows", {"start": 4, "to": 2}),
        ("move_columns", {"start": 1, "to": 4}),
        ("sort", {"column": 2, "ascending": False}),
        ("fill", {"source": "C2", "range": "C3:C5"}),
        ("find_replace", {"find": "2", "replacement": "9"}),
        ("cut_paste", {"source": "B2:B3", "range": "E4"}),
    ],
)
def test_every_gesture_is_undone_and_redone(
    gesture: str, body: dict[str, JsonValue], sheet: Document
) -> None:
    before = formulas(sheet, "A1:Z20")
    act(sheet, gesture, **body)
    after = formulas(sheet, "A1:Z20")
    assert after != before
    act(sheet, "undo")
    assert formulas(sheet, "A1:Z20") == before
    act(sheet, "redo")
    assert formulas(sheet, "A1:Z20") == after


def test_what_others_wrote_meanwhile_stays(sheet: Document) -> None:
    act(sheet, "edit", range="B2:C2", values=[[10, 11]])
    other = {"start": {"rowIndex": 1, "columnIndex": 1}, "rows": [{"values": [{"note": "n"}]}]}
    sheet.batch_update([{"updateCells": {**other, "fields": "note"}}], actor="api")
    sheet.batch_update([cells(1, 0, [["A"]])], actor="api")
    act(sheet, "undo")
    assert shown(sheet, "A2:C2") == [["A", 1, 2]]
    [data] = sheet.get(["B2"], "sheets.data.rowData.values.note")["sheets"][0]["data"]
    assert data["rowData"] == [{"values": [{"note": "n"}]}]


def test_an_undo_follows_the_rows_that_others_moved(sheet: Document) -> None:
    act(sheet, "edit", range="B3", values=[[10]])
    act(sheet, "delete_rows", start=5)
    sheet.batch_update([insert_rows(1, 2)], actor="api")
    act(sheet, "undo")
    assert column(sheet)[2:] == ["a", "b", "c", "d"]
    act(sheet, "undo")
    assert shown(sheet, "B5") == [[2]]
    act(sheet, "redo")
    assert shown(sheet, "B5") == [[10]]


def test_a_cell_whose_row_is_gone_is_not_put_back(sheet: Document) -> None:
    act(sheet, "edit", range="B3:B4", values=[[10], [11]])
    sheet.batch_update([delete_rows(2)], actor="api")
    act(sheet, "undo")
    assert shown(sheet, "A2:B4") == [["a", 1], ["c", 3], ["d", 4]]


def test_an_inserted_row_that_others_moved_goes_and_theirs_stays(sheet: Document) -> None:
    act(sheet, "insert_rows", start=3, count=2)
    sheet.batch_update([insert_rows(3), cells(3, 0, [["theirs"]])], actor="api")
    act(sheet, "undo")
    assert column(sheet) == ["a", "theirs", "b", "c", "d"]
