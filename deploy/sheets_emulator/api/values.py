"""`spreadsheets.values`: plain values in and out.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets.values
Functions here work on the state; locking, journal and notices are the `Document`'s.
"""

import sys
from dataclasses import dataclass

from deploy.sheets_emulator import a1
from deploy.sheets_emulator.api.cell_data import intern_format, number_format
from deploy.sheets_emulator.api.errors import ApiError, bad_field, invalid
from deploy.sheets_emulator.api.render import (
    FORMATTED,
    FORMULA,
    SERIAL,
    TEXT_DATES,
    UNFORMATTED,
    checked_option,
    render,
)
from deploy.sheets_emulator.formulas.tokens import normalize
from deploy.sheets_emulator.json_types import JsonObject, JsonValue
from deploy.sheets_emulator.model.area import COLUMNS, ROWS, Area
from deploy.sheets_emulator.model.cell_value import MOST_CHARACTERS, TOO_LONG, CellValue, number
from deploy.sheets_emulator.model.sheet import Sheet
from deploy.sheets_emulator.model.spreadsheet import RangeError, Spreadsheet, exceeds
from deploy.sheets_emulator.parse_input import parse_input

RAW, USER_ENTERED = "RAW", "USER_ENTERED"
_SHORT = 24
_EXACT = 2**53
_SCALARS = frozenset((int, float, str, bool, type(None)))


@dataclass(slots=True)
class Written:
    """What a write of values did."""

    sheet: Sheet
    area: Area
    rows: int
    columns: int
    cells: int

    def to_json(self, spreadsheet_id: str) -> JsonObject:
        """The API's UpdateValuesResponse; counts of 0 are left out."""
        answer: JsonObject = {
            "spreadsheetId": spreadsheet_id,
            "updatedRange": self.sheet.a1(self.area),
        }
        if self.cells:
            answer["updatedRows"] = self.rows
            answer["updatedColumns"] = self.columns
            answer["updatedCells"] = self.cells
        return answer


def resolve(spreadsheet: Spreadsheet, text: str) -> tuple[Sheet, Area]:
    """The area of a range text; ApiError 400 if there is none."""
    try:
        return spreadsheet.resolve(text)
    except RangeError as error:
        raise invalid(str(error)) from None


def get(
    spreadsheet: Spreadsheet,
    text: str,
    value_render: str | None = None,
    date_render: str | None = None,
    major: str | None = None,
) -> JsonObject:
    """A ValueRange; `values` is left out when nothing is there."""
    sheet, area = resolve(spreadsheet, text)
    return value_range(sheet, area, value_render, date_render, major)


def value_range(
    sheet: Sheet,
    area: Area,
    value_render: str | None = None,
    date_render: str | None = None,
    major: str | None = None,
) -> JsonObject:
    """The ValueRange of an area."""
    how = checked_option(
        "value_render_option", value_render, (FORMATTED, UNFORMATTED, FORMULA), FORMATTED
    )
    dates = checked_option("date_time_render_option", date_render, (SERIAL, TEXT_DATES), SERIAL)
    direction = checked_option("major_dimension", major, (ROWS, COLUMNS), ROWS)
    answer: JsonObject = {"range": sheet.a1(area), "majorDimension": direction}
    values = render(sheet.grid, area, how, dates, direction)
    if values:
        answer["values"] = values
    return answer


def input_option(option: str | None) -> str:
    """RAW or USER_ENTERED; ApiError 400 for anything else."""
    if option in (None, "", "INPUT_VALUE_OPTION_UNSPECIFIED"):
        raise invalid("'valueInputOption' is required but not specified")
    return checked_option("value_input_option", option, (RAW, USER_ENTERED), RAW)


def checked_values(body: JsonObject, path: str) -> list[list[JsonValue]]:
    """`values` of a ValueRange as rows; ApiError 400 if it is not a list of lists of scalars."""
    values = body.get("values")
    if values is None:
        return []
    kind = "type.googleapis.com/google.protobuf.ListValue"
    if not isinstance(values, list):
        shown = f'"{values}"' if isinstance(values, str) else str(values)
        raise bad_field(path, f"Invalid value at '{path}' ({kind}), {shown}")
    for at, row in enumerate(values):
        if not isinstance(row, list):
            shown = f'"{row}"' if isinstance(row, str) else str(row)
            raise bad_field(f"{path}[{at}]", f"Invalid value at '{path}[{at}]' ({kind}), {shown}")
        if _SCALARS.issuperset(map(type, row)):
            continue
        for value in row:
            if isinstance(value, dict | list):
                what = "list_value" if isinstance(value, list) else "struct_value"
                raise invalid(f"Invalid {path}[{at}][{row.index(value)}]: {what} {{ }}")
    if body.get("majorDimension") == COLUMNS:
        height = max(map(len, values), default=0)
        return [
            [column[row] if row < len(column) else None for column in values]
            for row in range(height)
        ]
    return values


