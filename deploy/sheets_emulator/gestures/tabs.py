"""A person's tabs: added, deleted, renamed; and the spreadsheet opened."""

from deploy.sheets_emulator.document import Document
from deploy.sheets_emulator.gestures.gesture import Done, changed, sheet_of
from deploy.sheets_emulator.json_types import JsonObject


def add_tab(document: Document, body: JsonObject) -> Done:
    """Add a tab `title`, of `rows` and `columns` where given."""
    grid = {"rowCount": body.get("rows", 1000), "columnCount": body.get("columns", 26)}
    properties = {"title": body.get("title"), "gridProperties": grid}
    [reply] = document.batch_update([{"addSheet": {"properties": properties}}])
    sheet = document.state.sheet(reply["addSheet"]["properties"].get("sheetId", 0))
    assert sheet is not None
    return changed("INSERT_GRID", sheet)


def delete_tab(document: Document, body: JsonObject) -> Done:
    """Delete the tab."""
    sheet = sheet_of(document, body)
    document.batch_update([{"deleteSheet": {"sheetId": sheet.sheet_id}}])
    return Done(sheet.title, [("change", {"changeType": "REMOVE_GRID"})])


def rename_tab(document: Document, body: JsonObject) -> Done:
    """Give the tab the name `title`."""
    sheet = sheet_of(document, body)
    properties = {"sheetId": sheet.sheet_id, "title": body.get("title")}
    document.batch_update(
        [{"updateSheetProperties": {"properties": properties, "fields": "title"}}]
    )
    return changed("OTHER", sheet)


def open_document(_document: Document, _body: JsonObject) -> Done:
    """Open the spreadsheet in a browser: nothing changes."""
    return Done(None, [("open", {})])
