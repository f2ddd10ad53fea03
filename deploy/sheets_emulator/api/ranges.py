"""GridRange, GridCoordinate and DimensionRange of requests, made into areas of a sheet."""

from dataclasses import dataclass

from deploy.sheets_emulator.api.errors import RequestError
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.area import COLUMNS, ROWS, Area
from deploy.sheets_emulator.model.sheet import Sheet
from deploy.sheets_emulator.model.spreadsheet import Spreadsheet


def sheet_of(spreadsheet: Spreadsheet, sheet_id: int | None) -> Sheet:
    """The tab with the id (0 if left out); RequestError if there is none."""
    sheet = spreadsheet.sheet(sheet_id or 0)
    if sheet is None:
        raise RequestError(f"No grid with id: {sheet_id or 0}")
    return sheet


def area_of(spreadsheet: Spreadsheet, grid_range: JsonObject | None) -> tuple[Sheet, Area]:
    """A GridRange as an area: open sides reach to the grid's edge, ends beyond it are cut."""
    if grid_range is None:
        raise RequestError("range is required.")
    sheet = sheet_of(spreadsheet, grid_range.get("sheetId"))
    start_row, end_row = _side(grid_range, "Row", sheet.row_count)
    start_column, end_column = _side(grid_range, "Column", sheet.column_count)
    return sheet, Area(sheet.sheet_id, start_row, end_row, start_column, end_column)


def _side(grid_range: JsonObject, name: str, size: int) -> tuple[int, int]:
    start = grid_range.get(f"start{name}Index", 0)
    end = grid_range.get(f"end{name}Index", size)
    if start < 0 or end < 0:
        raise RequestError(f"GridRange.start{name}Index must not be negative.")
    if start >= size:
        raise RequestError(
            f"range.start{name}Index[{start}] is after last {name.lower()} in grid[{size}]"
        )
    if end <= start:
        raise RequestError(
            f"range.end{name}Index[{end}] must be after range.start{name}Index[{start}]"
        )
    return start, min(end, size)


def coordinate_of(spreadsheet: Spreadsheet, coordinate: JsonObject) -> tuple[Sheet, int, int]:
    """A GridCoordinate as (sheet, row, column)."""
    sheet = sheet_of(spreadsheet, coordinate.get("sheetId"))
    row, column = coordinate.get("rowIndex", 0), coordinate.get("columnIndex", 0)
    for name, index, size in (
        ("row", row, sheet.row_count),
        ("column", column, sheet.column_count),
    ):
        if not 0 <= index < size:
            raise RequestError(
                f"GridCoordinate.{name}Index[{index}] is after last {name} in grid[{size}]"
            )
    return sheet, row, column


@dataclass(frozen=True, slots=True)
class Lines:
    """Rows or columns start…end-1 of a sheet."""

    sheet: Sheet
    dimension: str
    start: int
    end: int

    @property
    def noun(self) -> str:
        """`row` or `column`."""
        return "row" if self.dimension == ROWS else "column"


def dimension_of(holder: JsonObject) -> str:
    """ROWS or COLUMNS of a message's `dimension`."""
    dimension = holder.get("dimension")
    if dimension not in (ROWS, COLUMNS):
        raise RequestError("dimension must be specified.")
    return ROWS if dimension == ROWS else COLUMNS


def lines_of(spreadsheet: Spreadsheet, dimension_range: JsonObject | None) -> Lines:
    """A DimensionRange; open ends reach to the grid's edge, an end beyond is left to the caller."""
    if dimension_range is None:
        raise RequestError("range is required.")
    sheet = sheet_of(spreadsheet, dimension_range.get("sheetId"))
    dimension = dimension_of(dimension_range)
    start = dimension_range.get("startIndex", 0)
    end = dimension_range.get("endIndex", sheet.size(dimension))
    if start < 0:
        raise RequestError(f"range.startIndex[{start}] must not be negative.")
    if end <= start:
        raise RequestError(f"range.endIndex[{end}] must be after range.startIndex[{start}]")
    return Lines(sheet, dimension, start, end)
