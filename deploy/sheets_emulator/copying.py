"""File > Make a copy."""

from deploy.sheets_emulator.emulator import Emulator
from deploy.sheets_emulator.json_types import JsonObject

_CELL_FIELDS = "sheets.data.rowData.values(userEnteredValue,userEnteredFormat,note)"


def copy_spreadsheet(emulator: Emulator, source_id: str, title: str | None = None) -> str:
    """A new spreadsheet with the same tabs, contents, formats and notes; returns its id."""
    source = emulator.spreadsheet(source_id)
    with source.lock:
        whole = source.get(fields="properties,sheets.properties")
        rows = [
            source.get([sheet.a1(sheet.area)], _CELL_FIELDS)["sheets"][0]["data"]
            for sheet in source.state.sheets
        ]
    properties: JsonObject = dict(whole["properties"])
    properties["title"] = title or f"Copy of {properties['title']}"
    copied = emulator.create({"properties": properties})
    [blank] = copied.state.sheets
    requests: list[JsonObject] = [
        _properties({"sheetId": blank.sheet_id, "title": copied.spreadsheet_id}, "title")
    ]
    for sheet, [data] in zip(whole["sheets"], rows, strict=True):
        sheet_id = sheet["properties"].get("sheetId", 0)
        if sheet_id == blank.sheet_id:
            requests.append(_properties(sheet["properties"], "title,gridProperties"))
        else:
            requests.append({"addSheet": {"properties": sheet["properties"]}})
        requests.append(
            {
                "updateCells": {
                    "start": {"sheetId": sheet_id, "rowIndex": 0, "columnIndex": 0},
                    "rows": data.get("rowData", []),
                    "fields": "userEnteredValue,userEnteredFormat,note",
                }
            }
        )
    if all(sheet["properties"].get("sheetId", 0) != blank.sheet_id for sheet in whole["sheets"]):
        requests.append({"deleteSheet": {"sheetId": blank.sheet_id}})
    copied.batch_update(requests)
    return copied.spreadsheet_id


def _properties(properties: JsonObject, fields: str) -> JsonObject:
    return {"updateSheetProperties": {"properties": properties, "fields": fields}}
