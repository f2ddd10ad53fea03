"""`spreadsheets.values`: what is written, what comes back."""

import pytest

from deploy.sheets_emulator.api.errors import ApiError
from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.json_types import JsonObject, JsonValue


def write(
    document: Document, text: str, values: list[list[JsonValue]], option: str = "RAW"
) -> JsonObject:
    return document.values_update(text, values, option)


def read(document: Document, text: str, how: str = "UNFORMATTED_VALUE") -> list[list[JsonValue]]:
    return document.values_get(text, how)


def refusal(document: Document, call: str, arguments: JsonObject) -> str:
    with pytest.raises(ApiError) as caught:
        document.apply(call, arguments)
    assert caught.value.code == 400
    return caught.value.message


def test_raw_keeps_texts_and_user_entered_reads_them(document: Document) -> None:
    texts = ["=1+1", "0042", "5%", "TRUE", "'x"]
    write(document, "A1", [texts], "RAW")
    write(document, "A2", [texts], "USER_ENTERED")
    assert read(document, "A1:E1") == [texts]
    assert read(document, "A2:E2") == [[2, 42, 0.05, True, "x"]]


def test_null_is_skipped_and_the_empty_text_clears(document: Document) -> None:
    write(document, "A1:C1", [["a", "b", "c"]])
    answer = write(document, "A1:C1", [[None, "", "z"]])
    assert answer["updatedCells"] == 2
    assert read(document, "A1:C1") == [["a", "", "z"]]


def test_rows_are_ragged_and_trailing_empties_are_dropped(document: Document) -> None:
    write(document, "A1", [["a", "", "c", ""], [], ["", "b"], ["", ""]])
    assert read(document, "A1:Z10") == [["a", "", "c"], [], ["", "b"]]
    columns = document.read(
        "spreadsheets.values.get", {"range": "A1:C3", "majorDimension": "COLUMNS"}
    )
    assert columns["values"] == [["a"], ["", "", "b"], ["c"]]


def test_an_empty_range_has_no_values_member(document: Document) -> None:
    assert "values" not in document.read("spreadsheets.values.get", {"range": "A1:B2"})


def test_columns_are_written_as_columns(document: Document) -> None:
    document.apply(
        "spreadsheets.values.update",
        {
            "range": "A1",
            "majorDimension": "COLUMNS",
            "values": [[1, 2], [3]],
            "valueInputOption": "RAW",
        },
    )
    assert read(document, "A1:B2") == [[1, 3], [2]]


def test_a_read_is_cut_at_the_grid_and_one_that_starts_outside_is_refused(
    document: Document,
) -> None:
    whole = document.read("spreadsheets.values.get", {"range": "Sheet1!A1:ZZ9999"})
    assert whole["range"] == "Sheet1!A1:Z1000"
    with pytest.raises(ApiError) as caught:
        document.read("spreadsheets.values.get", {"range": "Sheet1!AA1"})
    assert caught.value.message == (
        "Range (Sheet1!AA1) exceeds grid limits. Max rows: 1000, max columns: 26"
    )


@pytest.mark.parametrize("text", ["NOPE!A5:F15", "A0", "Sheet1!", "A1:B2:C3", "'Sheet1"])
def test_what_cannot_be_parsed_is_named(document: Document, text: str) -> None:
    with pytest.raises(ApiError) as caught:
        document.read("spreadsheets.values.get", {"range": text})
    assert caught.value.message == f"Unable to parse range: {text}"


def test_tab_names_match_in_any_case_and_answers_show_the_real_one(document: Document) -> None:
    write(document, "sHEET1!B2", [[1]])
    found = document.read("spreadsheets.values.get", {"range": "'SHEET1'!B2"})
    assert found == {"range": "Sheet1!B2", "majorDimension": "ROWS", "values": [["1"]]}


