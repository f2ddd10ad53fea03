"""The sheet as a person sees it and edits it: gestures on the emulator's spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.emulator import Emulator
from deploy.sheets_emulator.gestures import GESTURES, Done
from sink.core.cell import CellContent
from sink.core.change_event import Image
from sink.writers.sheets.call import hidden_title
from sink.writers.sheets.row_tags import ROW_TAG
from tests.simulation.setting import TAB

HEADERS = ("id", "a", "note", "b", "u")
"""``note`` is not mapped: it is the person's own."""


def new_document(rows: Mapping[int, Image], emulator: Emulator | None = None) -> Document:
    """A spreadsheet as the first sync leaves it; a new one of ``emulator``, if that is given."""
    grid = {"rowCount": max(40, len(rows) + 2), "columnCount": len(HEADERS)}
    hidden = {"rowCount": 10, "columnCount": len(HEADERS)}
    made_by = emulator or Emulator(allow_any_token=True)
    document = made_by.create(
        {
            "sheets": [
                {"properties": {"sheetId": 1, "title": TAB, "gridProperties": grid}},
                {
                    "properties": {
                        "sheetId": 2,
                        "title": hidden_title(TAB),
                        "hidden": True,
                        "gridProperties": hidden,
                    }
                },
            ]
        },
        spreadsheet_id="spreadsheet" if emulator is None else None,
    )
    shown = [
        [key if h == "id" else image.get(h) or "" for h in HEADERS] for key, image in rows.items()
    ]
    document.values_update(f"{TAB}!A1", [list(HEADERS), *shown], "RAW")
    return document


class PersonsSheet:
    """The mapped tab through a person's eyes and hands. Rows count from 1."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def gesture(self, name: str, **body: Any) -> Done:
        """One gesture of the hand, such as ``edit`` or ``sort``."""
        return GESTURES[name](self.document, {"tab": TAB, **body})

    def tag(self, row: int, new: str) -> str:
        """The tag of a row; ``new`` where it has none yet."""
        place = {"sheetId": 1, "dimension": "ROWS", "startIndex": row - 1, "endIndex": row}
        location = {"dimensionRange": place}
        lookup = {"metadataKey": ROW_TAG, "metadataLocation": location}
        filters = [{"developerMetadataLookup": lookup}]
        answer = self.document.read(
            "spreadsheets.developerMetadata.search", {"dataFilters": filters}
        )
        for matched in answer.get("matchedDeveloperMetadata", []):
            return str(matched["developerMetadata"]["metadataValue"])
        entry = {
            "metadataKey": ROW_TAG,
            "metadataValue": new,
            "visibility": "DOCUMENT",
            "location": location,
        }
        self.document.batch_update([{"createDeveloperMetadata": {"developerMetadata": entry}}])
        return new

    def tags(self) -> list[str]:
        """All tags of rows."""
        filters = [{"developerMetadataLookup": {"metadataKey": ROW_TAG}}]
        answer = self.document.read(
            "spreadsheets.developerMetadata.search", {"dataFilters": filters}
        )
        found = answer.get("matchedDeveloperMetadata", [])
        return [str(matched["developerMetadata"]["metadataValue"]) for matched in found]

    def headers(self) -> list[str]:
        return list(HEADERS)

    def grid(self) -> list[list[CellContent]]:
        """All rows below the header, each with a cell for every column."""
        rows = self.document.values_get(f"{TAB}!A2:E", "UNFORMATTED_VALUE")
        return [[*map(_content, row), *[None] * (len(HEADERS) - len(row))] for row in rows]

    def formula(self, row: int, title: str) -> str | None:
        """The formula in a cell."""
        place = f"{TAB}!{'ABCDE'[HEADERS.index(title)]}{row}"
        rows = self.document.values_get(place, "FORMULA")
        text = rows[0][0] if rows and rows[0] else None
        formula = isinstance(text, str) and text.startswith("=")
        return text if formula and text != self.content(row, title) else None

    def content(self, row: int, title: str) -> CellContent:
        """What a cell holds."""
        grid = self.grid()
        return grid[row - 2][HEADERS.index(title)] if 0 <= row - 2 < len(grid) else None

    def rows(self) -> dict[int, dict[str, CellContent]]:
        """The keyed rows and their cells; where a key stands twice, the upper row."""
        found: dict[int, dict[str, CellContent]] = {}
        for cells in self.grid():
            if isinstance(cells[0], int):
                found.setdefault(cells[0], dict(zip(HEADERS, cells, strict=True)))
        return found

    def row_of(self, key: int) -> int | None:
        """Where a key stands."""
        for number, cells in enumerate(self.grid(), start=2):
            if cells[0] == key:
                return number
        return None


def _content(value: Any) -> CellContent:
    return None if value == "" else value
