"""Developer metadata and data filters."""

import pytest

from deploy.sheets_emulator.api.errors import ApiError
from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.json_types import JsonObject
from tests.contract.sheets_emulator.requests import cells, lines


def create(location: JsonObject, key: str = "k", **more: object) -> JsonObject:
    entry = {"metadataKey": key, "visibility": "DOCUMENT", "location": location, **more}
    return {"createDeveloperMetadata": {"developerMetadata": entry}}


def row(index: int) -> JsonObject:
    return {"dimensionRange": lines("ROWS", index, index + 1)}


def found(document: Document, *filters: JsonObject) -> list[str]:
    answer = document.read("spreadsheets.developerMetadata.search", {"dataFilters": list(filters)})
    entries = answer.get("matchedDeveloperMetadata", [])
    return sorted(entry["developerMetadata"]["metadataValue"] for entry in entries)


@pytest.fixture
def tagged(document: Document) -> Document:
    document.batch_update(
        [
            cells(0, 0, [["a", 1], ["b", 2], ["c", 3]]),
            create(row(1), metadataValue="row 2", metadataId=11),
            create(row(2), "other", metadataValue="row 3", metadataId=12),
            create({"sheetId": 0}, metadataValue="sheet", metadataId=13),
            create({"spreadsheet": True}, metadataValue="all", metadataId=14),
            create({"dimensionRange": lines("COLUMNS", 1, 2)}, metadataValue="B", metadataId=15),
        ]
    )
    return document


def test_lookups_select_by_all_that_they_name(tagged: Document) -> None:
    def lookup(**wanted: object) -> JsonObject:
        return {"developerMetadataLookup": wanted}

    assert found(tagged, lookup(metadataKey="k")) == ["B", "all", "row 2", "sheet"]
    assert found(tagged, lookup(metadataKey="k", locationType="ROW")) == ["row 2"]
    assert found(tagged, lookup(metadataId=12)) == ["row 3"]
    assert found(tagged, lookup(metadataId=99)) == []
    assert found(tagged, lookup(metadataValue="sheet"), lookup(metadataId=13)) == ["sheet"]
    assert found(tagged, lookup(metadataLocation=row(1))) == ["row 2"]
    assert found(tagged, {"a1Range": "A2:A2"}) == ["row 2"]


def test_metadata_shows_where_it_is_attached(tagged: Document) -> None:
    body = tagged.get(
        ["A1:B3"],
        "developerMetadata.metadataValue,sheets(developerMetadata.metadataValue,"
        "data(rowMetadata.developerMetadata.metadataValue,columnMetadata.developerMetadata))",
    )
    assert body["developerMetadata"] == [{"metadataValue": "all"}]
    sheet = body["sheets"][0]
    assert sheet["developerMetadata"] == [{"metadataValue": "sheet"}]
    assert sheet["data"][0]["rowMetadata"][1] == {"developerMetadata": [{"metadataValue": "row 2"}]}
    assert sheet["data"][0]["columnMetadata"][1]["developerMetadata"][0]["metadataId"] == 15


def test_updates_and_deletes_go_by_filter(tagged: Document) -> None:
    chosen = {"developerMetadataLookup": {"metadataId": 11}}
    update = {
        "dataFilters": [chosen],
        "developerMetadata": {"metadataValue": "new", "metadataKey": "ignored"},
        "fields": "metadataValue",
    }
    reply = tagged.batch_update([{"updateDeveloperMetadata": update}])[0]
    changed = reply["updateDeveloperMetadata"]["developerMetadata"][0]
    assert (changed["metadataKey"], changed["metadataValue"]) == ("k", "new")
    reply = tagged.batch_update([{"deleteDeveloperMetadata": {"dataFilter": chosen}}])[0]
    assert reply["deleteDeveloperMetadata"]["deletedDeveloperMetadata"] == [changed]
    assert found(tagged, chosen) == []


def test_values_go_in_and_out_by_the_row_that_a_tag_marks(tagged: Document) -> None:
    chosen = {"developerMetadataLookup": {"metadataId": 12}}
    tagged.batch_update([{"insertDimension": {"range": lines("ROWS", 0, 1)}}])
    answer = tagged.read("spreadsheets.values.batchGetByDataFilter", {"dataFilters": [chosen]})
    assert answer["valueRanges"][0]["valueRange"]["range"] == "Sheet1!A4:Z4"
    assert answer["valueRanges"][0]["valueRange"]["values"] == [["c", "3"]]
    tagged.apply(
        "spreadsheets.values.batchUpdateByDataFilter",
        {"valueInputOption": "RAW", "data": [{"dataFilter": chosen, "values": [["key"]]}]},
    )
    assert tagged.values_get("A4:B4") == [["key", "3"]]


@pytest.mark.parametrize(
    "entry",
    [
        {"metadataKey": "k", "location": {"spreadsheet": True}},
        {"visibility": "DOCUMENT", "location": {"spreadsheet": True}},
        {"metadataKey": "k", "visibility": "DOCUMENT"},
        {
            "metadataKey": "k",
            "visibility": "DOCUMENT",
            "location": {"dimensionRange": lines("ROWS", 0, 2)},
        },
        {
            "metadataKey": "k",
            "visibility": "DOCUMENT",
            "location": {"spreadsheet": True},
            "metadataId": 11,
        },
    ],
)
def test_incomplete_metadata_is_refused(tagged: Document, entry: JsonObject) -> None:
    with pytest.raises(ApiError, match=r"Invalid requests\[0\].createDeveloperMetadata: "):
        tagged.batch_update([{"createDeveloperMetadata": {"developerMetadata": entry}}])
