"""What a person's hand does to a spreadsheet, and the events that Google fires for it.

Each gesture changes the document and says what its triggers are told. Rows and columns count from
1 here, as people see them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from deploy.sheets_emulator import a1
from deploy.sheets_emulator.api.errors import ApiError, invalid
from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.json_types import JsonObject, JsonValue
from deploy.sheets_emulator.model.area import Area
from deploy.sheets_emulator.model.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Done:
    """A gesture that was carried out: where, and the events (kind, payload) that it fires."""

    place: str | None
    events: list[tuple[str, JsonObject]] = field(default_factory=list)


Gesture: TypeAlias = Callable[[Document, JsonObject], Done]


def edit(document: Document, body: JsonObject) -> Done:
    """Type one cell or paste a block at `range`'s top left; the grid grows where it must.

    `values`: rows of texts as typed, numbers or booleans; null and "" clear. `paste` true: even a
    single cell comes from the clipboard, so that its event tells neither value nor old value.
    """
    sheet, corner = _sheet_and_span(document, body)
    values = _rows_of(body)
    height, width = len(values), max(map(len, values))
    filled = [["" if value is None else value for value in row] for row in values]
    top, left = corner.start_row or 0, corner.start_column or 0
    area = Area(sheet.sheet_id, top, top + height, left, left + width)
    _grow(document, sheet, area.end_row, area.end_column)
    single = height == 1 and width == 1 and not body.get("paste", False)
    before = _entered(document, sheet, area) if single else None
    document.values_update(sheet.a1(area), filled)
    event = _edit_event(area)
    if single:
        after = _entered(document, sheet, area)
        event |= {"value": after} if after is not None else {}
        event |= {"oldValue": before} if before is not None else {}
    return _edited(sheet, area, event)


def clear(document: Document, body: JsonObject) -> Done:
    """Press Delete on a range: contents go, formats and notes stay."""
    _, span = _sheet_and_span(document, body)
    sheet, area = document.state.resolve(_place(body))
    single = span.is_single_cell
    before = _entered(document, sheet, area) if single else None
    document.apply("spreadsheets.values.clear", {"range": sheet.a1(area)}, actor="person")
    event = _edit_event(area)
    event |= {"oldValue": before} if before is not None else {}
    return _edited(sheet, area, event)


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
    sheet = _sheet(document, body)
    top = max(1, int(sheet.grid_options.get("frozenRowCount", 0)))
    bottom = max(sheet.grid.used_rows(), top + 1)
    if bottom > sheet.row_count:
        return _changed("OTHER", sheet)
    area = Area(sheet.sheet_id, top, bottom, 0, sheet.column_count)
    order = "ASCENDING" if body.get("ascending", True) else "DESCENDING"
    spec = {"dimensionIndex": _column(document, sheet, body.get("column")), "sortOrder": order}
    request = {"range": {"sheetId": sheet.sheet_id, **area.to_grid_range()}, "sortSpecs": [spec]}
    document.batch_update([{"sortRange": request}])
    return _changed("OTHER", sheet, sheet.a1(area))


def add_tab(document: Document, body: JsonObject) -> Done:
    """Add a tab `title`, of `rows` and `columns` where given."""
    grid = {"rowCount": body.get("rows", 1000), "columnCount": body.get("columns", 26)}
    properties = {"title": body.get("title"), "gridProperties": grid}
    [reply] = document.batch_update([{"addSheet": {"properties": properties}}])
    sheet = document.state.sheet(reply["addSheet"]["properties"].get("sheetId", 0))
    assert sheet is not None
    return _changed("INSERT_GRID", sheet)


def delete_tab(document: Document, body: JsonObject) -> Done:
    """Delete the tab."""
    sheet = _sheet(document, body)
    document.batch_update([{"deleteSheet": {"sheetId": sheet.sheet_id}}])
    return Done(sheet.title, [("change", {"changeType": "REMOVE_GRID"})])


def rename_tab(document: Document, body: JsonObject) -> Done:
    """Give the tab the name `title`."""
    sheet = _sheet(document, body)
    properties = {"sheetId": sheet.sheet_id, "title": body.get("title")}
    document.batch_update(
        [{"updateSheetProperties": {"properties": properties, "fields": "title"}}]
    )
    return _changed("OTHER", sheet)


def open_document(_document: Document, _body: JsonObject) -> Done:
    """Open the spreadsheet in a browser: nothing changes."""
    return Done(None, [("open", {})])


GESTURES: dict[str, Gesture] = {
    "edit": edit,
    "clear": clear,
    "insert_rows": insert_rows,
    "insert_columns": insert_columns,
    "delete_rows": delete_rows,
    "delete_columns": delete_columns,
    "move_rows": move_rows,
    "move_columns": move_columns,
    "sort": sort,
    "add_tab": add_tab,
    "delete_tab": delete_tab,
    "rename_tab": rename_tab,
    "open": open_document,
}


def _insert(document: Document, body: JsonObject, dimension: str) -> Done:
    sheet = _sheet(document, body)
    lines = _dimension_range(sheet, body, dimension)
    size = sheet.size(dimension)
    if lines["startIndex"] > size:
        raise invalid(f"start must be at most {size + 1}.")
    request = {"range": lines, "inheritFromBefore": lines["startIndex"] > 0}
    document.batch_update([{"insertDimension": request}])
    return _changed("INSERT_ROW" if dimension == "ROWS" else "INSERT_COLUMN", sheet)


def _delete(document: Document, body: JsonObject, dimension: str) -> Done:
    sheet = _sheet(document, body)
    lines = _dimension_range(sheet, body, dimension)
    document.batch_update([{"deleteDimension": {"range": lines}}])
    return _changed("REMOVE_ROW" if dimension == "ROWS" else "REMOVE_COLUMN", sheet)


def _move(document: Document, body: JsonObject, dimension: str) -> Done:
    sheet = _sheet(document, body)
    source = _dimension_range(sheet, body, dimension)
    destination = _number(body, "to") - 1
    document.batch_update([{"moveDimension": {"source": source, "destinationIndex": destination}}])
    return _changed("OTHER", sheet)


def _changed(change_type: str, sheet: Sheet, place: str | None = None) -> Done:
    payload = {"changeType": change_type, "activeSheetId": sheet.sheet_id}
    return Done(place or sheet.title, [("change", payload)])


def _edited(sheet: Sheet, area: Area, event: JsonObject) -> Done:
    change = {"changeType": "EDIT", "activeSheetId": sheet.sheet_id}
    return Done(sheet.a1(area), [("edit", event), ("change", change)])


def _edit_event(area: Area) -> JsonObject:
    place = {
        "sheetId": area.sheet_id,
        "row": area.start_row + 1,
        "column": area.start_column + 1,
        "rows": area.height,
        "columns": area.width,
    }
    return {"range": place}


def _entered(document: Document, sheet: Sheet, area: Area) -> str | None:
    """The cell as an event tells it: a text, also for numbers; dates are serial numbers."""
    found = document.values_get(sheet.a1(area), "FORMULA")
    value = found[0][0] if found and found[0] else ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return f"{value:.15g}"
    return str(value) or None


def _grow(document: Document, sheet: Sheet, rows: int, columns: int) -> None:
    """Add the rows and columns that a paste beyond the grid needs."""
    missing = {"ROWS": rows - sheet.row_count, "COLUMNS": columns - sheet.column_count}
    requests: list[JsonObject] = [
        {"appendDimension": {"sheetId": sheet.sheet_id, "dimension": dimension, "length": length}}
        for dimension, length in missing.items()
        if length > 0
    ]
    if requests:
        document.batch_update(requests)


def _place(body: JsonObject) -> str:
    return f"{a1.quote_title(str(body.get('tab')))}!{body.get('range')}"


def _sheet_and_span(document: Document, body: JsonObject) -> tuple[Sheet, a1.CellSpan]:
    sheet = _sheet(document, body)
    span = a1.parse_cells(str(body.get("range", "")))
    if span is None:
        raise invalid(f"range must be cells such as B2 or B2:C5, not {body.get('range')!r}.")
    return sheet, span


def _sheet(document: Document, body: JsonObject) -> Sheet:
    title = body.get("tab")
    sheet = document.state.sheet_titled(title) if isinstance(title, str) else None
    if sheet is None:
        raise ApiError(404, f"There is no tab {title!r}.")
    return sheet


def _rows_of(body: JsonObject) -> list[list[JsonValue]]:
    values = body.get("values")
    if isinstance(values, list) and any(values):
        rows: list[JsonValue] = values
        if all(isinstance(row, list) for row in rows):
            return rows
    raise invalid('values must be rows of cells, such as [["a", 1]].')


def _number(body: JsonObject, name: str, default: int | None = None) -> int:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise invalid(f"{name} must be a whole number from 1.")
    return value


def _dimension_range(sheet: Sheet, body: JsonObject, dimension: str) -> JsonObject:
    start = _number(body, "start") - 1
    return {
        "sheetId": sheet.sheet_id,
        "dimension": dimension,
        "startIndex": start,
        "endIndex": start + _number(body, "count", 1),
    }


def _column(document: Document, sheet: Sheet, wanted: JsonValue) -> int:
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
