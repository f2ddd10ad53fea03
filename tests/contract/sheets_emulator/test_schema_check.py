"""Requests are checked against the discovery document, and answers fit it."""

import httpx
import pytest

from deploy.sheets_emulator.api.batch_update.dispatch import HANDLERS
from deploy.sheets_emulator.api.calls import CALLS
from deploy.sheets_emulator.api.errors import ApiError
from deploy.sheets_emulator.api.reading import READS
from deploy.sheets_emulator.api.schema_check import (
    AnswerError,
    check_answer,
    check_body,
    check_message,
    discovery,
)
from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.json_types import JsonObject
from tests.contract.sheets_emulator.requests import cells, grid_range, lines


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({"spreadsheetId": "s", "replies": [{}]}, None),
        ({"spreadsheetId": 7}, "spreadsheet_id"),
        ({"replies": [{"addSheets": {}}]}, "addSheets"),
        ({"updatedSpreadsheet": {"sheets": [{"title": "t"}]}}, "title"),
    ],
)
def test_answers_are_held_against_the_schema_of_the_methods_answer(
    answer: JsonObject, fault: str | None
) -> None:
    if fault is None:
        check_answer("spreadsheets.batchUpdate", answer)
        return
    with pytest.raises(AnswerError, match=fault):
        check_answer("spreadsheets.batchUpdate", answer)


def test_every_known_request_and_method_is_googles() -> None:
    assert set(HANDLERS) <= set(discovery()["schemas"]["Request"]["properties"])
    spreadsheets = discovery()["resources"]["spreadsheets"]
    known = {method["id"] for method in spreadsheets["methods"].values()}
    for resource in spreadsheets["resources"].values():
        known |= {method["id"] for method in resource["methods"].values()}
    assert {f"sheets.{name}" for name in [*CALLS, *READS]} <= known


@pytest.mark.parametrize(
    ("request_body", "message"),
    [
        (
            {"updateCell": {}},
            "Invalid JSON payload received. Unknown name \"updateCell\" at 'requests[0]': "
            "Cannot find field.",
        ),
        (
            {"updateCells": {"row": []}},
            "Invalid JSON payload received. Unknown name \"row\" at 'requests[0].update_cells': "
            "Cannot find field.",
        ),
        (
            {"deleteSheet": {"sheetId": "x"}},
            "Invalid value at 'requests[0].delete_sheet.sheet_id' (TYPE_INT32), \"x\"",
        ),
        (
            {"updateCells": {"rows": [{"values": [{"value": 1}]}]}},
            'Invalid JSON payload received. Unknown name "value" at '
            "'requests[0].update_cells.rows[0].values[0]': Cannot find field.",
        ),
        (
            {"updateCells": {"rows": [{"values": [{"userEnteredValue": {"numberValue": "x"}}]}]}},
            "Invalid value at 'requests[0].update_cells.rows[0].values[0].user_entered_value."
            'number_value\' (TYPE_DOUBLE), "x"',
        ),
        (
            {"copyPaste": {"pasteType": "PASTE_ALL"}},
            "Invalid value at 'requests[0].copy_paste.paste_type' "
            '(type.googleapis.com/google.apps.sheets.v4.PasteType), "PASTE_ALL"',
        ),
    ],
)
def test_what_does_not_fit_the_schema_is_refused(request_body: JsonObject, message: str) -> None:
    with pytest.raises(ApiError) as caught:
        check_body("spreadsheets.batchUpdate", {"requests": [request_body]})
    assert (caught.value.code, caught.value.message) == (400, message)


def test_nulls_are_dropped_and_numbers_in_text_are_read() -> None:
    body = {"requests": [{"deleteSheet": {"sheetId": "7"}}], "responseRanges": None}
    assert check_body("spreadsheets.batchUpdate", body) == {
        "requests": [{"deleteSheet": {"sheetId": 7}}]
    }


def test_an_unknown_query_parameter_is_refused(client: httpx.Client) -> None:
    created = client.post("/v4/spreadsheets", json={}).json()
    path = f"/v4/spreadsheets/{created['spreadsheetId']}"
    assert client.get(path, params={"includeGridData": "true", "alt": "json"}).status_code == 200
    answer = client.get(path, params={"includeData": "true"})
    assert answer.status_code == 400
    assert "Cannot bind query parameter" in answer.json()["error"]["message"]


def test_answers_fit_the_schema(document: Document) -> None:
    document.values_update("A1", [["5%", "=1/0", "x", "TRUE"]])
    tag = {
        "metadataKey": "k",
        "visibility": "DOCUMENT",
        "location": {"dimensionRange": lines("ROWS", 0, 1)},
    }
    rule = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "y"}]}}
    answer = document.apply(
        "spreadsheets.batchUpdate",
        {
            "requests": [
                cells(1, 0, [["a", 1, True, "=A1"]]),
                {"addSheet": {"properties": {"title": "t", "hidden": True}}},
                {"addNamedRange": {"namedRange": {"name": "n", "range": grid_range(0, 1, 0, 1)}}},
                {"createDeveloperMetadata": {"developerMetadata": tag}},
                {"mergeCells": {"range": grid_range(5, 7, 0, 2), "mergeType": "MERGE_ALL"}},
                {"addDimensionGroup": {"range": lines("ROWS", 0, 2)}},
                {"addProtectedRange": {"protectedRange": {"range": grid_range(0, 1, 0, 1)}}},
                {"setDataValidation": {"range": grid_range(0, 1, 0, 1), "rule": rule}},
                {"setBasicFilter": {"filter": {"range": grid_range(0, 5, 0, 2)}}},
                {"findReplace": {"find": "x", "replacement": "y", "sheetId": 0}},
            ],
            "includeSpreadsheetInResponse": True,
            "responseIncludeGridData": True,
        },
    )
    assert check_message(answer, "BatchUpdateSpreadsheetResponse") == answer
    assert answer["updatedSpreadsheet"]["sheets"][0]["data"][0]["rowData"]
    append = {"range": "A1", "values": [["z"]], "valueInputOption": "RAW"}
    check_message(document.apply("spreadsheets.values.append", append), "AppendValuesResponse")
    search = {"dataFilters": [{"developerMetadataLookup": {"metadataKey": "k"}}]}
    check_message(
        document.read("spreadsheets.developerMetadata.search", search),
        "SearchDeveloperMetadataResponse",
    )


def test_a_text_longer_than_a_cell_holds_is_refused(document: Document) -> None:
    for option in ("RAW", "USER_ENTERED"):
        with pytest.raises(ApiError, match="maximum of 50000 characters"):
            document.values_update("A1", [["x" * 50_001]], option)
    with pytest.raises(ApiError, match=r"requests\[0\].updateCells: .*50000 characters"):
        document.batch_update([cells(0, 0, [["x" * 50_001]])])
    document.batch_update([cells(0, 0, [["x" * 50_000]])])
