"""A person's filter over a tab; neither setting nor clearing it fires a trigger."""

from deploy.sheets_emulator.api.errors import invalid
from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.gestures.gesture import Done, area_at, grid_range, sheet_of
from deploy.sheets_emulator.gestures.lines import column_index
from deploy.sheets_emulator.json_types import JsonObject


def set_filter(document: Document, body: JsonObject) -> Done:
    """Filter `range` (its first row is the header): rows whose `column` shows one of `hide` go."""
    sheet, area = area_at(document, body, "range")
    hide = body.get("hide", [])
    if not isinstance(hide, list):
        raise invalid("hide must be a list of texts.")
    spec = {
        "columnIndex": column_index(document, sheet, body.get("column")),
        "filterCriteria": {"hiddenValues": [str(text) for text in hide]},
    }
    wanted = {"range": grid_range(area), "filterSpecs": [spec]}
    document.batch_update([{"setBasicFilter": {"filter": wanted}}])
    return Done(sheet.a1(area))


def clear_filter(document: Document, body: JsonObject) -> Done:
    """Take the filter away: all its rows are shown."""
    sheet = sheet_of(document, body)
    document.batch_update([{"clearBasicFilter": {"sheetId": sheet.sheet_id}}])
    return Done(sheet.title)
