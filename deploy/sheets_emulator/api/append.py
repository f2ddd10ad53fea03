"""`spreadsheets.values.append`: finding the table to write below.

Source: https://developers.google.com/workspace/sheets/api/guides/values#append_values
"""

from deploy.sheets_emulator.api.values import Written, resolve, too_many_cells, write
from deploy.sheets_emulator.json_types import JsonValue
from deploy.sheets_emulator.model.area import COLUMNS, ROWS, Area
from deploy.sheets_emulator.model.grid import Grid
from deploy.sheets_emulator.model.sheet import Sheet
from deploy.sheets_emulator.model.spreadsheet import MOST_CELLS, Spreadsheet
from deploy.sheets_emulator.model.structure import insert_lines

OVERWRITE, INSERT_ROWS = "OVERWRITE", "INSERT_ROWS"


def _row_has(grid: Grid, row: int, start_column: int, end_column: int) -> bool:
    if not 0 <= row < len(grid.values.rows):
        return False
    return any(
        value is not None for value in grid.values.rows[row][max(start_column, 0) : end_column]
    )


def _column_has(grid: Grid, column: int, start_row: int, end_row: int) -> bool:
    return any(
        grid.values.get(row, column) is not None for row in range(max(start_row, 0), end_row)
    )


def _grow(sheet: Sheet, row: int, column: int) -> Area:
    """The block of cells around a filled one that is framed by empty cells."""
    grid = sheet.grid
    top, bottom, left, right = row, row + 1, column, column + 1
    grown = True
    while grown:
        grown = False
        while top > 0 and _row_has(grid, top - 1, left - 1, right + 1):
            top, grown = top - 1, True
        while bottom < sheet.row_count and _row_has(grid, bottom, left - 1, right + 1):
            bottom, grown = bottom + 1, True
        while left > 0 and _column_has(grid, left - 1, top - 1, bottom + 1):
            left, grown = left - 1, True
        while right < sheet.column_count and _column_has(grid, right, top - 1, bottom + 1):
            right, grown = right + 1, True
    return Area(sheet.sheet_id, top, bottom, left, right)


def find_table(sheet: Sheet, area: Area) -> Area | None:
    """The last table in the area, or the one that the area lies in; None if there is none."""
    grid = sheet.grid
    for row in range(min(area.end_row, grid.used_rows()) - 1, area.start_row - 1, -1):
        cells = grid.values.rows[row]
        for column in range(min(area.end_column, len(cells)) - 1, area.start_column - 1, -1):
            if cells[column] is not None:
                return _grow(sheet, row, column)
    if area.height > 1 or area.width > 1:
        return None
    for row in (area.start_row - 1, area.start_row, area.start_row + 1):
        for column in range(area.start_column - 1, area.start_column + 2):
            if row >= 0 and column >= 0 and grid.values.get(row, column) is not None:
                table = _grow(sheet, row, column)
                if table.contains(area):
                    return table
    return None


def append(
    spreadsheet: Spreadsheet, text: str, rows: list[list[JsonValue]], option: str, insert: str
) -> tuple[Area | None, Written]:
    """Write rows below the table; the grid grows as needed. Returns (table, what was written)."""
    sheet, area = resolve(spreadsheet, text)
    table = find_table(sheet, area)
    start_row = area.start_row if table is None else table.end_row
    start_column = area.start_column if table is None else table.start_column
    height, width = len(rows), max(map(len, rows), default=0)
    if insert == INSERT_ROWS and table is not None and height and start_row < sheet.row_count:
        insert_lines(spreadsheet, sheet, ROWS, start_row, height)
    target = Area(
        sheet.sheet_id,
        start_row,
        start_row + max(height, 1),
        start_column,
        start_column + max(width, 1),
    )
    _make_room(spreadsheet, sheet, target)
    return table, write(spreadsheet, sheet, target, rows, option)


def _make_room(spreadsheet: Spreadsheet, sheet: Sheet, target: Area) -> None:
    rows = max(sheet.row_count, target.end_row)
    columns = max(sheet.column_count, target.end_column)
    added = rows * columns - sheet.row_count * sheet.column_count
    if added and spreadsheet.cell_count() + added > MOST_CELLS:
        raise too_many_cells()
    sheet.set_size(ROWS, rows)
    sheet.set_size(COLUMNS, columns)
