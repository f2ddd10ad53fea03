"""A person's gestures on cells, rows and filters: what they change and which events they fire."""

from pathlib import Path

import httpx
import pytest

from deploy.sheets_emulator.api.errors import ApiError
from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.emulator import Emulator
from deploy.sheets_emulator.gestures import GESTURES, Done
from deploy.sheets_emulator.json_types import JsonObject, JsonValue
from tests.contract.sheets_emulator.requests import grid_range, lines

ROWS: list[list[JsonValue]] = [
    ["key", "size", "twice"],
    ["a", 1, "=B2*2"],
    ["b", 2, ""],
    ["c", 3, ""],
    ["d", 4, ""],
]


@pytest.fixture
def sheet(document: Document) -> Document:
    document.values_update("A1", ROWS, actor="api")
    return document


def act(document: Document, gesture: str, **body: JsonValue) -> Done:
    return GESTURES[gesture](document, {"tab": "Sheet1", **body})


def shown(document: Document, cells: str = "A2:C5") -> list[list[JsonValue]]:
    return document.values_get(cells, "UNFORMATTED_VALUE")


def formulas(document: Document, cells: str) -> list[list[JsonValue]]:
    return document.values_get(cells, "FORMULA")


def place(row: int, column: int, rows: int = 1, columns: int = 1) -> JsonObject:
    return {"sheetId": 0, "row": row, "column": column, "rows": rows, "columns": columns}


def change(change_type: str) -> tuple[str, JsonObject]:
    return "change", {"changeType": change_type, "activeSheetId": 0}


def test_a_fill_copies_values_and_moves_references_and_is_one_event(sheet: Document) -> None:
    done = act(sheet, "fill", source="B2:C2", range="B3:C5")
    assert shown(sheet) == [["a", 1, 2], ["b", 1, 2], ["c", 1, 2], ["d", 1, 2]]
    assert formulas(sheet, "C3:C5") == [["=B3*2"], ["=B4*2"], ["=B5*2"]]
    assert done.events == [("edit", {"range": place(3, 2, 3, 2)}), change("EDIT")]


def test_a_fill_of_one_cell_tells_no_value_and_keeps_notes(sheet: Document) -> None:
    note = {"start": {"rowIndex": 1, "columnIndex": 1}, "rows": [{"values": [{"note": "n"}]}]}
    sheet.batch_update([{"updateCells": {**note, "fields": "note"}}])
    done = act(sheet, "fill", source="B2", range="B3")
    assert done.events[0] == ("edit", {"range": place(3, 2)})
    [data] = sheet.get(["B2:B3"], "sheets.data.rowData.values.note")["sheets"][0]["data"]
    assert data["rowData"] == [{"values": [{"note": "n"}]}]


def test_a_fill_grows_the_grid_and_must_fit_its_source(sheet: Document) -> None:
    act(sheet, "fill", source="B5", range="B1000:B1003")
    assert sheet.get()["sheets"][0]["properties"]["gridProperties"]["rowCount"] == 1003
    for source, cells in (("B2:B3", "B4:B6"), ("B2", "B1:B4")):
        with pytest.raises(ApiError):
            act(sheet, "fill", source=source, range=cells)


def test_replacing_fires_a_change_alone_unless_it_is_asked_for_more(sheet: Document) -> None:
    done = act(sheet, "find_replace", find="2", replacement="7")
    assert shown(sheet, "B2:C3") == [[1, 2], [7]]
    assert formulas(sheet, "C2") == [["=B2*2"]]
    assert done.events == [change("EDIT")]
    told = act(
        sheet, "find_replace", find="A", replacement="x", match_case=True, range="A2:A5",
        fires=["edit"],
    )  # fmt: skip
    assert shown(sheet, "A2:A3") == [["a"], ["b"]]
    assert told.events == [("edit", {"range": place(2, 1, 4, 1)})]
    act(sheet, "find_replace", find="3", replacement="", whole_cell=True, range="B2:B5")
    assert shown(sheet, "B4:B5") == [[], [4]]


def test_what_is_hidden_is_told_and_fires_nothing(sheet: Document) -> None:
    assert act(sheet, "hide_rows", start=2, count=2).events == []
    assert act(sheet, "hide_columns", start=2).events == []
    assert hidden(sheet, "rowMetadata", "hiddenByUser") == [1, 2]
    assert hidden(sheet, "columnMetadata", "hiddenByUser") == [1]
    sheet.batch_update([{"insertDimension": {"range": lines("ROWS", 0, 1)}}], actor="api")
    assert hidden(sheet, "rowMetadata", "hiddenByUser") == [2, 3]
    act(sheet, "show_rows", start=3, count=2)
    act(sheet, "show_columns", start=2)
    assert hidden(sheet, "rowMetadata", "hiddenByUser") == []
    assert hidden(sheet, "columnMetadata", "hiddenByUser") == []