def update(
    spreadsheet: Spreadsheet, text: str, rows: list[list[JsonValue]], option: str
) -> Written:
    """Write values at a range; a single cell anchors, a larger range must hold them all."""
    try:
        sheet, span = spreadsheet.locate(text)
    except RangeError as error:
        raise invalid(str(error)) from None
    start_row, start_column = span.start_row or 0, span.start_column or 0
    height, width = len(rows), max(map(len, rows), default=0)
    if start_row >= sheet.row_count or start_column >= sheet.column_count:
        raise invalid(str(exceeds(sheet, span)))
    if not span.is_single_cell:
        _check_within(text, span, height, width)
    bottom, right = start_row + max(height, 1), start_column + max(width, 1)
    if bottom > sheet.row_count or right > sheet.column_count:
        outside = a1.CellSpan(start_row, bottom, start_column, right)
        raise invalid(str(exceeds(sheet, outside)))
    area = Area(sheet.sheet_id, start_row, bottom, start_column, right)
    return write(spreadsheet, sheet, area, rows, option)


def _check_within(text: str, span: a1.CellSpan, height: int, width: int) -> None:
    start_row, start_column = span.start_row or 0, span.start_column or 0
    if span.end_row is not None and start_row + height > span.end_row:
        raise invalid(
            f"Requested writing within range [{text}], "
            f"but tried writing to row [{span.end_row + 1}]"
        )
    if span.end_column is not None and start_column + width > span.end_column:
        raise invalid(
            f"Requested writing within range [{text}], "
            f"but tried writing to column [{a1.column_name(span.end_column)}]"
        )


def write(
    spreadsheet: Spreadsheet, sheet: Sheet, area: Area, rows: list[list[JsonValue]], option: str
) -> Written:
    """Write rows at the area's top left; null cells stay as they are, "" clears."""
    cells = 0
    rows_touched = 0
    columns_touched = 0
    texts = _Texts()
    for at, row in enumerate(rows):
        touched = len(row) - row.count(None)
        if not touched:
            continue
        cells += touched
        rows_touched += 1
        columns_touched = max(columns_touched, len(row))
        if option == RAW:
            _write_raw(sheet, area.start_row + at, area.start_column, row, texts)
        else:
            for offset, value in enumerate(row):
                if value is not None:
                    place = (area.start_row + at, area.start_column + offset)
                    _enter(sheet, place, value, spreadsheet.locale)
    spreadsheet.formulas_are_stale = True
    return Written(sheet, area, rows_touched, columns_touched, cells)


def _raw(value: JsonValue) -> CellValue:
    kind = type(value)
    if kind is str:
        if len(value) < _SHORT:
            return sys.intern(value) or None
        if len(value) > MOST_CHARACTERS:
            raise invalid(TOO_LONG)
        return str(value)
    if kind is bool:
        return bool(value)
    return number(value)


class _Texts(dict[str, CellValue]):
    """What each text of a call is kept as: most stand in many cells."""

    def __missing__(self, text: str) -> CellValue:
        kept = self[text] = _raw(text)
        return kept


def _write_raw(sheet: Sheet, row: int, column: int, values: list[JsonValue], texts: _Texts) -> None:
    grid = sheet.grid
    if None not in values:
        kept = [
            value
            if (kind := type(value)) is int and -_EXACT <= value <= _EXACT
            else texts[value]
            if kind is str
            else _raw(value)
            for value in values
        ]
        grid.values.put_row(row, column, kept)
        if grid.formulas.rows:
            grid.formulas.clear(row, row + 1, column, column + len(values))
        return
    for at, value in enumerate(values, column):
        if value is not None:
            grid.set_content(row, at, _raw(value), None)


def _enter(sheet: Sheet, place: tuple[int, int], value: JsonValue, locale: str) -> None:
    """Put a value as if typed."""
    grid, (row, column) = sheet.grid, place
    if not isinstance(value, str):
        grid.set_content(row, column, _raw(value), None)
        return
    if len(value) > MOST_CHARACTERS:
        raise invalid(TOO_LONG)
    shown_as = number_format(grid, row, column)
    as_text = shown_as is not None and shown_as.get("type") == "TEXT"
    entry = parse_input(value, as_text=as_text, locale=locale)
    formula = None if entry.formula is None else normalize(entry.formula)
    grid.set_content(row, column, entry.value, formula)
    own = grid.formats.get(row, column) or {}
    if entry.format_type is not None and "numberFormat" not in own:
        shown = {"type": entry.format_type, "pattern": entry.pattern}
        grid.formats.set(row, column, intern_format({**own, "numberFormat": shown}))


def clear(spreadsheet: Spreadsheet, text: str) -> tuple[Sheet, Area]:
    """Empty a range's values; formats and notes stay."""
    sheet, area = resolve(spreadsheet, text)
    sheet.grid.clear_content(area)
    spreadsheet.formulas_are_stale = True
    return sheet, area


def with_data(
    written: Written, spreadsheet_id: str, how: str | None, dates: str | None
) -> JsonObject:
    """The UpdateValuesResponse with what the cells hold now."""
    answer = written.to_json(spreadsheet_id)
    answer["updatedData"] = value_range(written.sheet, written.area, how, dates)
    return answer


def too_many_cells() -> ApiError:
    """The refusal to grow above ten million cells."""
    return invalid(
        "This action would increase the number of cells in the workbook above the limit of "
        "10000000 cells."
    )
