"""Requests on tabs and the spreadsheet: add, delete, duplicate, properties."""

import struct

from deploy.sheets_emulator.api import field_mask
from deploy.sheets_emulator.api.batch_update.context import Context
from deploy.sheets_emulator.api.errors import RequestError
from deploy.sheets_emulator.api.ranges import sheet_of
from deploy.sheets_emulator.api.resource import sheet_properties
from deploy.sheets_emulator.formulas.shifting import retitled, tab_deleted
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.area import Area
from deploy.sheets_emulator.model.sheet import Sheet
from deploy.sheets_emulator.model.spreadsheet import MOST_CELLS, Spreadsheet

_MASKED = field_mask.MaskTree


def mask_of(request: JsonObject) -> _MASKED:
    """The request's `fields`; RequestError if none is given."""
    try:
        return field_mask.written_fields(request.get("fields"))
    except ValueError as error:
        raise RequestError(str(error)) from None


def _free_title(spreadsheet: Spreadsheet) -> str:
    number = len(spreadsheet.sheets) + 1
    while spreadsheet.sheet_titled(f"Sheet{number}") is not None:
        number += 1
    return f"Sheet{number}"


def _check_title(spreadsheet: Spreadsheet, title: str, own: Sheet | None = None) -> None:
    other = spreadsheet.sheet_titled(title)
    if other is not None and other is not own:
        raise RequestError(
            f'A sheet with the name "{title}" already exists. Please enter another name.'
        )


def _check_cells(spreadsheet: Spreadsheet) -> None:
    if spreadsheet.cell_count() > MOST_CELLS:
        raise RequestError(
            "This action would increase the number of cells in the workbook above the limit of "
            f"{MOST_CELLS} cells."
        )


def _free_sheet_id(spreadsheet: Spreadsheet) -> int:
    while True:
        sheet_id = spreadsheet.new_id()
        if spreadsheet.sheet(sheet_id) is None:
            return sheet_id


def add_sheet(context: Context, request: JsonObject) -> JsonObject:
    """Add a tab; the reply holds its properties."""
    spreadsheet = context.spreadsheet
    wanted: JsonObject = request.get("properties", {})
    if wanted.get("sheetType", "GRID") != "GRID":
        raise RequestError("Only sheets of type GRID can be added.")
    title = wanted.get("title") or _free_title(spreadsheet)
    _check_title(spreadsheet, title)
    sheet_id = wanted.get("sheetId")
    if sheet_id is None:
        sheet_id = _free_sheet_id(spreadsheet)
    elif spreadsheet.sheet(sheet_id) is not None:
        raise RequestError(f"A sheet with id {sheet_id} already exists.")
    sheet = Sheet(sheet_id, title)
    index = min(wanted.get("index", len(spreadsheet.sheets)), len(spreadsheet.sheets))
    spreadsheet.sheets.insert(index, sheet)
    mask = dict.fromkeys(set(wanted) - {"sheetId", "title", "index", "sheetType"}, _MASKED())
    if mask:
        _set_properties(context, sheet, wanted, mask)
    _check_cells(spreadsheet)
    context.changed(sheet_id)
    return {"addSheet": {"properties": sheet_properties(sheet, index)}}


def delete_sheet(context: Context, request: JsonObject) -> JsonObject:
    """Remove a tab; formulas that pointed there become #REF!."""
    spreadsheet = context.spreadsheet
    sheet = spreadsheet.sheet(request.get("sheetId", 0))
    if sheet is None:
        raise RequestError(f"No sheet with id: {request.get('sheetId', 0)}")
    if not any(not other.hidden for other in spreadsheet.sheets if other is not sheet):
        raise RequestError("You can't remove all the visible sheets in a document.")
    spreadsheet.sheets.remove(sheet)
    spreadsheet.named_ranges = [
        named
        for named in spreadsheet.named_ranges
        if named.area is None or named.area.sheet_id != sheet.sheet_id
    ]
    for metadata_id, entry in list(spreadsheet.metadata.items()):
        if entry.location.sheet_id == sheet.sheet_id:
            del spreadsheet.metadata[metadata_id]
    for other in spreadsheet.sheets:
        for row, column, text in list(other.grid.formula_cells()):
            other.grid.formulas.set(row, column, tab_deleted(text, sheet.title))
    spreadsheet.formulas_are_stale = True
    context.changed(sheet.sheet_id)
    return {}


def duplicate_sheet(context: Context, request: JsonObject) -> JsonObject:
    """Copy a tab with its content, formats, merges and groups."""
    spreadsheet = context.spreadsheet
    source = sheet_of(spreadsheet, request.get("sourceSheetId"))
    title = request.get("newSheetName") or _copy_title(spreadsheet, source.title)
    _check_title(spreadsheet, title)
    sheet_id = request.get("newSheetId")
    if sheet_id is None:
        sheet_id = _free_sheet_id(spreadsheet)
    elif spreadsheet.sheet(sheet_id) is not None:
        raise RequestError(f"A sheet with id {sheet_id} already exists.")
    copy = source.checkpoint()
    copy.sheet_id, copy.title = sheet_id, title
    copy.merges = [
        Area(sheet_id, area.start_row, area.end_row, area.start_column, area.end_column)
        for area in copy.merges
    ]
    copy.protected_ranges = []
    index = min(request.get("insertSheetIndex", 0), len(spreadsheet.sheets))
    spreadsheet.sheets.insert(index, copy)
    _check_cells(spreadsheet)
    spreadsheet.formulas_are_stale = True
    context.changed(sheet_id)
    return {"duplicateSheet": {"properties": sheet_properties(copy, index)}}


