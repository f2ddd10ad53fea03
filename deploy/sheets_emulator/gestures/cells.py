"""Typing, pasting, clearing: what a person's hand does to cells."""

from deploy.sheets_emulator.api.errors import invalid
from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.gestures.gesture import (
    Done,
    area_at,
    edit_event,
    edited,
    entered,
    grow,
    place_of,
    rows_of,
    sheet_and_span,
)
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.area import Area


def edit(document: Document, body: JsonObject) -> Done:
    """Type one cell or paste a block at `range`'s top left; the grid grows where it must.

    `values`: rows of texts as typed, numbers or booleans; null and "" clear. `paste` true: even a
    single cell comes from the clipboard, so that its event tells neither value nor old value.
    """
    sheet, corner = sheet_and_span(document, body)
    values = rows_of(body)
    height, width = len(values), max(map(len, values))
    filled = [["" if value is None else value for value in row] for row in values]
    top, left = corner.start_row or 0, corner.start_column or 0
    area = Area(sheet.sheet_id, top, top + height, left, left + width)
    grow(document, sheet, area.end_row, area.end_column)
    single = height == 1 and width == 1 and not body.get("paste", False)
    before = entered(document, sheet, area) if single else None
    document.values_update(sheet.a1(area), filled)
    event = edit_event(area)
    if single:
        after = entered(document, sheet, area)
        event |= {"value": after} if after is not None else {}
        event |= {"oldValue": before} if before is not None else {}
    return edited(sheet, area, event)


def clear(document: Document, body: JsonObject) -> Done:
    """Press Delete on a range: contents go, formats and notes stay."""
    _, span = sheet_and_span(document, body)
    sheet, area = document.state.resolve(place_of(body))
    single = span.is_single_cell
    before = entered(document, sheet, area) if single else None
    document.apply("spreadsheets.values.clear", {"range": sheet.a1(area)}, actor="person")
    event = edit_event(area)
    event |= {"oldValue": before} if before is not None else {}
    return edited(sheet, area, event)


def tick(document: Document, body: JsonObject) -> Done:
    """Click the checkbox at `range`, one cell: TRUE becomes FALSE, all else TRUE.

    The event's value is what typing it would give, the old value Google's text of a boolean, which
    is written small.
    """
    sheet, area = area_at(document, body, "range")
    if area.height != 1 or area.width != 1:
        raise invalid("range must be one cell.")
    before = sheet.grid.values.get(area.start_row, area.start_column)
    rule = sheet.grid.validations.get(area.start_row, area.start_column) or {}
    if rule.get("condition", {}).get("type") != "BOOLEAN" and not isinstance(before, bool):
        raise invalid("There is no checkbox.")
    ticked = before is not True
    document.values_update(sheet.a1(area), [[ticked]])
    event = edit_event(area) | {"value": "TRUE" if ticked else "FALSE"}
    event |= {"oldValue": str(before).lower()} if before is not None else {}
    return edited(sheet, area, event)
