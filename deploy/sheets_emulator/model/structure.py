"""Putting in, taking out and moving rows and columns, with all that is attached to them."""

from deploy.sheets_emulator.model.area import Deletion, Insertion, Move
from deploy.sheets_emulator.model.sheet import Sheet
from deploy.sheets_emulator.model.spreadsheet import Spreadsheet


def insert_lines(
    spreadsheet: Spreadsheet, sheet: Sheet, dimension: str, at: int, count: int
) -> None:
    """Put in empty rows or columns before index `at`."""
    sheet.grid.insert(dimension, at, count)
    sheet.set_size(dimension, sheet.size(dimension) + count)
    shift = Insertion(at, count)
    sheet.shift_attachments(dimension, shift)
    spreadsheet.shift_references(sheet, dimension, shift)


def delete_lines(
    spreadsheet: Spreadsheet, sheet: Sheet, dimension: str, start: int, end: int
) -> None:
    """Take rows or columns start…end-1 out."""
    sheet.grid.delete(dimension, start, end)
    sheet.set_size(dimension, sheet.size(dimension) - (end - start))
    shift = Deletion(start, end)
    sheet.shift_attachments(dimension, shift)
    spreadsheet.shift_references(sheet, dimension, shift)


def move_lines(
    spreadsheet: Spreadsheet, sheet: Sheet, dimension: str, start: int, end: int, destination: int
) -> None:
    """Move rows or columns before `destination`, counted before the removal."""
    sheet.grid.move(dimension, start, end, destination)
    shift = Move(start, end, destination)
    sheet.shift_attachments(dimension, shift)
    spreadsheet.shift_references(sheet, dimension, shift)