def _copy_title(spreadsheet: Spreadsheet, title: str) -> str:
    candidate, number = f"Copy of {title}", 1
    while spreadsheet.sheet_titled(candidate) is not None:
        number += 1
        candidate = f"Copy of {title} {number}"
    return candidate


def update_sheet_properties(context: Context, request: JsonObject) -> JsonObject:
    """Set the masked properties of a tab."""
    properties: JsonObject = request.get("properties", {})
    mask = mask_of(request)
    sheet = sheet_of(context.spreadsheet, properties.get("sheetId"))
    _set_properties(context, sheet, properties, mask or dict.fromkeys(properties, _MASKED()))
    context.changed(sheet.sheet_id)
    return {}


def _set_properties(context: Context, sheet: Sheet, properties: JsonObject, mask: _MASKED) -> None:
    spreadsheet = context.spreadsheet
    for name, child in mask.items():
        if name == "title":
            _retitle(spreadsheet, sheet, properties.get("title", ""))
        elif name == "index":
            spreadsheet_order(spreadsheet, sheet, properties.get("index", 0))
        elif name == "hidden":
            _hide(spreadsheet, sheet, bool(properties.get("hidden")))
        elif name == "rightToLeft":
            sheet.right_to_left = bool(properties.get("rightToLeft"))
        elif name == "gridProperties":
            _set_grid_properties(context, sheet, properties.get(name, {}), child)
        elif name in ("tabColor", "tabColorStyle"):
            color: JsonObject | None = properties.get(name)
            if color is not None and name == "tabColor":
                color = {"rgbColor": color}
            sheet.tab_color_style = None if color is None else _single_precision(color)
        elif name not in ("sheetId", "sheetType"):
            raise RequestError(f"Invalid field: {name}")


def _retitle(spreadsheet: Spreadsheet, sheet: Sheet, title: str) -> None:
    if not title:
        raise RequestError("Sheet name cannot be empty.")
    _check_title(spreadsheet, title, sheet)
    for other in spreadsheet.sheets:
        for row, column, text in list(other.grid.formula_cells()):
            other.grid.formulas.set(row, column, retitled(text, sheet.title, title))
    sheet.title = title
    spreadsheet.formulas_are_stale = True


def spreadsheet_order(spreadsheet: Spreadsheet, sheet: Sheet, index: int) -> None:
    """Move the tab before the one now at `index`, counted as before the move."""
    before = spreadsheet.sheets.index(sheet)
    spreadsheet.sheets.remove(sheet)
    spreadsheet.sheets.insert(index - 1 if index > before else index, sheet)


def _hide(spreadsheet: Spreadsheet, sheet: Sheet, hidden: bool) -> None:
    if hidden and not any(not other.hidden for other in spreadsheet.sheets if other is not sheet):
        raise RequestError("You can't hide all the sheets in a document.")
    sheet.hidden = hidden


_COUNTS = ("frozenRowCount", "frozenColumnCount")


def _set_grid_properties(context: Context, sheet: Sheet, wanted: JsonObject, mask: _MASKED) -> None:
    names = mask or dict.fromkeys(wanted, _MASKED())
    rows, columns = sheet.row_count, sheet.column_count
    for name in names:
        if name == "rowCount":
            rows = wanted.get(name, 0)
        elif name == "columnCount":
            columns = wanted.get(name, 0)
        else:
            sheet.grid_options[name] = wanted.get(name)
    if rows < 1 or columns < 1:
        noun = "row" if rows < 1 else "column"
        raise RequestError(f"Sheet must have at least one {noun}.")
    for name, size in zip(_COUNTS, (rows, columns), strict=True):
        if (sheet.grid_options.get(name) or 0) >= size:
            noun = "rows" if name == "frozenRowCount" else "columns"
            raise RequestError(f"You can't freeze all visible {noun} on the sheet.")
    is_smaller = rows < sheet.row_count or columns < sheet.column_count
    sheet.row_count, sheet.column_count = rows, columns
    if is_smaller:
        sheet.grid.trim(rows, columns)
        context.spreadsheet.formulas_are_stale = True
    _check_cells(context.spreadsheet)


def update_spreadsheet_properties(context: Context, request: JsonObject) -> JsonObject:
    """Set title, locale, time zone and other properties of the spreadsheet."""
    spreadsheet = context.spreadsheet
    properties: JsonObject = request.get("properties", {})
    mask = mask_of(request)
    for name in mask or properties:
        if name == "title":
            spreadsheet.title = properties.get("title", "")
        elif name == "locale":
            spreadsheet.locale = properties.get("locale", "en_US")
        elif name == "timeZone":
            spreadsheet.time_zone = properties.get("timeZone", "Etc/GMT")
            spreadsheet.formulas_are_stale = True
        elif name in properties:
            spreadsheet.extra_properties[name] = properties[name]
    return {}


def _single_precision(style: JsonObject) -> JsonObject:
    """Colours as Google keeps them: 32-bit floats, zero parts left out."""
    color: JsonObject | None = style.get("rgbColor")
    if color is None:
        return style
    kept = {name: shortest_single(part) for name, part in color.items() if part}
    return {**style, "rgbColor": kept}


def shortest_single(value: float) -> float | int:
    """The shortest decimal that is the same 32-bit float."""
    single: float = struct.unpack("f", struct.pack("f", value))[0]
    for digits in range(1, 10):
        shown = float(f"{single:.{digits}g}")
        if struct.unpack("f", struct.pack("f", shown))[0] == single:
            return int(shown) if shown.is_integer() else shown
    return single
