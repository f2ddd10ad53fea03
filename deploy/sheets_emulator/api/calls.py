"""The calls that change a spreadsheet, by the method's name in the discovery document.

Each takes its arguments as one JSON object (path, query and body together), which the journal can
keep, and gives the answer's JSON.
"""

from collections.abc import Callable
from typing import TypeAlias

from deploy.sheets_emulator.api import field_mask, values
from deploy.sheets_emulator.api.append import INSERT_ROWS, OVERWRITE, append
from deploy.sheets_emulator.api.batch_update.context import Context
from deploy.sheets_emulator.api.batch_update.dispatch import run
from deploy.sheets_emulator.api.data_filter import areas
from deploy.sheets_emulator.api.errors import invalid
from deploy.sheets_emulator.api.render import checked_option
from deploy.sheets_emulator.api.resource import spreadsheet_resource
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.area import Area
from deploy.sheets_emulator.model.sheet import Sheet

Call: TypeAlias = Callable[[Context, JsonObject], JsonObject]


def batch_update(context: Context, arguments: JsonObject) -> JsonObject:
    """`spreadsheets.batchUpdate`; `fields` is the answer's mask, needed for the read-back."""
    spreadsheet = context.spreadsheet
    replies = run(context, arguments.get("requests") or [])
    answer: JsonObject = {"spreadsheetId": spreadsheet.spreadsheet_id, "replies": replies}
    if arguments.get("includeSpreadsheetInResponse"):
        context.settle_formulas()
        whole = field_mask.parse(arguments["fields"]) if arguments.get("fields") else {}
        if not field_mask.includes(whole, "updatedSpreadsheet"):
            return answer
        mask = whole.get("updatedSpreadsheet", {})
        ranges = [values.resolve(spreadsheet, text) for text in arguments.get("responseRanges", [])]
        # "responseIncludeGridData is ignored if a field mask was set in the request"
        with_data = bool(arguments.get("responseIncludeGridData")) and not whole
        answer["updatedSpreadsheet"] = spreadsheet_resource(spreadsheet, mask, ranges, with_data)
    return answer


def _written(context: Context, written: values.Written, arguments: JsonObject) -> JsonObject:
    context.cells_written += written.cells
    context.changed(written.area)
    if arguments.get("includeValuesInResponse"):
        context.settle_formulas()
        return values.with_data(
            written,
            context.spreadsheet.spreadsheet_id,
            arguments.get("responseValueRenderOption"),
            arguments.get("responseDateTimeRenderOption"),
        )
    return written.to_json(context.spreadsheet.spreadsheet_id)


def values_update(context: Context, arguments: JsonObject) -> JsonObject:
    """`spreadsheets.values.update`."""
    rows = values.checked_values(arguments, "data.values")
    option = values.input_option(arguments.get("valueInputOption"))
    written = values.update(context.spreadsheet, arguments["range"], rows, option)
    return _written(context, written, arguments)


def values_append(context: Context, arguments: JsonObject) -> JsonObject:
    """`spreadsheets.values.append`."""
    rows = values.checked_values(arguments, "data.values")
    option = values.input_option(arguments.get("valueInputOption"))
    insert = checked_option(
        "insert_data_option", arguments.get("insertDataOption"), (OVERWRITE, INSERT_ROWS), OVERWRITE
    )
    context.settle_formulas()
    table, written = append(context.spreadsheet, arguments["range"], rows, option, insert)
    answer: JsonObject = {"spreadsheetId": context.spreadsheet.spreadsheet_id}
    if table is not None:
        answer["tableRange"] = written.sheet.a1(table)
    answer["updates"] = _written(context, written, arguments)
    return answer


def values_clear(context: Context, arguments: JsonObject) -> JsonObject:
    """`spreadsheets.values.clear`."""
    sheet, area = values.clear(context.spreadsheet, arguments["range"])
    context.changed(area)
    return {"spreadsheetId": context.spreadsheet.spreadsheet_id, "clearedRange": sheet.a1(area)}


def _with_totals(context: Context, done: list[tuple[values.Written, JsonObject]]) -> JsonObject:
    """The sums over several writes; a row or column written twice counts once."""
    rows: set[tuple[int, int]] = set()
    columns: set[tuple[int, int]] = set()
    sheets: set[int] = set()
    cells = 0
    for written, _ in done:
        if not written.cells:
            continue
        cells += written.cells
        area = written.area
        sheets.add(area.sheet_id)
        rows.update((area.sheet_id, row) for row in range(area.start_row, area.end_row))
        columns.update(
            (area.sheet_id, column) for column in range(area.start_column, area.end_column)
        )
    answer: JsonObject = {"spreadsheetId": context.spreadsheet.spreadsheet_id}
    if cells:
        answer["totalUpdatedRows"] = len(rows)
        answer["totalUpdatedColumns"] = len(columns)
        answer["totalUpdatedCells"] = cells
        answer["totalUpdatedSheets"] = len(sheets)
    if done:
        answer["responses"] = [response for _, response in done]
    return answer


