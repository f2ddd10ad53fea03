"""A tab's filter: setBasicFilter and clearBasicFilter.

Rows are hidden when the filter is set, as Google does it: a row that changes afterwards stays as
it is until the filter is set again. The flags go with their rows.
Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/sheets#BasicFilter
"""

from collections.abc import Iterator

from deploy.sheets_emulator.api.batch_update.context import Context
from deploy.sheets_emulator.api.cell_data import formatted
from deploy.sheets_emulator.api.ranges import area_of, sheet_of
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.area import Area
from deploy.sheets_emulator.model.sheet import Sheet

_HIDDEN = "hiddenByFilter"


def set_basic_filter(context: Context, request: JsonObject) -> JsonObject:
    """Set the tab's filter and hide what its `hiddenValues` name; conditions hide nothing here."""
    context.settle_formulas()
    wanted: JsonObject = dict(request.get("filter", {}))
    sheet, area = area_of(context.spreadsheet, wanted.get("range"))
    wanted["range"] = area.to_grid_range()
    sheet.basic_filter = wanted
    _show_all(sheet)
    hidden = {column: values for column, values in _hidden_values(wanted) if values}
    for row in range(area.start_row + 1, area.end_row):  # the first one is the filter's header
        if any(_text(sheet, area, row, column) in hidden[column] for column in hidden):
            sheet.row_properties[row] = {**sheet.row_properties.get(row, {}), _HIDDEN: True}
    context.changed(sheet.sheet_id)
    return {}


def clear_basic_filter(context: Context, request: JsonObject) -> JsonObject:
    """Take the tab's filter away; the rows that it hid are shown."""
    sheet = sheet_of(context.spreadsheet, request.get("sheetId"))
    sheet.basic_filter = None
    _show_all(sheet)
    context.changed(sheet.sheet_id)
    return {}


def _show_all(sheet: Sheet) -> None:
    for row, properties in list(sheet.row_properties.items()):
        if _HIDDEN in properties:
            rest = {name: value for name, value in properties.items() if name != _HIDDEN}
            if rest:
                sheet.row_properties[row] = rest
            else:
                del sheet.row_properties[row]


def _hidden_values(wanted: JsonObject) -> Iterator[tuple[int, frozenset[str]]]:
    """(column, texts) by the newer `filterSpecs` and the older `criteria`."""
    criteria: JsonObject = wanted.get("criteria") or {}
    for column, each in criteria.items():
        yield int(column), frozenset(each.get("hiddenValues", ()))
    specs: list[JsonObject] = wanted.get("filterSpecs") or []
    for spec in specs:
        each = spec.get("filterCriteria") or {}
        yield spec.get("columnIndex", 0), frozenset(each.get("hiddenValues", ()))


def _text(sheet: Sheet, area: Area, row: int, column: int) -> str | None:
    """What the cell shows; None where the filter does not reach."""
    if not area.start_column <= column < area.end_column:
        return None
    value = sheet.grid.values.get(row, column)
    return formatted(sheet.grid, row, column, value) if value is not None else ""
