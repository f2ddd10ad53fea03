"""`spreadsheets.batchUpdate`: in order, all or none, and read back in the same call."""

import pytest

from deploy.sheets_emulator.api.errors import ApiError
from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.json_types import JsonObject
from tests.contract.sheets_emulator.requests import (
    add_sheet,
    cells,
    copy_paste,
    delete_rows,
    grid_range,
    insert_rows,
    lines,
)


def refusal(document: Document, *requests: JsonObject) -> str:
    with pytest.raises(ApiError) as caught:
        document.batch_update(list(requests))
    assert caught.value.code == 400
    return caught.value.message


def values(document: Document, text: str = "Sheet1") -> list[list[object]]:
    return document.values_get(text, "UNFORMATTED_VALUE")


def test_requests_run_in_order_and_replies_mirror_them(document: Document) -> None:
    replies = document.batch_update(
        [cells(0, 0, [["b"]]), insert_rows(0), cells(0, 0, [["a"]]), add_sheet(7, "seven")]
    )
    assert values(document) == [["a"], ["b"]]
    assert replies[:3] == [{}, {}, {}]
    assert replies[3]["addSheet"]["properties"]["sheetId"] == 7


def test_a_failing_request_undoes_those_before_it(document: Document) -> None:
    document.batch_update([cells(0, 0, [["kept", 1], [2]])])
    before = document.get(include_grid_data=True)
    revision = document.revision
    message = refusal(
        document,
        cells(0, 0, [["lost", 5]]),
        delete_rows(1),
        insert_rows(0, 3),
        add_sheet(9, "other"),
        {"updateSheetProperties": {"properties": {"title": "renamed"}, "fields": "title"}},
        {"deleteNamedRange": {"namedRangeId": "unknown"}},
    )
    assert message.startswith("Invalid requests[5].deleteNamedRange: ")
    assert document.get(include_grid_data=True) == before
    assert document.revision == revision


def test_only_the_masked_fields_change(document: Document) -> None:
    note: JsonObject = {
        "updateCells": {
            "start": {"sheetId": 0},
            "rows": [{"values": [{"note": "n", "userEnteredValue": {"numberValue": 9}}]}],
            "fields": "note",
        }
    }
    document.batch_update([cells(0, 0, [["v"]]), note, cells(0, 0, [["w"]])])
    cell = document.get(["A1"], "sheets.data.rowData.values(userEnteredValue,note)")
    assert cell["sheets"][0]["data"][0]["rowData"] == [
        {"values": [{"userEnteredValue": {"stringValue": "w"}, "note": "n"}]}
    ]


WHITE: JsonObject = {"red": 1, "green": 1, "blue": 1}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ({"backgroundColor": {"red": 1}}, ({"red": 1}, {"rgbColor": {"red": 1}})),
        ({"backgroundColor": {}}, ({}, {"rgbColor": {}})),
        ({"backgroundColorStyle": {"rgbColor": {}}}, ({}, {"rgbColor": {}})),
        (
            {"backgroundColorStyle": {"themeColor": "BACKGROUND"}},
            (WHITE, {"themeColor": "BACKGROUND"}),
        ),
        (
            {"backgroundColor": {"red": 1}, "backgroundColorStyle": {"rgbColor": WHITE}},
            (WHITE, {"rgbColor": WHITE}),
        ),
        ({"backgroundColor": None}, (None, None)),
    ],
)
def test_a_background_is_shown_in_both_forms_whichever_was_written(
    document: Document, written: JsonObject, shown: tuple[JsonObject | None, JsonObject | None]
) -> None:
    blue = {"backgroundColorStyle": {"rgbColor": {"blue": 1}}, "wrapStrategy": "CLIP"}
    for style in (blue, written):
        given = {name: value for name, value in style.items() if value is not None}
        request = {
            "range": grid_range(0, 1, 0, 1),
            "rows": [{"values": [{"userEnteredFormat": given}]}],
            "fields": ",".join(f"userEnteredFormat.{name}" for name in style),
        }
        document.batch_update([{"updateCells": request}])
    cell = document.get(["A1"], "sheets.data.rowData.values.userEnteredFormat")
    (row,) = cell["sheets"][0]["data"][0]["rowData"]
    found = row["values"][0]["userEnteredFormat"]
    assert found["wrapStrategy"] == "CLIP"
    assert (found.get("backgroundColor"), found.get("backgroundColorStyle")) == shown