def values_batch_update(context: Context, arguments: JsonObject) -> JsonObject:
    """`spreadsheets.values.batchUpdate`."""
    option = values.input_option(arguments.get("valueInputOption"))
    done: list[tuple[values.Written, JsonObject]] = []
    for at, item in enumerate(arguments.get("data") or []):
        rows = values.checked_values(item, f"data[{at}].values")
        if "range" not in item:
            raise invalid(f"Invalid data[{at}]: Unable to parse range: ")
        written = values.update(context.spreadsheet, item["range"], rows, option)
        done.append((written, _written(context, written, arguments)))
    return _with_totals(context, done)


def values_batch_clear(context: Context, arguments: JsonObject) -> JsonObject:
    """`spreadsheets.values.batchClear`."""
    cleared = []
    for text in arguments.get("ranges") or []:
        sheet, area = values.clear(context.spreadsheet, text)
        context.changed(area)
        cleared.append(sheet.a1(area))
    return {"spreadsheetId": context.spreadsheet.spreadsheet_id, "clearedRanges": cleared}


def _only_area(context: Context, data_filter: JsonObject) -> tuple[Sheet, Area]:
    found = areas(context.spreadsheet, data_filter)
    if len(found) != 1:
        raise invalid(f"A data filter must select one range to write to, not {len(found)}.")
    return found[0]


def values_batch_update_by_data_filter(context: Context, arguments: JsonObject) -> JsonObject:
    """`spreadsheets.values.batchUpdateByDataFilter`."""
    option = values.input_option(arguments.get("valueInputOption"))
    done: list[tuple[values.Written, JsonObject]] = []
    for at, item in enumerate(arguments.get("data") or []):
        data_filter = item.get("dataFilter") or {}
        sheet, area = _only_area(context, data_filter)
        rows = values.checked_values(item, f"data[{at}].values")
        written = values.update(context.spreadsheet, sheet.a1(area), rows, option)
        answer = _written(context, written, arguments)
        answer.pop("spreadsheetId", None)
        done.append((written, {**answer, "dataFilter": data_filter}))
    return _with_totals(context, done)


def values_batch_clear_by_data_filter(context: Context, arguments: JsonObject) -> JsonObject:
    """`spreadsheets.values.batchClearByDataFilter`."""
    cleared = []
    for data_filter in arguments.get("dataFilters") or []:
        for sheet, area in areas(context.spreadsheet, data_filter):
            sheet.grid.clear_content(area)
            context.changed(area)
            cleared.append(sheet.a1(area))
    context.spreadsheet.formulas_are_stale = True
    return {"spreadsheetId": context.spreadsheet.spreadsheet_id, "clearedRanges": cleared}


def fill_new(context: Context, arguments: JsonObject) -> JsonObject:
    """The tabs, data and named ranges that `spreadsheets.create` was given."""
    wanted: list[JsonObject] = arguments.get("sheets") or []
    default = context.spreadsheet.sheets[0]
    for at, sheet in enumerate(wanted):
        properties: JsonObject = dict(sheet.get("properties") or {})
        properties.setdefault("title", f"Sheet{at + 1}")
        if at == 0:
            context.spreadsheet.sheets.remove(default)
            properties.setdefault("sheetId", 0)
        reply = run(context, [{"addSheet": {"properties": properties}}])[0]
        sheet_id = reply["addSheet"]["properties"]["sheetId"]
        requests: list[JsonObject] = [
            {
                "updateCells": {
                    "start": {
                        "sheetId": sheet_id,
                        "rowIndex": data.get("startRow", 0),
                        "columnIndex": data.get("startColumn", 0),
                    },
                    "rows": data.get("rowData", []),
                    "fields": "*",
                }
            }
            for data in sheet.get("data", [])
        ]
        if requests:
            run(context, requests)
    named = [
        {"addNamedRange": {"namedRange": named}} for named in arguments.get("namedRanges") or []
    ]
    if named:
        run(context, named)
    return {}


CALLS: dict[str, Call] = {
    "spreadsheets.batchUpdate": batch_update,
    "spreadsheets.values.update": values_update,
    "spreadsheets.values.append": values_append,
    "spreadsheets.values.clear": values_clear,
    "spreadsheets.values.batchUpdate": values_batch_update,
    "spreadsheets.values.batchClear": values_batch_clear,
    "spreadsheets.values.batchUpdateByDataFilter": values_batch_update_by_data_filter,
    "spreadsheets.values.batchClearByDataFilter": values_batch_clear_by_data_filter,
    "spreadsheets.create": fill_new,
}
