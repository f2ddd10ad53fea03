"""Requests that rearrange cells in a range: insertRange, deleteRange, sortRange, findReplace."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from deploy.sheets_emulator.api.batch_update.cells import grow
from deploy.sheets_emulator.api.batch_update.context import Context
from deploy.sheets_emulator.api.batch_update.pasting import move_cells, rewrite_formulas
from deploy.sheets_emulator.api.cell_data import formatted
from deploy.sheets_emulator.api.errors import RequestError
from deploy.sheets_emulator.api.ranges import area_of, sheet_of
from deploy.sheets_emulator.formulas import shifting
from deploy.sheets_emulator.formulas.tokens import Reference, normalize
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.area import COLUMNS, ROWS, Area
from deploy.sheets_emulator.model.cell_value import CellError, CellValue
from deploy.sheets_emulator.model.grid import Block
from deploy.sheets_emulator.model.sheet import Sheet
from deploy.sheets_emulator.parse_input import parse_input


def _shift_dimension(request: JsonObject) -> str:
    dimension = request.get("shiftDimension")
    if dimension not in (ROWS, COLUMNS):
        raise RequestError("shiftDimension must be specified.")
    return ROWS if dimension == ROWS else COLUMNS


def insert_range(context: Context, request: JsonObject) -> JsonObject:
    """Put in empty cells; those below (ROWS) or to the right (COLUMNS) move away."""
    context.settle_formulas()
    sheet, area = area_of(context.spreadsheet, request.get("range"))
    if _shift_dimension(request) == ROWS:
        used = max(sheet.grid.used_rows(), area.start_row)
        grow(context, sheet, used + area.height, 0)
        source = Area(area.sheet_id, area.start_row, used, area.start_column, area.end_column)
        by = (area.height, 0)
    else:
        used = max((len(row) for row in sheet.grid.values.rows), default=0)
        used = max(used, area.start_column)
        grow(context, sheet, 0, used + area.width)
        source = Area(area.sheet_id, area.start_row, area.end_row, area.start_column, used)
        by = (0, area.width)
    _displace(context, sheet, source, by)
    return {}


def delete_range(context: Context, request: JsonObject) -> JsonObject:
    """Take cells out; those below (ROWS) or to the right (COLUMNS) close the gap."""
    context.settle_formulas()
    sheet, area = area_of(context.spreadsheet, request.get("range"))

    def lose(reference: Reference) -> Reference | None:
        inside = (
            area.start_row <= (reference.row or 0)
            and (reference.last_row if reference.last_row is not None else 1 << 40) < area.end_row
            and area.start_column <= (reference.column or 0)
            and (reference.last_column if reference.last_column is not None else 1 << 40)
            < area.end_column
        )
        return None if inside else reference

    def change(formula_sheet: Sheet, text: str) -> str:
        return shifting.rewrite(
            text,
            lambda reference: (
                lose(reference)
                if shifting.points_at(reference, formula_sheet is sheet, sheet.title)
                else reference
            ),
        )

    rewrite_formulas(context, change)
    sheet.grid.clear(area)
    if _shift_dimension(request) == ROWS:
        source = Area(
            area.sheet_id, area.end_row, sheet.row_count, area.start_column, area.end_column
        )
        by = (-area.height, 0)
    else:
        source = Area(
            area.sheet_id, area.start_row, area.end_row, area.end_column, sheet.column_count
        )
        by = (0, -area.width)
    _displace(context, sheet, source, by)
    return {}


def _displace(context: Context, sheet: Sheet, source: Area, by: tuple[int, int]) -> None:
    if source.height > 0 and source.width > 0:
        target = Area(
            source.sheet_id,
            source.start_row + by[0],
            source.end_row + by[0],
            source.start_column + by[1],
            source.end_column + by[1],
        )
        move_cells(context, sheet, source, sheet, target)
    context.spreadsheet.formulas_are_stale = True
    context.changed(sheet.sheet_id)


def sort_range(context: Context, request: JsonObject) -> JsonObject:
    """Sort the rows of a range by columns; empty cells come last in either direction."""
    context.settle_formulas()
    sheet, area = area_of(context.spreadsheet, request.get("range"))
    specs: list[JsonObject] = request.get("sortSpecs", [])
    if not specs:
        raise RequestError("sortSpecs must not be empty.")
    block = sheet.grid.take(area)
    order = list(range(block.height))
    for spec in reversed(specs):
        column = spec.get("dimensionIndex", 0) - area.start_column
        if not 0 <= column < area.width:
            raise RequestError(
                f"dimensionIndex[{spec.get('dimensionIndex', 0)}] is outside of the range."
            )
        _sort(order, block, column, descending=spec.get("sortOrder") == "DESCENDING")
    rules = sheet.grid.validations.take(
        area.start_row, area.end_row, area.start_column, area.end_column
    )
    arranged = Block(
        block.height,
        block.width,
        [block.values[at] for at in order],
        [_shifted(block.formulas[at], new - at) for new, at in enumerate(order)],
        [block.formats[at] for at in order],
        [block.notes[at] for at in order],
        rules,  # rules belong to the place, not to what stands in it
        [block.others[at] for at in order],
    )
    sheet.grid.put(area.start_row, area.start_column, arranged)
    context.spreadsheet.formulas_are_stale = True
    context.changed(area)
    return {}


def _shifted(items: dict[int, str] | None, rows: int) -> dict[int, str] | None:
    return items and {at: shifting.copied(text, rows, 0) for at, text in items.items()}


def _sort(order: list[int], block: Block, column: int, *, descending: bool) -> None:
    filled = [at for at in order if block.values[at][column] is not None]
    empty = [at for at in order if block.values[at][column] is None]
    filled.sort(key=lambda at: sort_key(block.values[at][column]), reverse=descending)
    order[:] = filled + empty


def sort_key(value: CellValue) -> tuple[int, float, str]:
    """Numbers, then text without regard to case, then FALSE and TRUE, then errors."""
    if isinstance(value, CellError):
        return 3, 0, value.text
    if isinstance(value, bool):
        return 2, float(value), ""
    if isinstance(value, str):
        return 1, 0, value.casefold()
    return 0, float(value or 0), ""


@dataclass(slots=True)
class _Search:
    """What findReplace looks for and what it did."""

    pattern: re.Pattern[str]
    replacement: str
    whole_cell: bool
    include_formulas: bool
    values: int = 0
    formulas: int = 0
    occurrences: int = 0

    def replaced(self, text: str) -> str | None:
        """The text with all matches replaced; None if there is none."""
        if self.whole_cell:
            match = self.pattern.fullmatch(text)
            if match is None:
                return None
            self.occurrences += 1
            return match.expand(self.replacement)
        changed, count = self.pattern.subn(self.replacement, text)
        self.occurrences += count
        return changed if count else None


def find_replace(context: Context, request: JsonObject) -> JsonObject:
    """Replace text in values (and formulas, if asked) of a range, a tab or all tabs."""
    context.settle_formulas()
    search = _search_of(request)
    rows: set[tuple[int, int]] = set()
    sheets: set[int] = set()
    for sheet, area in _scope(context, request):
        for row in range(area.start_row, min(area.end_row, len(sheet.grid.values.rows))):
            width = min(area.end_column, len(sheet.grid.values.rows[row]))
            for column in range(area.start_column, width):
                if _replace_cell(sheet, row, column, search):
                    rows.add((sheet.sheet_id, row))
                    sheets.add(sheet.sheet_id)
        context.changed(area)
    context.cells_written += search.values + search.formulas
    context.spreadsheet.formulas_are_stale = True
    counts = {
        "valuesChanged": search.values,
        "formulasChanged": search.formulas,
        "rowsChanged": len(rows),
        "sheetsChanged": len(sheets),
        "occurrencesChanged": search.occurrences,
    }
    return {"findReplace": {name: count for name, count in counts.items() if count}}


def _search_of(request: JsonObject) -> _Search:
    find: str = request.get("find", "")
    if not find:
        raise RequestError("find must not be empty.")
    replacement: str = request.get("replacement", "")
    flags = re.RegexFlag(0) if request.get("matchCase") else re.IGNORECASE
    if request.get("searchByRegex"):
        replacement = re.sub(r"\$(\d)", r"\\\1", replacement.replace("\\", "\\\\"))
        try:
            pattern = re.compile(find, flags)
        except re.error as error:
            raise RequestError(f"Invalid regular expression: {error}") from None
    else:
        replacement = replacement.replace("\\", "\\\\")
        pattern = re.compile(re.escape(find), flags)
    return _Search(
        pattern,
        replacement,
        bool(request.get("matchEntireCell")),
        bool(request.get("includeFormulas")),
    )


def _scope(context: Context, request: JsonObject) -> Iterator[tuple[Sheet, Area]]:
    if request.get("allSheets"):
        for sheet in context.spreadsheet.sheets:
            yield sheet, sheet.area
    elif "range" in request:
        yield area_of(context.spreadsheet, request["range"])
    elif "sheetId" in request:
        sheet = sheet_of(context.spreadsheet, request["sheetId"])
        yield sheet, sheet.area
    else:
        raise RequestError("Must specify one of range, sheetId or allSheets.")


def _replace_cell(sheet: Sheet, row: int, column: int, search: _Search) -> bool:
    grid = sheet.grid
    formula = grid.formulas.get(row, column)
    if formula is not None:
        if not search.include_formulas:
            return False
        changed = search.replaced(formula)
        if changed is None:
            return False
        search.formulas += 1
        _enter(sheet, row, column, changed)
        return True
    value = grid.values.get(row, column)
    if value is None:
        return False
    changed = search.replaced(formatted(grid, row, column, value))
    if changed is None:
        return False
    search.values += 1
    _enter(sheet, row, column, changed)
    return True


def _enter(sheet: Sheet, row: int, column: int, text: str) -> None:
    entry = parse_input(text)
    formula = None if entry.formula is None else normalize(entry.formula)
    sheet.grid.set_content(row, column, entry.value, formula)