def test_a_range_write_clears_the_cells_that_are_not_given(document: Document) -> None:
    document.batch_update([cells(0, 0, [[1, 2, 3], [4, 5, 6]])])
    request = {"range": grid_range(0, 2, 0, 2), "rows": [{"values": [{}]}]}
    document.batch_update([{"updateCells": {**request, "fields": "userEnteredValue"}}])
    assert values(document) == [["", "", 3], ["", "", 6]]


def test_text_that_looks_like_a_formula_stays_text(document: Document) -> None:
    cell = {"userEnteredValue": {"stringValue": "=1+1"}}
    request = {"start": {}, "rows": [{"values": [cell]}], "fields": "userEnteredValue"}
    document.batch_update([{"updateCells": request}])
    assert document.values_get("A1", "FORMULA") == [["=1+1"]]
    assert document.values_get("A1") == [["=1+1"]]


@pytest.mark.parametrize(
    ("request_body", "message"),
    [
        (cells(0, 0, [["a"]], 5), "Invalid requests[0].updateCells: No grid with id: 5"),
        (
            {"deleteSheet": {"sheetId": 5}},
            "Invalid requests[0].deleteSheet: No sheet with id: 5",
        ),
        (
            add_sheet(3, "sheet1"),
            'Invalid requests[0].addSheet: A sheet with the name "sheet1" already exists. '
            "Please enter another name.",
        ),
        (
            {"updateSheetProperties": {"properties": {"title": "x"}}},
            "Invalid requests[0].updateSheetProperties: At least one field must be listed in "
            "'fields'. (Use '*' to indicate all fields.)",
        ),
        (
            {"deleteDimension": {"range": lines("ROWS", 1000, 1001)}},
            "Invalid requests[0].deleteDimension: Cannot delete a row that doesn't exist. "
            "Tried to delete row index 1000 but there are only 1000 rows.",
        ),
        (
            {"insertDimension": {"range": lines("ROWS", 0, 1), "inheritFromBefore": True}},
            "Invalid requests[0].insertDimension: inheritFromBefore cannot be true when "
            "inserting at the start of the sheet.",
        ),
        (
            {"appendDimension": {"dimension": "ROWS", "length": 1_000_000}},
            "Invalid requests[0].appendDimension: This action would increase the number of cells "
            "in the workbook above the limit of 10000000 cells.",
        ),
    ],
)
def test_refusals_name_the_request(
    document: Document, request_body: JsonObject, message: str
) -> None:
    assert refusal(document, request_body) == message


def test_what_was_overwritten_comes_back_in_the_same_call(document: Document) -> None:
    document.batch_update([add_sheet(7, "hidden", hidden=True), cells(0, 0, [["old", 1, "=B1+1"]])])
    answer = document.apply(
        "spreadsheets.batchUpdate",
        {
            "requests": [
                copy_paste(grid_range(0, 1, 0, 2), grid_range(0, 1, 0, 2, 7)),
                cells(0, 0, [["new", 2]]),
            ],
            "includeSpreadsheetInResponse": True,
            "responseRanges": ["hidden!A1:B1", "Sheet1!A1:C1"],
            "fields": "replies,updatedSpreadsheet.sheets(properties.title,"
            "data.rowData.values.effectiveValue)",
        },
    )
    sheets = {
        sheet["properties"]["title"]: sheet["data"][0]["rowData"][0]["values"]
        for sheet in answer["updatedSpreadsheet"]["sheets"]
    }
    assert sheets["hidden"] == [
        {"effectiveValue": {"stringValue": "old"}},
        {"effectiveValue": {"numberValue": 1}},
    ]
    assert sheets["Sheet1"][1:] == [
        {"effectiveValue": {"numberValue": 2}},
        {"effectiveValue": {"numberValue": 3}},
    ]


