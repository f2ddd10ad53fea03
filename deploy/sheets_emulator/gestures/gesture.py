"""What a gesture is: it changes the document and says what its triggers are told.

Rows and columns count from 1 here, as people see them.
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


def changed(change_type: str, sheet: Sheet, place: str | None = None) -> Done:
    """A gesture that fires a change event alone."""
    payload = {"changeType": change_type, "activeSheetId": sheet.sheet_id}
    return Done(place or sheet.title, [("change", payload)])


def edited(sheet: Sheet, area: Area, event: JsonObject) -> Done:
    """A gesture that fires an edit event and its change event."""
    change = {"changeType": "EDIT", "activeSheetId": sheet.sheet_id}
    return Done(sheet.a1(area), [("edit", event), ("change", change)])


def fired(
    body: JsonObject, default: tuple[str, ...], change: str, sheet: Sheet, area: Area | None
) -> list[tuple[str, JsonObject]]:
    """The events of a gesture of which it is not certain what it fires.

    `fires` of the body says it: a list of "edit" and "change"; `default` where it says nothing.
    """
    kinds = body.get("fires", list(default))
    if not isinstance(kinds, list) or not set(kinds) <= {"edit", "change"}:
        raise invalid('fires must be a list of "edit" and "change".')
    events: list[tuple[str, JsonObject]] = []
    if "edit" in kinds and area is not None:
        events.append(("edit", edit_event(area)))
    if "change" in kinds:
        events.append(("change", {"changeType": change, "activeSheetId": sheet.sheet_id}))
    return events


def edit_event(area: Area) -> JsonObject:
    """An edit event of these cells, without value and old value."""
    place = {
        "sheetId": area.sheet_id,
        "row": area.start_row + 1,
        "column": area.start_column + 1,
        "rows": area.height,
        "columns": area.width,
    }
    return {"range": place}


def entered(document: Document, sheet: Sheet, area: Area) -> str | None:
    """The cell as an event tells it: a text, also for numbers; dates are serial numbers."""
    found = document.values_get(sheet.a1(area), "FORMULA")
    value = found[0][0] if found and found[0] else ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return f"{value:.15g}"
    return str(value) or None


def grow(document: Document, sheet: Sheet, rows: int, columns: int) -> None:
    """Add the rows and columns that a paste beyond the grid needs."""
    missing = {"ROWS": rows - sheet.row_count, "COLUMNS": columns - sheet.column_count}
    requests: list[JsonObject] = [
        {"appendDimension": {"sheetId": sheet.sheet_id, "dimension": dimension, "length": length}}
        for dimension, length in missing.items()
        if length > 0
    ]
    if requests:
        document.batch_update(requests)


def place_of(body: JsonObject) -> str:
    """The body's range with its tab."""
    return f"{a1.quote_title(str(body.get('tab')))}!{body.get('range')}"


def sheet_and_span(document: Document, body: JsonObject) -> tuple[Sheet, a1.CellSpan]:
    """The body's tab and range; the range may reach beyond the grid."""
    sheet = sheet_of(document, body)
    span = a1.parse_cells(str(body.get("range", "")))
    if span is None:
        raise invalid(f"range must be cells such as B2 or B2:C5, not {body.get('range')!r}.")
    return sheet, span


def area_at(document: Document, body: JsonObject, name: str) -> tuple[Sheet, Area]:
    """The cells that the body's member `name` tells, all of them on the grid."""
    sheet, span = sheet_and_span(document, {**body, "range": body.get(name)})
    top, left = span.start_row or 0, span.start_column or 0
    bottom = sheet.row_count if span.end_row is None else span.end_row
    right = sheet.column_count if span.end_column is None else span.end_column
    return sheet, Area(sheet.sheet_id, top, bottom, left, right)


def grid_range(area: Area) -> JsonObject:
    """The area as requests name it."""
    return {"sheetId": area.sheet_id, **area.to_grid_range()}


def sheet_of(document: Document, body: JsonObject) -> Sheet:
    """The body's tab; ApiError 404 if there is none."""
    title = body.get("tab")
    sheet = document.state.sheet_titled(title) if isinstance(title, str) else None
    if sheet is None:
        raise ApiError(404, f"There is no tab {title!r}.")
    return sheet


def rows_of(body: JsonObject) -> list[list[JsonValue]]:
    """The body's rows of cells."""
    values = body.get("values")
    if isinstance(values, list) and any(values):
        rows: list[JsonValue] = values
        if all(isinstance(row, list) for row in rows):
            return rows
    raise invalid('values must be rows of cells, such as [["a", 1]].')


def number_of(body: JsonObject, name: str, default: int | None = None) -> int:
    """A whole number from 1 of the body."""
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise invalid(f"{name} must be a whole number from 1.")
    return value
