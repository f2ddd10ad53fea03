"""Rows and columns that come, go and move, and what is attached to them."""

import pytest

from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.area import Deletion, Insertion, Move
from tests.contract.sheets_emulator.requests import (
    cells,
    delete_rows,
    grid_range,
    insert_rows,
    lines,
)


def tagged(document: Document, key: str) -> list[int]:
    """The rows (from 0) that bear metadata with this key."""
    filters = [{"developerMetadataLookup": {"metadataKey": key}}]
    found = document.read("spreadsheets.developerMetadata.search", {"dataFilters": filters})
    return [
        entry["developerMetadata"]["location"]["dimensionRange"]["startIndex"]
        for entry in found.get("matchedDeveloperMetadata", [])
    ]


def tag(row: int, key: str) -> JsonObject:
    return {
        "createDeveloperMetadata": {
            "developerMetadata": {
                "metadataKey": key,
                "visibility": "DOCUMENT",
                "location": {"dimensionRange": lines("ROWS", row, row + 1)},
            }
        }
    }


def test_metadata_follows_its_row_and_dies_with_it(document: Document) -> None:
    document.batch_update([tag(4, "a"), tag(6, "b"), insert_rows(2, 3), delete_rows(0)])
    assert (tagged(document, "a"), tagged(document, "b")) == ([6], [8])
    document.batch_update([delete_rows(5, 2)])
    assert (tagged(document, "a"), tagged(document, "b")) == ([], [6])


def test_metadata_does_not_follow_cut_cells_nor_a_sort(document: Document) -> None:
    document.batch_update([cells(0, 0, [[3], [2], [1]]), tag(0, "a")])
    spec = [{"dimensionIndex": 0, "sortOrder": "ASCENDING"}]
    document.batch_update([{"sortRange": {"range": grid_range(0, 3, 0, 1), "sortSpecs": spec}}])
    assert tagged(document, "a") == [0]
    document.batch_update(
        [{"cutPaste": {"source": grid_range(0, 1, 0, 1), "destination": {"rowIndex": 9}}}]
    )
    assert tagged(document, "a") == [0]


def test_a_moved_row_takes_its_metadata_along(document: Document) -> None:
    document.batch_update([cells(0, 0, [["a"], ["b"], ["c"], ["d"]]), tag(0, "t")])
    move = {"moveDimension": {"source": lines("ROWS", 0, 2), "destinationIndex": 3}}
    document.batch_update([move])
    assert document.values_get("A1:A4") == [["c"], ["a"], ["b"], ["d"]]
    assert tagged(document, "t") == [1]


def test_references_follow_inserted_and_deleted_rows(document: Document) -> None:
    document.batch_update(
        [cells(0, 0, [[1], [2], [3]]), cells(0, 2, [["=SUM(A1:A3)", "=A2", "=A$3", "=SUM(A:A)"]])]
    )
    document.batch_update([insert_rows(1)])
    assert document.values_get("C1:F1", "FORMULA") == [["=SUM(A1:A4)", "=A3", "=A$4", "=SUM(A:A)"]]
    document.batch_update([delete_rows(2)])
    assert document.values_get("C1:F1", "FORMULA") == [
        ["=SUM(A1:A3)", "=#REF!", "=A$3", "=SUM(A:A)"]
    ]
    assert document.values_get("C1:F1", "UNFORMATTED_VALUE") == [[4, "#REF!", 3, 4]]


def test_references_from_other_tabs_follow_too(document: Document) -> None:
    document.batch_update(
        [
            {"addSheet": {"properties": {"sheetId": 5, "title": "Other tab"}}},
            cells(0, 0, [[7], [8]]),
            cells(0, 0, [["=Sheet1!A2", "=A2"]], 5),
            insert_rows(0),
            {"updateSheetProperties": {"properties": {"title": "New"}, "fields": "title"}},
        ]
    )
    assert document.values_get("'Other tab'!A1:B1", "FORMULA") == [["=New!A3", "=A2"]]
    document.batch_update(
        [
            {"addSheet": {"properties": {"sheetId": 6, "title": "Third"}}},
            {"deleteSheet": {"sheetId": 0}},
        ]
    )
    assert document.values_get("'Other tab'!A1", "UNFORMATTED_VALUE") == [["#REF!"]]


def test_columns_come_go_and_move(document: Document) -> None:
    document.batch_update([cells(0, 0, [["a", "b", "c", "=C1"]])])
    document.batch_update(
        [
            {"insertDimension": {"range": lines("COLUMNS", 1, 2)}},
            {"deleteDimension": {"range": lines("COLUMNS", 0, 1)}},
            {"moveDimension": {"source": lines("COLUMNS", 1, 2), "destinationIndex": 4}},
        ]
    )
    assert document.values_get("A1:D1", "FORMULA") == [["", "c", "=B1", "b"]]


def test_named_ranges_merges_groups_and_notes_follow(document: Document) -> None:
    note = {"start": {"rowIndex": 4}, "rows": [{"values": [{"note": "n"}]}], "fields": "note"}
    document.batch_update(
        [
            {"addNamedRange": {"namedRange": {"name": "four", "range": grid_range(3, 5, 0, 1)}}},
            {"mergeCells": {"range": grid_range(3, 5, 1, 2), "mergeType": "MERGE_ALL"}},
            {"addDimensionGroup": {"range": lines("ROWS", 3, 5)}},
            {"updateCells": note},
            insert_rows(4),
            delete_rows(0, 2),
        ]
    )
    body = document.get(["A1:B9"], "namedRanges.range,sheets(merges,rowGroups.range,data.rowData)")
    for span in (body["namedRanges"][0]["range"], body["sheets"][0]["merges"][0]):
        assert (span["startRowIndex"], span["endRowIndex"]) == (1, 4)
    group = body["sheets"][0]["rowGroups"][0]["range"]
    assert (group["startIndex"], group["endIndex"]) == (1, 4)
    assert body["sheets"][0]["data"][0]["rowData"][3]["values"][0]["note"] == "n"


def test_new_rows_take_their_neighbours_format(document: Document) -> None:
    document.values_update("A2", [["5%"]])
    above = {"range": lines("ROWS", 2, 3), "inheritFromBefore": True}
    document.batch_update([{"insertDimension": above}, cells(2, 0, [[0.5]])])
    assert document.values_get("A3") == [["50%"]]


def test_the_last_row_cannot_go(document: Document) -> None:
    with pytest.raises(Exception, match="can't delete all the rows"):
        document.batch_update([delete_rows(0, 1000)])


@pytest.mark.parametrize(
    ("shift", "before", "after"),
    [
        (Insertion(3, 2), (3, 5), (5, 7)),
        (Insertion(4, 2), (3, 5), (3, 7)),
        (Insertion(5, 2), (3, 5), (3, 5)),
        (Deletion(0, 3), (3, 5), (0, 2)),
        (Deletion(2, 4), (3, 5), (2, 3)),
        (Deletion(4, 9), (3, 5), (3, 4)),
        (Deletion(3, 5), (3, 5), None),
        (Move(3, 5, 9), (3, 5), (7, 9)),
        (Move(3, 5, 0), (0, 2), (2, 4)),
        (Move(3, 5, 9), (5, 9), (3, 7)),
    ],
)
def test_spans_shift(
    shift: Insertion | Deletion | Move, before: tuple[int, int], after: tuple[int, int] | None
) -> None:
    assert shift.span(*before) == after
