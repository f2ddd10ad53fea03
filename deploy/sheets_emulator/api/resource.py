"""The Spreadsheet resource: properties, tabs and, if asked, the grid's data.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets
"""

from deploy.sheets_emulator.api import field_mask
from deploy.sheets_emulator.api.cell_data import DEFAULT_FORMAT, CellReader
from deploy.sheets_emulator.api.field_mask import MaskTree
from deploy.sheets_emulator.api.theme import THEME
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.area import COLUMNS, ROWS, Area
from deploy.sheets_emulator.model.metadata import SHEET, SPREADSHEET
from deploy.sheets_emulator.model.sheet import DEFAULT_PIXELS, DimensionGroup, Sheet
from deploy.sheets_emulator.model.spreadsheet import Spreadsheet


def sheet_properties(sheet: Sheet, index: int) -> JsonObject:
    """SheetProperties; false and zero members are left out, as Google does."""
    grid_properties: JsonObject = {
        "rowCount": sheet.row_count,
        "columnCount": sheet.column_count,
        **{name: value for name, value in sheet.grid_options.items() if value},
    }
    properties: JsonObject = {
        "sheetId": sheet.sheet_id,
        "title": sheet.title,
        "index": index,
        "sheetType": "GRID",
        "gridProperties": grid_properties,
    }
    if sheet.hidden:
        properties["hidden"] = True
    if sheet.tab_color_style is not None:
        color = sheet.tab_color_style.get("rgbColor")
        if color is not None:
            properties["tabColor"] = color
        properties["tabColorStyle"] = sheet.tab_color_style
    if sheet.right_to_left:
        properties["rightToLeft"] = True
    return properties


def spreadsheet_properties(spreadsheet: Spreadsheet) -> JsonObject:
    """SpreadsheetProperties."""
    return {
        "title": spreadsheet.title,
        "locale": spreadsheet.locale,
        "autoRecalc": "ON_CHANGE",
        "timeZone": spreadsheet.time_zone,
        "defaultFormat": DEFAULT_FORMAT,
        "spreadsheetTheme": THEME,
        **spreadsheet.extra_properties,
    }


def spreadsheet_resource(
    spreadsheet: Spreadsheet,
    mask: MaskTree,
    ranges: list[tuple[Sheet, Area]],
    include_grid_data: bool,
) -> JsonObject:
    """The whole resource; with a mask only what it asks for, and grid data if it names `data`."""
    with_data = include_grid_data
    if mask:
        with_data = field_mask.includes(mask, "sheets", "data") and (
            "sheets" not in mask or bool(mask["sheets"]) or include_grid_data
        )
    body: JsonObject = {
        "spreadsheetId": spreadsheet.spreadsheet_id,
        "properties": spreadsheet_properties(spreadsheet),
    }
    sheets_mask = mask.get("sheets", {})
    if field_mask.includes(mask, "sheets"):
        touched = {sheet.sheet_id for sheet, _ in ranges}
        body["sheets"] = [
            _sheet(
                spreadsheet,
                sheet,
                index,
                sheets_mask,
                [area for owner, area in ranges if owner is sheet] or [sheet.area],
                with_data,
            )
            for index, sheet in enumerate(spreadsheet.sheets)
            if not ranges or sheet.sheet_id in touched
        ]
    if spreadsheet.named_ranges:
        body["namedRanges"] = [named.to_json() for named in spreadsheet.named_ranges]
    entries = [
        entry.to_json()
        for entry in spreadsheet.metadata.values()
        if entry.location.kind == SPREADSHEET
    ]
    if entries:
        body["developerMetadata"] = entries
    spreadsheet_id = spreadsheet.spreadsheet_id
    body["spreadsheetUrl"] = f"https://docs.google.com/spreadsheets/d/{spreadsheet_id}/edit"
    kept: JsonObject = field_mask.keep(body, mask)
    return kept