@pytest.mark.parametrize(
    ("fields", "with_data", "has_data"),
    [("", True, True), ("", False, False), ("updatedSpreadsheet.sheets.properties", True, False)],
)
def test_grid_data_comes_by_flag_or_by_mask(
    document: Document, fields: str, with_data: bool, has_data: bool
) -> None:
    arguments: JsonObject = {
        "requests": [cells(0, 0, [["a"]])],
        "includeSpreadsheetInResponse": True,
        "responseIncludeGridData": with_data,
        "responseRanges": ["A1"],
    }
    if fields:
        arguments["fields"] = fields
    answer = document.apply("spreadsheets.batchUpdate", arguments)
    assert ("data" in answer["updatedSpreadsheet"]["sheets"][0]) is has_data


def test_pastes(document: Document) -> None:
    document.batch_update([cells(0, 0, [[1, "=A1*10"], [2, "=A2*10"]])])
    source = grid_range(0, 2, 0, 2)
    document.batch_update(
        [
            copy_paste(source, grid_range(4, 8, 0, 2)),
            copy_paste(source, grid_range(0, 1, 3, 4), "VALUES"),
            {
                "copyPaste": {
                    "source": grid_range(0, 2, 0, 1),
                    "destination": grid_range(10, 11, 0, 1),
                    "pasteOrientation": "TRANSPOSE",
                }
            },
        ]
    )
    assert document.values_get("A5:B8", "FORMULA") == [
        [1, "=A5*10"], [2, "=A6*10"], [1, "=A7*10"], [2, "=A8*10"],
    ]  # fmt: skip
    assert document.values_get("D1:E2", "FORMULA") == [[1, 10], [2, 20]]
    assert values(document, "A11:B11") == [[1, 2]]


def test_a_format_paste_leaves_the_values(document: Document) -> None:
    document.values_update("A1", [["5%"]])
    document.batch_update(
        [
            cells(1, 0, [[0.5]]),
            copy_paste(grid_range(0, 1, 0, 1), grid_range(1, 2, 0, 1), "FORMAT"),
        ]
    )
    assert document.values_get("A1:A2") == [["5%"], ["50%"]]


def test_cut_cells_are_followed_by_what_refers_to_them(document: Document) -> None:
    document.batch_update([cells(0, 0, [[5, "=A1+1"]])])
    document.batch_update(
        [
            {
                "cutPaste": {
                    "source": grid_range(0, 1, 0, 1),
                    "destination": {"sheetId": 0, "rowIndex": 9, "columnIndex": 3},
                    "pasteType": "PASTE_NORMAL",
                }
            }
        ]
    )
    assert document.values_get("A1:B1", "FORMULA") == [["", "=D10+1"]]
    assert values(document, "B1") == [[6]]


def test_sorting_puts_numbers_before_text_and_blanks_last(document: Document) -> None:
    document.batch_update(
        [cells(0, 0, [["b", 1], [None, 2], [10, 3], ["A", 4], [2, 5], [True, 6]])]
    )
    for order, expected in (("ASCENDING", [5, 3, 4, 1, 6, 2]), ("DESCENDING", [6, 1, 4, 3, 5, 2])):
        spec = [{"dimensionIndex": 0, "sortOrder": order}]
        document.batch_update([{"sortRange": {"range": grid_range(0, 6, 0, 2), "sortSpecs": spec}}])
        assert [row[1] for row in values(document, "A1:B6")] == expected


def test_find_and_replace(document: Document) -> None:
    document.batch_update([cells(0, 0, [["cat", "Cat food", 12], ["dog", '="cat"', "concat"]])])
    find: JsonObject = {"find": "cat", "replacement": "cow", "allSheets": True}
    assert document.batch_update([{"findReplace": find}]) == [
        {
            "findReplace": {
                "valuesChanged": 3,
                "rowsChanged": 2,
                "sheetsChanged": 1,
                "occurrencesChanged": 3,
            }
        }
    ]
    assert values(document) == [["cow", "cow food", 12], ["dog", "cat", "concow"]]
    regex = {
        "find": "c(o)(w)$",
        "replacement": "$2$1",
        "searchByRegex": True,
        "matchCase": True,
        "range": grid_range(0, 1, 0, 3),
    }
    document.batch_update([{"findReplace": regex}])
    assert values(document)[0] == ["wo", "cow food", 12]