def hidden(document: Document, lines_name: str, flag: str) -> list[int]:
    body = document.get(["A1:C9"], f"sheets.data.{lines_name}")
    metadata: list[JsonObject] = body["sheets"][0]["data"][0][lines_name]
    return [at for at, line in enumerate(metadata) if line.get(flag)]


def test_a_filter_hides_rows_until_it_is_cleared(sheet: Document) -> None:
    done = act(sheet, "set_filter", range="A1:C5", column="size", hide=["2", "4"])
    assert done.events == []
    assert hidden(sheet, "rowMetadata", "hiddenByFilter") == [2, 4]
    sheet.values_update("B3", [[1]])
    assert hidden(sheet, "rowMetadata", "hiddenByFilter") == [2, 4], "set again, not before"
    sheet.batch_update([{"insertDimension": {"range": lines("ROWS", 2, 3)}}], actor="api")
    assert hidden(sheet, "rowMetadata", "hiddenByFilter") == [3, 5]
    [tab] = sheet.get()["sheets"]
    assert tab["basicFilter"]["range"]["endRowIndex"] == 6
    act(sheet, "hide_rows", start=4)
    assert act(sheet, "clear_filter").events == []
    assert hidden(sheet, "rowMetadata", "hiddenByFilter") == []
    assert hidden(sheet, "rowMetadata", "hiddenByUser") == [3]
    assert "basicFilter" not in sheet.get()["sheets"][0]


def test_a_checkbox_is_ticked_and_unticked(sheet: Document) -> None:
    rule = {"condition": {"type": "BOOLEAN"}}
    cells = grid_range(1, 3, 3, 4)
    sheet.batch_update([{"setDataValidation": {"range": cells, "rule": rule}}])
    ticks = [act(sheet, "tick", range="D2").events[0][1] for _ in range(3)]
    assert ticks == [
        {"range": place(2, 4), "value": "TRUE"},
        {"range": place(2, 4), "value": "FALSE", "oldValue": "true"},
        {"range": place(2, 4), "value": "TRUE", "oldValue": "false"},
    ]
    assert shown(sheet, "D2:D3") == [[True]]
    with pytest.raises(ApiError):
        act(sheet, "tick", range="B2")


def test_cut_cells_take_what_refers_to_them_along_but_no_row_metadata(sheet: Document) -> None:
    location = {"dimensionRange": lines("ROWS", 1, 2)}
    tag = {"metadataKey": "t", "visibility": "DOCUMENT", "location": location}
    sheet.batch_update([{"createDeveloperMetadata": {"developerMetadata": tag}}], actor="api")
    done = act(sheet, "cut_paste", source="A2:B2", range="A7")
    assert shown(sheet, "A2:C7")[0] == ["", "", 2]
    assert shown(sheet, "A7:B7") == [["a", 1]]
    assert formulas(sheet, "C2") == [["=B7*2"]]
    assert done.events == [("edit", {"range": place(7, 1, 1, 2)}), change("EDIT")]
    assert [entry.location.start for entry in sheet.state.metadata.values()] == [1]
    assert act(sheet, "cut_paste", source="A7", range="A2", fires=["change"]).events == [
        change("EDIT")
    ]


def test_every_gesture_is_played_again_after_a_restart(tmp_path: Path) -> None:
    first = Emulator(data_dir=tmp_path)
    document = first.create()
    document.values_update("A1", ROWS)
    act(document, "fill", source="C2", range="C3:C5")
    act(document, "find_replace", find="b", replacement="B")
    act(document, "hide_rows", start=2)
    act(document, "set_filter", range="A1:C5", column=2, hide=["3"])
    act(document, "cut_paste", source="A5", range="A9")
    act(document, "delete_rows", start=3)
    act(document, "undo")
    act(document, "undo")
    act(document, "redo")
    first.close()
    again = Emulator(data_dir=tmp_path)
    played = again.spreadsheet(document.spreadsheet_id)
    assert played.get(include_grid_data=True) == document.get(include_grid_data=True)
    assert shown(played, "A9") == [["d"]]
    again.close()


def test_gestures_are_asked_for_over_http(client: httpx.Client) -> None:
    created = client.post("/v4/spreadsheets", json={}).json()["spreadsheetId"]
    base = f"/_control/spreadsheets/{created}"
    body = {"tab": "Sheet1"}
    for gesture, more in (
        ("edit", {"range": "A1", "values": [["x"]]}),
        ("fill", {"source": "A1", "range": "A2:A4"}),
        ("undo", {}),
    ):
        client.post(f"{base}/{gesture}", json={**body, **more}).raise_for_status()
    assert client.get(f"{base}/values", params=body).json()["values"] == [["x"]]
    assert client.post(f"{base}/redo", json={**body, "fires": ["x"]}).status_code == 400
    empty = client.post("/v4/spreadsheets", json={}).json()["spreadsheetId"]
    assert client.post(f"/_control/spreadsheets/{empty}/undo", json=body).status_code == 400
