"""Cells filled, cut and replaced by a person's hand."""

from deploy.sheets_emulator.api.errors import invalid
from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.gestures.gesture import (
    Done,
    area_at,
    edit_event,
    edited,
    fired,
    grid_range,
    grow,
    sheet_and_span,
    sheet_of,
)
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.area import Area


def fill(document: Document, body: JsonObject) -> Done:
    """Drag the cells `source` down (or across) over `range`: one event for the whole range.

    Formulas move their references; formats and rules come along, notes do not.
    """
    _, source = area_at(document, body, "source")
    sheet, area = area_at(document, body, "range")
    if source.intersects(area):
        raise invalid("range must not hold the source.")
    if area.height % source.height or area.width % source.width:
        raise invalid("range must be as many times as large as the source.")
    grow(document, sheet, area.end_row, area.end_column)
    copies = {"source": grid_range(source), "destination": grid_range(area)}
    document.batch_update(
        [{"copyPaste": {**copies, "pasteType": kind}} for kind in ("PASTE_FORMULA", "PASTE_FORMAT")]
    )
    return edited(sheet, area, edit_event(area))


def cut_paste(document: Document, body: JsonObject) -> Done:
    """Cut the cells `source` and paste them at `range`'s top left; what refers to them follows.

    Row metadata stays where it was. The edit event tells of the place of the paste alone: whether
    Google fires one for the emptied cells is not known, and none is the harder case.
    """
    sheet, source = area_at(document, body, "source")
    _, corner = sheet_and_span(document, body)
    top, left = corner.start_row or 0, corner.start_column or 0
    area = Area(sheet.sheet_id, top, top + source.height, left, left + source.width)
    grow(document, sheet, area.end_row, area.end_column)
    destination = {"sheetId": sheet.sheet_id, "rowIndex": top, "columnIndex": left}
    document.batch_update(
        [{"cutPaste": {"source": grid_range(source), "destination": destination}}]
    )
    events = fired(body, ("edit", "change"), "EDIT", sheet, area)
    return Done(sheet.a1(area), events)


def find_replace(document: Document, body: JsonObject) -> Done:
    """Replace `find` by `replacement` in the tab or in `range`; `whole_cell`, `match_case`.

    Sources disagree on whether Google fires an edit event for it. By default only the change is
    told here, so that the cells must be found by comparing; `fires` asks for others.
    """
    sheet, area = sheet_of(document, body), None
    if "range" in body:
        _, area = area_at(document, body, "range")
    request: JsonObject = {
        "find": body.get("find"),
        "replacement": body.get("replacement", ""),
        "matchEntireCell": bool(body.get("whole_cell", False)),
        "matchCase": bool(body.get("match_case", False)),
    }
    request |= {"sheetId": sheet.sheet_id} if area is None else {"range": grid_range(area)}
    document.batch_update([{"findReplace": request}])
    searched = area or sheet.area
    return Done(sheet.a1(searched), fired(body, ("change",), "EDIT", sheet, searched))
