"""Short ways to write batchUpdate requests."""

from deploy.sheets_emulator.json_types import JsonObject, JsonValue


def extended(value: JsonValue) -> JsonObject:
    """The CellData that sets a value, a formula (`=…`), or nothing."""
    if value is None:
        return {}
    if isinstance(value, bool):
        return {"userEnteredValue": {"boolValue": value}}
    if isinstance(value, str):
        kind = "formulaValue" if value.startswith("=") else "stringValue"
        return {"userEnteredValue": {kind: value}}
    return {"userEnteredValue": {"numberValue": value}}


def cells(row: int, column: int, rows: list[list[JsonValue]], sheet_id: int = 0) -> JsonObject:
    """updateCells at a corner, indexes from 0."""
    return {
        "updateCells": {
            "start": {"sheetId": sheet_id, "rowIndex": row, "columnIndex": column},
            "rows": [{"values": [extended(value) for value in row_values]} for row_values in rows],
            "fields": "userEnteredValue",
        }
    }


def grid_range(
    start_row: int, end_row: int, start_column: int, end_column: int, sheet_id: int = 0
) -> JsonObject:
    """A GridRange."""
    return {
        "sheetId": sheet_id,
        "startRowIndex": start_row,
        "endRowIndex": end_row,
        "startColumnIndex": start_column,
        "endColumnIndex": end_column,
    }


def lines(dimension: str, start: int, end: int, sheet_id: int = 0) -> JsonObject:
    """A DimensionRange."""
    return {"sheetId": sheet_id, "dimension": dimension, "startIndex": start, "endIndex": end}


def insert_rows(start: int, count: int = 1) -> JsonObject:
    """insertDimension of rows."""
    return {"insertDimension": {"range": lines("ROWS", start, start + count)}}


def delete_rows(start: int, count: int = 1) -> JsonObject:
    """deleteDimension of rows."""
    return {"deleteDimension": {"range": lines("ROWS", start, start + count)}}


def add_sheet(sheet_id: int, title: str, **more: JsonValue) -> JsonObject:
    """addSheet with an id of our own."""
    return {"addSheet": {"properties": {"sheetId": sheet_id, "title": title, **more}}}


def copy_paste(source: JsonObject, destination: JsonObject, kind: str = "NORMAL") -> JsonObject:
    """copyPaste."""
    return {
        "copyPaste": {
            "source": source,
            "destination": destination,
            "pasteType": f"PASTE_{kind}",
        }
    }
