"""Developer metadata: notes for programs, attached to a row, a column, a tab or the spreadsheet.

Source: https://developers.google.com/workspace/sheets/api/guides/metadata
"""

from dataclasses import dataclass

from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.area import ROWS

SPREADSHEET, SHEET, ROW, COLUMN = "SPREADSHEET", "SHEET", "ROW", "COLUMN"


@dataclass(frozen=True, slots=True)
class MetadataLocation:
    """Where metadata is attached; `start`/`end` only for a row or column."""

    kind: str
    sheet_id: int | None = None
    start: int = 0
    end: int = 0

    @property
    def dimension(self) -> str | None:
        """ROWS or COLUMNS if it is attached to one."""
        if self.kind in (ROW, COLUMN):
            return ROWS if self.kind == ROW else "COLUMNS"
        return None

    def to_json(self) -> JsonObject:
        """The API's DeveloperMetadataLocation."""
        if self.kind == SPREADSHEET:
            return {"locationType": SPREADSHEET, "spreadsheet": True}
        if self.kind == SHEET:
            return {"locationType": SHEET, "sheetId": self.sheet_id}
        dimension_range: JsonObject = {"sheetId": self.sheet_id} if self.sheet_id else {}
        dimension_range |= {
            "dimension": self.dimension,
            "startIndex": self.start,
            "endIndex": self.end,
        }
        return {"locationType": self.kind, "dimensionRange": dimension_range}


@dataclass(frozen=True, slots=True)
class DeveloperMetadata:
    """One entry."""

    metadata_id: int
    key: str
    value: str | None
    visibility: str
    location: MetadataLocation

    def to_json(self) -> JsonObject:
        """The API's DeveloperMetadata."""
        entry: JsonObject = {"metadataId": self.metadata_id, "metadataKey": self.key}
        if self.value is not None:
            entry["metadataValue"] = self.value
        entry["location"] = self.location.to_json()
        entry["visibility"] = self.visibility
        return entry
