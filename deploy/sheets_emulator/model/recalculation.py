"""Working out the formulas of a spreadsheet."""

import datetime
from collections.abc import Callable

from deploy.sheets_emulator import a1
from deploy.sheets_emulator.formulas.evaluation import Matrix, Place, value_of
from deploy.sheets_emulator.formulas.functions import FUNCTIONS
from deploy.sheets_emulator.formulas.tokens import Reference
from deploy.sheets_emulator.model.cell_value import CellError, CellValue
from deploy.sheets_emulator.model.sheet import Sheet
from deploy.sheets_emulator.model.spreadsheet import Spreadsheet

_CIRCULAR = CellError("REF", "Circular dependency detected.")


def recalculate(spreadsheet: Spreadsheet, now: Callable[[], datetime.datetime]) -> set[int]:
    """Give every formula its value; returns the ids of the tabs where a value changed."""
    spreadsheet.formulas_are_stale = False
    if not any(sheet.grid.has_formulas() for sheet in spreadsheet.sheets):
        return set()
    run = _Run(spreadsheet, now)
    changed: set[int] = set()
    for sheet in spreadsheet.sheets:
        for row, column, _ in list(sheet.grid.formula_cells()):
            value = run.formula_value(sheet, row, column)
            before = sheet.grid.values.get(row, column)
            if before != value or type(before) is not type(value):
                sheet.grid.values.set(row, column, value)
                changed.add(sheet.sheet_id)
    return changed


class _Run:
    """One recalculation; each formula is worked out once, when first asked for."""

    def __init__(self, spreadsheet: Spreadsheet, now: Callable[[], datetime.datetime]) -> None:
        self._spreadsheet = spreadsheet
        self._now = now
        self._known: dict[tuple[int, int, int], CellValue] = {}
        self._running: set[tuple[int, int, int]] = set()

    def now(self) -> datetime.datetime:
        return self._now()

    def formula_value(self, sheet: Sheet, row: int, column: int) -> CellValue:
        """The value of the formula there, worked out now if it has not been."""
        place = (sheet.sheet_id, row, column)
        if place in self._known:
            return self._known[place]
        if place in self._running:
            return _CIRCULAR
        text = sheet.grid.formulas.get(row, column)
        if text is None:
            return sheet.grid.values.get(row, column)
        self._running.add(place)
        value = value_of(text, Place(self, FUNCTIONS, sheet.title, row, column))
        self._running.discard(place)
        self._known[place] = value
        return value

    def block(self, tab: str | None, reference: Reference) -> Matrix | CellError:
        """The values of a reference as the formula's tab sees it."""
        title = reference.tab if reference.tab is not None else tab
        sheet = self._spreadsheet.sheet_titled(title or "")
        if sheet is None:
            return CellError("REF", f"Unresolved sheet name '{title}'.")
        last_row = sheet.row_count - 1 if reference.last_row is None else reference.last_row
        last_column = (
            sheet.column_count - 1 if reference.last_column is None else reference.last_column
        )
        if (reference.row or 0) >= sheet.row_count or (reference.column or 0) >= sheet.column_count:
            return CellError("REF", "Reference does not exist.")
        span = a1.CellSpan(
            reference.row or 0,
            min(last_row, sheet.row_count - 1) + 1,
            reference.column or 0,
            min(last_column, sheet.column_count - 1) + 1,
        )
        return self._matrix(sheet, span)

    def named(self, name: str) -> Matrix | CellError:
        """The values of a named range."""
        named = self._spreadsheet.named_range(name)
        area = named.area if named is not None else None
        sheet = self._spreadsheet.sheet(area.sheet_id) if area is not None else None
        if area is None or sheet is None:
            return CellError("NAME", f"Unknown range name: '{name}'.")
        return self._matrix(
            sheet, a1.CellSpan(area.start_row, area.end_row, area.start_column, area.end_column)
        )

    def _matrix(self, sheet: Sheet, span: a1.CellSpan) -> Matrix:
        start_row, start_column = span.start_row or 0, span.start_column or 0
        end_row = min(span.end_row or 0, max(len(sheet.grid.values.rows), start_row + 1))
        end_column = span.end_column or 0
        matrix = sheet.grid.values.take(start_row, end_row, start_column, end_column)
        formulas = sheet.grid.formulas.take(start_row, end_row, start_column, end_column)
        for at, items in enumerate(formulas):
            for column in items or ():
                matrix[at][column] = self.formula_value(
                    sheet, start_row + at, start_column + column
                )
        return matrix
