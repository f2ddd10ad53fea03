"""The copies that a call brought back: cells of rows, and where the columns stood at that instant.

A call copies the header row too, for people move columns as they move rows. Places count from 0, in
the tab; the copies that came back begin with the column ``first``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from sink.core.cell import CellContent, CellError
from sink.core.mapped_table import MappedTable
from sink.core.marks import Face
from sink.writers.sheets.faces import face_of

Places = Mapping[str, int]
"""Where columns stand."""


@dataclass(frozen=True, slots=True)
class CopiedCells:
    """The rows of the hidden tab as they came back."""

    rows: Sequence[Sequence[object]]
    first: int

    @classmethod
    def of(cls, response: Mapping[str, object], hidden_id: int, first: int) -> Self:
        """Those in the answer to a call; none where it brought none back."""
        updated = response.get("updatedSpreadsheet")
        sheets = updated.get("sheets", []) if isinstance(updated, dict) else []
        for sheet in sheets:
            if sheet.get("properties", {}).get("sheetId") == hidden_id and "data" in sheet:
                rows = sheet["data"][0].get("rowData", [])
                return cls([row.get("values", []) for row in rows], first)
        return cls([], first)

    def places(self, header: int | None, planned: Places, table: MappedTable) -> Places:
        """Where the columns stood by the copy of the header; as ``planned`` where there is none.

        A column whose header did not come back is left out.
        """
        if header is None or header >= len(self.rows):
            return planned
        found: dict[str, int] = {}
        for place in range(self.first, self.first + len(self.rows[header])):
            title = self.content(header, place)
            column = table.columns_by_header.get(title.strip()) if isinstance(title, str) else None
            if column is not None:
                found.setdefault(column, place)
        return found

    def shown(self, row: int, places: Places) -> dict[str, CellContent]:
        """What the cells of a row showed, by column."""
        return {column: self.content(row, place) for column, place in places.items()}

    def formulas(self, row: int, places: Places) -> frozenset[str]:
        """The columns whose cells held a formula."""
        return frozenset(name for name, place in places.items() if self.is_formula(row, place))

    def contents(self, row: int, places: Places) -> dict[str, CellContent]:
        """The cells of a row by column. One with a formula is left out: it is the sheet's own."""
        return {
            column: self.content(row, place)
            for column, place in places.items()
            if not self.is_formula(row, place)
        }

    def content(self, row: int, place: int) -> CellContent:
        """What a cell showed; None too where it did not come back."""
        return content_of(self._cell(row, place).get("effectiveValue", {}))

    def plain(self, row: int, place: int) -> CellContent:
        """The same, but None for a formula."""
        return None if self.is_formula(row, place) else self.content(row, place)

    def face(self, row: int, place: int) -> Face:
        """A cell's note and background."""
        return face_of(self._cell(row, place))

    def covers(self, place: int, end: int) -> bool:
        """Whether cells of that column came back, ``end`` being the first one that did not."""
        return self.first <= place < end

    def is_formula(self, row: int, place: int) -> bool:
        """Whether a cell held a formula."""
        return "formulaValue" in self._cell(row, place).get("userEnteredValue", {})

    def _cell(self, row: int, place: int) -> dict[str, dict[str, object]]:
        cells = self.rows[row] if row < len(self.rows) else []
        at = place - self.first
        cell = cells[at] if 0 <= at < len(cells) else {}
        return cell if isinstance(cell, dict) else {}


def content_of(extended_value: Mapping[str, object]) -> CellContent:
    """A cell's content from an ExtendedValue of the API."""
    for kind, value in extended_value.items():
        match kind, value:
            case (("numberValue" | "boolValue" | "stringValue"), bool() | int() | float() | str()):
                return value
            case "errorValue", {"type": str(name)}:
                return CellError(name)
    return None
