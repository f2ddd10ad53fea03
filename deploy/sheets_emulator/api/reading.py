"""The calls that change nothing, by the method's name in the discovery document."""

from collections.abc import Callable
from typing import TypeAlias

from deploy.sheets_emulator.api import field_mask, values
from deploy.sheets_emulator.api.field_mask import MaskTree
from deploy.sheets_emulator.api.resource import spreadsheet_resource
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.spreadsheet import Spreadsheet

Read: TypeAlias = Callable[[Spreadsheet, JsonObject, MaskTree], JsonObject]


def get(spreadsheet: Spreadsheet, arguments: JsonObject, mask: MaskTree) -> JsonObject:
    """`spreadsheets.get`; with a mask, `includeGridData` is ignored."""
    ranges = [values.resolve(spreadsheet, text) for text in arguments.get("ranges") or []]
    with_data = bool(arguments.get("includeGridData")) and not mask
    return spreadsheet_resource(spreadsheet, mask, ranges, with_data)


def _options(arguments: JsonObject) -> tuple[str | None, str | None, str | None]:
    return (
        arguments.get("valueRenderOption"),
        arguments.get("dateTimeRenderOption"),
        arguments.get("majorDimension"),
    )


def values_get(spreadsheet: Spreadsheet, arguments: JsonObject, mask: MaskTree) -> JsonObject:
    """`spreadsheets.values.get`."""
    answer = values.get(spreadsheet, arguments["range"], *_options(arguments))
    return _kept(answer, mask)


def values_batch_get(spreadsheet: Spreadsheet, arguments: JsonObject, mask: MaskTree) -> JsonObject:
    """`spreadsheets.values.batchGet`."""
    found = [
        values.get(spreadsheet, text, *_options(arguments))
        for text in arguments.get("ranges") or []
    ]
    answer: JsonObject = {"spreadsheetId": spreadsheet.spreadsheet_id}
    if found:
        answer["valueRanges"] = found
    return _kept(answer, mask)


def _kept(answer: JsonObject, mask: MaskTree) -> JsonObject:
    kept: JsonObject = field_mask.keep(answer, mask)
    return kept


READS: dict[str, Read] = {
    "spreadsheets.get": get,
    "spreadsheets.values.get": values_get,
    "spreadsheets.values.batchGet": values_batch_get,
}