def test_more_values_than_the_range_holds_are_refused(document: Document) -> None:
    arguments: JsonObject = {
        "range": "'Sheet1'!A10:B11",
        "values": [[1], [2], [3]],
        "valueInputOption": "RAW",
    }
    assert refusal(document, "spreadsheets.values.update", arguments) == (
        "Requested writing within range ['Sheet1'!A10:B11], but tried writing to row [12]"
    )
    arguments["values"] = [[1, 2, 3]]
    assert refusal(document, "spreadsheets.values.update", arguments) == (
        "Requested writing within range ['Sheet1'!A10:B11], but tried writing to column [C]"
    )


def test_values_beyond_the_grid_are_refused_and_nothing_is_written(document: Document) -> None:
    message = refusal(
        document,
        "spreadsheets.values.update",
        {"range": "A1000", "values": [[1], [2]], "valueInputOption": "RAW"},
    )
    assert "exceeds grid limits" in message
    assert read(document, "A1000") == []


def test_the_input_option_is_required(document: Document) -> None:
    message = refusal(document, "spreadsheets.values.update", {"range": "A1", "values": [[1]]})
    assert message == "'valueInputOption' is required but not specified"


def test_dates_come_as_serial_numbers_or_as_text(document: Document) -> None:
    write(document, "A1", [["2024-01-02", "12:00", 7]], "USER_ENTERED")
    assert read(document, "A1:C1") == [[45293, 0.5, 7]]
    assert document.values_get("A1:C1", "UNFORMATTED_VALUE", "FORMATTED_STRING") == [
        ["2024-01-02", "12:00", 7]
    ]


def test_a_format_stays_when_another_number_is_entered(document: Document) -> None:
    write(document, "A1", [["5%"]], "USER_ENTERED")
    write(document, "A1", [[0.25]], "RAW")
    assert read(document, "A1", "FORMATTED_VALUE") == [["25%"]]


def test_a_batch_is_written_whole_or_not_at_all(document: Document) -> None:
    refusal(
        document,
        "spreadsheets.values.batchUpdate",
        {
            "valueInputOption": "RAW",
            "data": [{"range": "A1", "values": [[1]]}, {"range": "NOPE!A1", "values": [[2]]}],
        },
    )
    assert read(document, "A1") == []


def test_totals_count_each_row_and_column_once(document: Document) -> None:
    answer = document.apply(
        "spreadsheets.values.batchUpdate",
        {
            "valueInputOption": "RAW",
            "data": [
                {"range": "A1:B1", "values": [[1, 2]]},
                {"range": "B1:C2", "values": [[3, 4], [5, 6]]},
            ],
            "includeValuesInResponse": True,
            "responseValueRenderOption": "UNFORMATTED_VALUE",
        },
    )
    assert (answer["totalUpdatedRows"], answer["totalUpdatedColumns"]) == (2, 3)
    assert (answer["totalUpdatedCells"], answer["totalUpdatedSheets"]) == (6, 1)
    assert answer["responses"][1]["updatedData"]["values"] == [[3, 4], [5, 6]]


def test_clearing_keeps_formats_and_notes(document: Document) -> None:
    write(document, "A1", [["5%"]], "USER_ENTERED")
    document.batch_update(
        [
            {
                "updateCells": {
                    "start": {"sheetId": 0},
                    "rows": [{"values": [{"note": "n"}]}],
                    "fields": "note",
                }
            }
        ]
    )
    answer = document.apply("spreadsheets.values.clear", {"range": "A1:A5"})
    assert answer["clearedRange"] == "Sheet1!A1:A5"
    cell = document.get(["A1"], "sheets.data.rowData.values(userEnteredFormat,note)")
    assert cell["sheets"][0]["data"][0]["rowData"][0]["values"] == [
        {
            "userEnteredFormat": {"numberFormat": {"type": "PERCENT", "pattern": "0%"}},
            "note": "n",
        }
    ]


def test_numbers_are_doubles(document: Document) -> None:
    write(document, "A1", [[2**53 + 1, 5.0, 1e300, 0.1]])
    assert read(document, "A1:D1") == [[9007199254740992.0, 5, 1e300, 0.1]]
    assert isinstance(read(document, "B1")[0][0], int)
