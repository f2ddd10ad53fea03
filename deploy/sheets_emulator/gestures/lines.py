"""Rows and columns come, go, move, are sorted and hidden by a person's hand."""

from deploy.sheets_emulator import a1
from deploy.sheets_emulator.api.errors import invalid
from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.gestures.gesture import Done, changed, number_of, sheet_of
from deploy.sheets_emulator.json_types import JsonObject, JsonValue
from deploy.sheets_emulator.model.area import Area
from deploy.sheets_emulator.model.sheet import Sheet


def insert_rows(document: Document, body: JsonObject) -> Done:
    """Insert `count` empty rows; the first of them becomes row `start`."""
    return _insert(document, body, "ROWS")


def insert_columns(document: Document, body: JsonObject) -> Done:
    """Insert `count` empty columns; the first of them becomes column `start`."""
    return _insert(document, body, "COLUMNS")


def delete_rows(document: Document, body: JsonObject) -> Done:
    """Delete `count` rows from row `start` on."""
    return _delete(document, body, "ROWS")


def delete_columns(document: Document, body: JsonObject) -> Done:
    """Delete `count` columns from column `start` on."""
    return _delete(document, body, "COLUMNS")


def move_rows(document: Document, body: JsonObject) -> Done:
    """Drag `count` rows from `start` so that they stand before what is row `to` now."""
    return _move(document, body, "ROWS")


def move_columns(document: Document, body: JsonObject) -> Done:
    """Drag `count` columns from `start` so that they stand before what is column `to` now."""
    return _move(document, body, "COLUMNS")


def sort(document: Document, body: JsonObject) -> Done:
    """Sort the rows below the header or frozen rows by `column`: a header, letter or number."""
    sheet = sheet_of(document, body)
    top = max(1, int(sheet.grid_options.get("frozenRowCount", 0)))
    bottom = max(sheet.grid.used_rows(), top + 1)
    if bottom > sheet.row_count:
        return changed("OTHER", sheet)
    area = Area(sheet.sheet_id, top, bottom, 0, sheet.column_count)
    order = "ASCENDING" if body.get("ascending", True) else "DESCENDING"
    spec = {"dimensionIndex": column_index(document, sheet, body.get("column")), "sortOrder": order}
    request = {"range": {"sheetId": sheet.sheet_id, **area.to_grid_range()}, "sortSpecs": [spec]}
    document.batch_update([{"sortRange": request}])
    return changed("OTHER", sheet, sheet.a1(area))


def hide_rows(document: Document, body: JsonObject) -> Done:
    """Hide `count` rows from row `start` on; no trigger fires."""
    return _hide(document, body, "ROWS", hidden=True)


def show_rows(document: Document, body: JsonObject) -> Done:
    """Show hidden rows again."""
    return _hide(document, body, "ROWS", hidden=False)


def hide_columns(document: Document, body: JsonObject) -> Done:
    """Hide `count` columns from column `start` on; no trigger fires."""
    return _hide(document, body, "COLUMNS", hidden=True)


def show_columns(document: Document, body: JsonObject) -> Done:
    """Show hidden columns again."""
    return _hide(document, body, "COLUMNS", hidden=False)


def _hide(document: Document, body: JsonObject, dimension: str, *, hidden: bool) -> Done:
    sheet = sheet_of(document, body)
    request = {
        "range": _dimension_range(sheet, body, dimension),
        "properties": {"hiddenByUser": hidden},
        "fields": "hiddenByUser",
    }
    document.batch_update([{"updateDimensionProperties": request}])
    return Done(sheet.title)


def _insert(document: Document, body: JsonObject, dimension: str) -> Done:
    sheet = sheet_of(document, body)
    lines = _dimension_range(sheet, body, dimension)
    size = sheet.size(dimension)
    if lines["startIndex"] > size:
        raise invalid(f"start must be at most {size + 1}.")
    request = {"range": lines, "inheritFromBefore": lines["startIndex"] > 0}
    document.batch_update([{"insertDimension": request}])
    return changed("INSERT_ROW" if dimension == "ROWS" else "INSERT_COLUMN", sheet)


def _delete(document: Document, body: JsonObject, dimension: str) -> Done:
    sheet = sheet_of(document, body)
    lines = _dimension_range(sheet, body, dimension)
    document.batch_update([{"deleteDimension": {"range": lines}}])
    return changed("REMOVE_ROW" if dimension == "ROWS" else "REMOVE_COLUMN", sheet)


def _move(document: Document, body: JsonObject, dimension: str) -> Done:
    sheet = sheet_of(document, body)
    source = _dimension_range(sheet, body, dimension)
    destination = number_of(body, "to") - 1
    document.batch_update([{"moveDimension": {"source": source, "destinationIndex": destination}}])
    return changed("OTHER", sheet)


def _dimension_range(sheet: Sheet, body: JsonObject, dimension: str) -> JsonObject:
    start = number_of(body, "start") - 1
    return {
        "sheetId": sheet.sheet_id,
        "dimension": dimension,
        "startIndex": start,
        "endIndex": start + number_of(body, "count", 1),
    }


def column_index(document: Document, sheet: Sheet, wanted: JsonValue) -> int:
    """Index from 0 of a column given by its header, its letter or its number from 1."""
    if isinstance(wanted, int) and not isinstance(wanted, bool):
        return wanted - 1
    if isinstance(wanted, str):
        header = Area(sheet.sheet_id, 0, 1, 0, sheet.column_count)
        [titles] = document.values_get(sheet.a1(header)) or [[]]
        if wanted in titles:
            return titles.index(wanted)
        if wanted.isalpha() and wanted.isascii():
            return a1.column_index(wanted)
    raise invalid(f"There is no column {wanted!r}.")