def test_a_formula_repeated_over_a_range_moves_along(document: Document) -> None:
    cell = {"userEnteredValue": {"formulaValue": "=$A1+B$1"}}
    document.batch_update(
        [
            {
                "repeatCell": {
                    "range": grid_range(0, 2, 2, 4),
                    "cell": cell,
                    "fields": "userEnteredValue",
                }
            }
        ]
    )
    assert document.values_get("C1:D2", "FORMULA") == [
        ["=$A1+B$1", "=$A1+C$1"],
        ["=$A2+B$1", "=$A2+C$1"],
    ]


def test_appended_cells_land_below_the_last_row_with_data(document: Document) -> None:
    document.batch_update([cells(0, 0, [["head"], ["row"], [None], [None, "total"]])])
    rows = [{"values": [{"userEnteredValue": {"stringValue": "new"}}]}]
    document.batch_update(
        [{"appendCells": {"sheetId": 0, "rows": rows, "fields": "userEnteredValue"}}]
    )
    assert values(document, "A5") == [["new"]]


def test_inserted_and_deleted_ranges_shift_their_columns_only(document: Document) -> None:
    document.batch_update([cells(0, 0, [[1, "x"], [2, "y"], ["=A1+A2", "z"]])])
    document.batch_update(
        [{"insertRange": {"range": grid_range(1, 2, 0, 1), "shiftDimension": "ROWS"}}]
    )
    assert values(document) == [[1, "x"], ["", "y"], [2, "z"], [3]]
    assert document.values_get("A4", "FORMULA") == [["=A1+A3"]]
    document.batch_update(
        [{"deleteRange": {"range": grid_range(0, 1, 0, 1), "shiftDimension": "ROWS"}}]
    )
    assert document.values_get("A1:B3", "FORMULA") == [["", "x"], [2, "y"], ["=#REF!+A2", "z"]]


def test_a_merge_keeps_the_first_cell_only(document: Document) -> None:
    document.batch_update(
        [
            cells(0, 0, [[1, 2], [3, 4]]),
            {"mergeCells": {"range": grid_range(0, 2, 0, 2), "mergeType": "MERGE_ALL"}},
        ]
    )
    assert values(document) == [[1]]
    message = refusal(document, {"unmergeCells": {"range": grid_range(0, 1, 0, 2)}})
    assert "merged range" in message


def test_protected_ranges_live_and_die_by_id(document: Document) -> None:
    reply = document.batch_update(
        [{"addProtectedRange": {"protectedRange": {"range": grid_range(0, 1, 0, 1)}}}]
    )
    protected_id = reply[0]["addProtectedRange"]["protectedRange"]["protectedRangeId"]
    change = {"protectedRangeId": protected_id, "description": "keys"}
    document.batch_update(
        [
            insert_rows(0),
            {"updateProtectedRange": {"protectedRange": change, "fields": "description"}},
        ]
    )
    kept = document.get()["sheets"][0]["protectedRanges"][0]
    assert (kept["description"], kept["range"]["startRowIndex"]) == ("keys", 1)
    delete = {"deleteProtectedRange": {"protectedRangeId": protected_id}}
    document.batch_update([delete])
    assert refusal(document, delete).startswith("Invalid requests[0].deleteProtectedRange: ")


def test_a_sheet_is_duplicated_with_its_cells(document: Document) -> None:
    document.batch_update([cells(0, 0, [[1, "=A1+1"]])])
    document.batch_update(
        [{"duplicateSheet": {"sourceSheetId": 0, "insertSheetIndex": 1, "newSheetId": 4}}]
    )
    document.batch_update([cells(0, 0, [[10]])])
    assert values(document, "Copy of Sheet1") == [[1, 2]]
