"""Requests that write CellData: updateCells, repeatCell, appendCells."""

from deploy.sheets_emulator.api.batch_update.context import Context
from deploy.sheets_emulator.api.cell_data import CellWriter
from deploy.sheets_emulator.api.errors import RequestError
from deploy.sheets_emulator.api.ranges import area_of, coordinate_of, sheet_of
from deploy.sheets_emulator.formulas.shifting import copied
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.area import COLUMNS, ROWS, Area
from deploy.sheets_emulator.model.sheet import Sheet
from deploy.sheets_emulator.model.spreadsheet import MOST_CELLS


def _finish(context: Context, writer: CellWriter, area: Area) -> JsonObject:
    if writer.wrote_formulas or area.height:
        context.spreadsheet.formulas_are_stale = True
    context.cells_written += writer.cells
    context.changed(area)
    return {}


def update_cells(context: Context, request: JsonObject) -> JsonObject:
    """Write rows of cells at `start`, or into `range`, whose other cells are cleared."""
    writer = CellWriter(request.get("fields"))
    rows: list[JsonObject] = request.get("rows", [])
    if "range" in request:
        sheet, area = area_of(context.spreadsheet, request["range"])
        _check_fits(area, rows)
        for at in range(area.height):
            cells = rows[at].get("values", []) if at < len(rows) else []
            writer.write_row(sheet, area.start_row + at, area.start_column, cells, area.width)
        return _finish(context, writer, area)
    if "start" not in request:
        raise RequestError("Must specify either range or start.")
    sheet, row, column = coordinate_of(context.spreadsheet, request["start"])
    width = max((len(cells.get("values", ())) for cells in rows), default=0)
    area = Area(sheet.sheet_id, row, row + len(rows), column, column + width)
    _check_inside(sheet, area)
    for at, data in enumerate(rows):
        writer.write_row(sheet, row + at, column, data.get("values", []), 0)
    return _finish(context, writer, area)


def _check_fits(area: Area, rows: list[JsonObject]) -> None:
    if len(rows) > area.height:
        raise RequestError(
            f"Attempting to write row: {area.end_row}, "
            f"beyond the last requested row of: {area.end_row - 1}"
        )
    if any(len(data.get("values", ())) > area.width for data in rows):
        raise RequestError(
            f"Attempting to write column: {area.end_column}, "
            f"beyond the last requested column of: {area.end_column - 1}"
        )


def _check_inside(sheet: Sheet, area: Area) -> None:
    if area.end_row > sheet.row_count:
        raise RequestError(
            f"Attempting to write row: {sheet.row_count}, "
            f"beyond the last requested row of: {sheet.row_count - 1}"
        )
    if area.end_column > sheet.column_count:
        raise RequestError(
            f"Attempting to write column: {sheet.column_count}, "
            f"beyond the last requested column of: {sheet.column_count - 1}"
        )


def repeat_cell(context: Context, request: JsonObject) -> JsonObject:
    """Write one cell's fields to a whole range; a formula's references move along."""
    writer = CellWriter(request.get("fields"))
    sheet, area = area_of(context.spreadsheet, request.get("range"))
    cell: JsonObject = request.get("cell", {})
    formula: str | None = cell.get("userEnteredValue", {}).get("formulaValue")
    for at in range(area.height):
        cells = [cell] * area.width
        if formula is not None:
            cells = [
                {**cell, "userEnteredValue": {"formulaValue": copied(formula, at, offset)}}
                for offset in range(area.width)
            ]
        writer.write_row(sheet, area.start_row + at, area.start_column, cells, 0)
    return _finish(context, writer, area)


def append_cells(context: Context, request: JsonObject) -> JsonObject:
    """Write rows below the last row of the tab that holds data; the grid grows as needed."""
    writer = CellWriter(request.get("fields"))
    sheet = sheet_of(context.spreadsheet, request.get("sheetId"))
    rows: list[JsonObject] = request.get("rows", [])
    context.settle_formulas()
    start = sheet.grid.used_rows()
    width = max((len(data.get("values", ())) for data in rows), default=0)
    area = Area(sheet.sheet_id, start, start + len(rows), 0, width)
    grow(context, sheet, area.end_row, area.end_column)
    for at, data in enumerate(rows):
        writer.write_row(sheet, start + at, 0, data.get("values", []), 0)
    return _finish(context, writer, area)


def grow(context: Context, sheet: Sheet, rows: int, columns: int) -> None:
    """Make the grid at least this large; RequestError above ten million cells."""
    rows, columns = max(rows, sheet.row_count), max(columns, sheet.column_count)
    added = rows * columns - sheet.row_count * sheet.column_count
    if added and context.spreadsheet.cell_count() + added > MOST_CELLS:
        raise RequestError(
            "This action would increase the number of cells in the workbook above the limit of "
            f"{MOST_CELLS} cells."
        )
    sheet.set_size(ROWS, rows)
    sheet.set_size(COLUMNS, columns)
