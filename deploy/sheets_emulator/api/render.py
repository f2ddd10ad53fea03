"""Values as `spreadsheets.values` shows them: ragged rows, rendered as asked.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/ValueRenderOption
"""

from deploy.sheets_emulator.api.cell_data import formatted, number_format
from deploy.sheets_emulator.api.errors import bad_field
from deploy.sheets_emulator.date_format import is_date_pattern
from deploy.sheets_emulator.json_types import JsonValue
from deploy.sheets_emulator.model.area import Area
from deploy.sheets_emulator.model.cell_value import CellError, CellValue
from deploy.sheets_emulator.model.grid import Grid
from deploy.sheets_emulator.number_format import DATE_TYPES, format_value

FORMATTED, UNFORMATTED, FORMULA = "FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA"
SERIAL, TEXT_DATES = "SERIAL_NUMBER", "FORMATTED_STRING"
_WHOLE = 10**15  # larger whole numbers show in scientific notation


def checked_option(name: str, value: str | None, allowed: tuple[str, ...], default: str) -> str:
    """The option, or its default when absent; ApiError 400 when it is none of `allowed`."""
    if value is None or value == "":
        return default
    if value not in allowed:
        raise bad_field(name, f"Invalid value at '{name}', \"{value}\"")
    return value


def render(
    grid: Grid, area: Area, value_render: str, date_render: str, major: str
) -> list[list[JsonValue]]:
    """The area's values without trailing empties; a list of rows, or of columns."""
    end_row = min(area.end_row, len(grid.values.rows))
    rows: list[list[JsonValue]] = []
    for row in range(area.start_row, end_row):
        values = grid.values.rows[row][area.start_column : area.end_column]
        rows.append(_row(grid, row, area.start_column, values, value_render, date_render))
    if major == "COLUMNS":
        width = max(map(len, rows), default=0)
        rows = [
            [row[column] if column < len(row) else "" for row in rows] for column in range(width)
        ]
        for column_values in rows:
            _drop_empties(column_values)
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _drop_empties(values: list[JsonValue]) -> None:
    while values and values[-1] == "":
        values.pop()


def _row(
    grid: Grid, row: int, start_column: int, values: list[CellValue], how: str, dates: str
) -> list[JsonValue]:
    styled = row < len(grid.formats.rows) and grid.formats.rows[row] is not None
    computed = row < len(grid.formulas.rows) and grid.formulas.rows[row] is not None
    if how == FORMATTED:
        if styled or computed:
            shown: list[JsonValue] = [
                formatted(grid, row, column, value)
                for column, value in enumerate(values, start_column)
            ]
        else:
            shown = [value if type(value) is str else format_value(value, None) for value in values]
    else:
        shown = [
            "" if value is None else value.text if type(value) is CellError else value
            for value in values
        ]
        if (styled or computed) and dates == TEXT_DATES:
            for at, value in enumerate(values):
                if isinstance(value, int | float) and not isinstance(value, bool):
                    shown[at] = _date_text(grid, row, start_column + at, value)
        if computed and how == FORMULA:
            formulas = grid.formulas.rows[row] or {}
            for column, text in formulas.items():
                if 0 <= column - start_column < len(shown):
                    shown[column - start_column] = text
    _drop_empties(shown)
    return shown


def _plain_text(value: CellValue) -> str:
    """What a cell without a format shows, the common kinds first."""
    if type(value) is str:
        return value
    if type(value) is int and -_WHOLE < value < _WHOLE:
        return str(value)
    return format_value(value, None)


def _date_text(grid: Grid, row: int, column: int, value: int | float) -> JsonValue:
    """The date as text if the cell shows one, else the number."""
    shown_as = number_format(grid, row, column)
    if shown_as is None:
        return value
    if shown_as.get("type") in DATE_TYPES or is_date_pattern(shown_as.get("pattern", "")):
        return format_value(value, shown_as)
    return value
