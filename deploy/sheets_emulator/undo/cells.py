"""Cells as they were before a gesture changed them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import is_not
from typing import Any

from deploy.sheets_emulator.api.cell_data import OTHER_FIELDS, CellReader
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.area import Area
from deploy.sheets_emulator.model.grid import Grid
from deploy.sheets_emulator.model.spreadsheet import Spreadsheet
from deploy.sheets_emulator.undo.step import Later, around

_TABLES = ("values", "formulas", "formats", "notes", "validations", "others")
_FIELDS = ("userEnteredValue", "userEnteredFormat", "note", "dataValidation", *OTHER_FIELDS)

_AT_ONCE = 1_000

#: One row's entry in each table; a write puts new entries in place, so that these stay as they are.
Row = tuple[Any, ...]


@dataclass(slots=True)
class CellsStep:
    """What a gesture changed in cells: each changed row before and after it."""

    sheet_id: int
    rows: list[tuple[int, int, Row, Row]]  # sheet, row, before, after
    later: Later = field(default_factory=Later)

    def requests(self) -> list[JsonObject]:
        """What puts the cells back where they stand by now; no other field of a cell changes."""
        requests: list[JsonObject] = []
        last: tuple[object, ...] = ()
        for sheet_id, (row, column), cell, fields in self._cells():
            if (sheet_id, row, column, fields) == last:  # side by side with the one before
                requests[-1]["updateCells"]["rows"][0]["values"].append(cell)
            else:
                start = {"sheetId": sheet_id, "rowIndex": row, "columnIndex": column}
                update = {"start": start, "rows": [{"values": [cell]}], "fields": fields}
                requests.append({"updateCells": update})
            last = (sheet_id, row, column + 1, fields)
        return requests

    def area(self) -> Area | None:
        """Where it happens, on the first tab of it."""
        places = [at for sheet_id, at, _, _ in self._cells() if sheet_id == self.sheet_id]
        return around(places, self.sheet_id)

    def change_type(self) -> str:
        """Of the change event."""
        return "EDIT"

    def _cells(self) -> Iterator[tuple[int, tuple[int, int], JsonObject, str]]:
        for sheet_id, row, before, after in self.rows:
            old, new = _grid_of(before), _grid_of(after)
            for column in range(max(_width(before), _width(after))):
                was, now = _cell(old, column), _cell(new, column)
                fields = [name for name in _FIELDS if was.get(name) != now.get(name)]
                at = self.later.cell(sheet_id, row, column) if fields else None
                if at is not None:
                    kept = {name: was[name] for name in fields if name in was}
                    yield sheet_id, at, kept, ",".join(fields)


def changed_cells(before: Spreadsheet, after: Spreadsheet) -> CellsStep | None:
    """The rows whose entries are others than before; None where there is none."""
    rows: list[tuple[int, int, Row, Row]] = []
    for sheet in after.sheets:
        old = before.sheet(sheet.sheet_id)
        if old is not None:
            rows += (
                (sheet.sheet_id, row, row_of(old.grid, row), row_of(sheet.grid, row))
                for row in sorted(_changed_rows(old.grid, sheet.grid))
            )
    return CellsStep(rows[0][0], rows) if rows else None


def _changed_rows(before: Grid, after: Grid) -> set[int]:
    rows: set[int] = set()
    for name in _TABLES:
        old, new = getattr(before, name).rows, getattr(after, name).rows
        both = min(len(old), len(new))
        for start in range(0, both, _AT_ONCE):
            some, now = old[start : start + _AT_ONCE], new[start : start + _AT_ONCE]
            if any(map(is_not, some, now)):  # most rows of a large tab are the very same
                pairs = enumerate(zip(some, now, strict=False), start)
                rows.update(at for at, (a, b) in pairs if a is not b)
        rows.update(range(both, max(len(old), len(new))))
    return rows


def row_of(grid: Grid, row: int) -> Row:
    """A row's entries."""
    tables = [getattr(grid, name).rows for name in _TABLES]
    return tuple(rows[row] if row < len(rows) else None for rows in tables)


def row_cells(row: Row) -> list[JsonObject]:
    """A row as the CellData that writes it."""
    grid = _grid_of(row)
    return [_cell(grid, column) for column in range(_width(row))]


def _grid_of(row: Row) -> Grid:
    grid = Grid()
    for name, entry in zip(_TABLES, row, strict=True):
        if entry:
            getattr(grid, name).rows = [entry]
    return grid


def _cell(grid: Grid, column: int) -> JsonObject:
    return CellReader(grid, {name: {} for name in _FIELDS}).read(
        0, column, grid.values.get(0, column)
    )


def _width(row: Row) -> int:
    values, *others = row
    return max(len(values or ()), *(max(items) + 1 if items else 0 for items in others))