def _sheet(
    spreadsheet: Spreadsheet,
    sheet: Sheet,
    index: int,
    mask: MaskTree,
    areas: list[Area],
    with_data: bool,
) -> JsonObject:
    body: JsonObject = {"properties": sheet_properties(sheet, index)}
    if with_data:
        data_mask = mask.get("data", {})
        body["data"] = [_grid_data(spreadsheet, sheet, area, data_mask) for area in areas]
    if sheet.merges:
        body["merges"] = [area.to_grid_range() for area in sheet.merges]
    if sheet.conditional_formats:
        body["conditionalFormats"] = sheet.conditional_formats
    if sheet.protected_ranges:
        body["protectedRanges"] = sheet.protected_ranges
    if sheet.basic_filter is not None:
        body["basicFilter"] = sheet.basic_filter
    entries = [
        entry.to_json()
        for entry in spreadsheet.metadata.values()
        if entry.location.kind == SHEET and entry.location.sheet_id == sheet.sheet_id
    ]
    if entries:
        body["developerMetadata"] = entries
    for name, dimension in (("rowGroups", ROWS), ("columnGroups", COLUMNS)):
        groups = [
            dimension_group(group, sheet) for group in sheet.groups if group.dimension == dimension
        ]
        if groups:
            body[name] = groups
    return body


def dimension_group(group: DimensionGroup, sheet: Sheet) -> JsonObject:
    """The API's DimensionGroup."""
    dimension_range: JsonObject = {"sheetId": sheet.sheet_id} if sheet.sheet_id else {}
    dimension_range |= {
        "dimension": group.dimension,
        "startIndex": group.start,
        "endIndex": group.end,
    }
    body: JsonObject = {"range": dimension_range, "depth": group.depth}
    if group.collapsed:
        body["collapsed"] = True
    return body


def _grid_data(spreadsheet: Spreadsheet, sheet: Sheet, area: Area, mask: MaskTree) -> JsonObject:
    data: JsonObject = {}
    if area.start_row:
        data["startRow"] = area.start_row
    if area.start_column:
        data["startColumn"] = area.start_column
    if field_mask.includes(mask, "rowData"):
        cell_mask = mask.get("rowData", {}).get("values", {})
        rows = _row_data(sheet, area, cell_mask)
        if rows:
            data["rowData"] = rows
    for name, dimension, start, end in (
        ("rowMetadata", ROWS, area.start_row, area.end_row),
        ("columnMetadata", COLUMNS, area.start_column, area.end_column),
    ):
        if field_mask.includes(mask, name):
            data[name] = _dimension_metadata(spreadsheet, sheet, dimension, start, end)
    return data


def _row_data(sheet: Sheet, area: Area, mask: MaskTree) -> list[JsonObject]:
    grid = sheet.grid
    reader = CellReader(grid, mask)
    rows: list[JsonObject] = []
    tables = (grid.formulas, grid.formats, grid.notes, grid.validations, grid.others)
    reach = max(len(grid.values.rows), *(len(table.rows) for table in tables))
    for row in range(area.start_row, min(area.end_row, reach)):
        last = len(grid.values.rows[row]) if row < len(grid.values.rows) else 0
        for table in tables:
            items = table.rows[row] if row < len(table.rows) else None
            if items:
                last = max(last, max(items) + 1)
        values = grid.values.rows[row] if row < len(grid.values.rows) else []
        cells = [
            reader.read(row, column, values[column] if column < len(values) else None)
            for column in range(area.start_column, min(area.end_column, last))
        ]
        while cells and not cells[-1]:
            cells.pop()
        rows.append({"values": cells} if cells else {})
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _dimension_metadata(
    spreadsheet: Spreadsheet, sheet: Sheet, dimension: str, start: int, end: int
) -> list[JsonObject]:
    default = {"pixelSize": DEFAULT_PIXELS[dimension]}
    special = sheet.properties_of(dimension)
    lines: list[JsonObject] = [
        {**default, **special[index]} if index in special else default
        for index in range(start, end)
    ]
    for entry in spreadsheet.metadata.values():
        location = entry.location
        if location.sheet_id == sheet.sheet_id and location.dimension == dimension:
            for index in range(max(start, location.start), min(end, location.end)):
                line = dict(lines[index - start])
                line["developerMetadata"] = [*line.get("developerMetadata", []), entry.to_json()]
                lines[index - start] = line
    return lines
