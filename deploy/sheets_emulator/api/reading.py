"""The calls that change nothing, by the method's name in the discovery document."""

from collections.abc import Callable
from typing import TypeAlias

from deploy.sheets_emulator.api import field_mask, values
from deploy.sheets_emulator.api.data_filter import areas, matching_metadata
from deploy.sheets_emulator.api.errors import RequestError, invalid, not_found
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


def get_by_data_filter(
    spreadsheet: Spreadsheet, arguments: JsonObject, mask: MaskTree
) -> JsonObject:
    """`spreadsheets.getByDataFilter`."""
    ranges = [
        found
        for data_filter in arguments.get("dataFilters") or []
        for found in areas(spreadsheet, data_filter)
    ]
    with_data = bool(arguments.get("includeGridData")) and not mask
    return spreadsheet_resource(spreadsheet, mask, ranges, with_data)


def values_batch_get_by_data_filter(
    spreadsheet: Spreadsheet, arguments: JsonObject, mask: MaskTree
) -> JsonObject:
    """`spreadsheets.values.batchGetByDataFilter`."""
    found = [
        {
            "valueRange": values.value_range(sheet, area, *_options(arguments)),
            "dataFilters": [data_filter],
        }
        for data_filter in arguments.get("dataFilters") or []
        for sheet, area in areas(spreadsheet, data_filter)
    ]
    answer: JsonObject = {"spreadsheetId": spreadsheet.spreadsheet_id}
    if found:
        answer["valueRanges"] = found
    return _kept(answer, mask)


def metadata_get(spreadsheet: Spreadsheet, arguments: JsonObject, mask: MaskTree) -> JsonObject:
    """`spreadsheets.developerMetadata.get`."""
    entry = spreadsheet.metadata.get(arguments["metadataId"])
    if entry is None:
        raise not_found()
    return _kept(entry.to_json(), mask)


def metadata_search(spreadsheet: Spreadsheet, arguments: JsonObject, mask: MaskTree) -> JsonObject:
    """`spreadsheets.developerMetadata.search`: each entry once, with the filters that chose it."""
    chosen_by: dict[int, list[JsonObject]] = {}
    for data_filter in arguments.get("dataFilters") or []:
        try:
            entries = matching_metadata(spreadsheet, data_filter)
        except RequestError as error:
            raise invalid(f"Invalid dataFilter: {error}") from None
        for entry in entries:
            chosen_by.setdefault(entry.metadata_id, []).append(data_filter)
    found = [
        {
            "developerMetadata": spreadsheet.metadata[metadata_id].to_json(),
            "dataFilters": data_filters,
        }
        for metadata_id, data_filters in chosen_by.items()
    ]
    return _kept({"matchedDeveloperMetadata": found} if found else {}, mask)


READS: dict[str, Read] = {
    "spreadsheets.get": get,
    "spreadsheets.getByDataFilter": get_by_data_filter,
    "spreadsheets.developerMetadata.get": metadata_get,
    "spreadsheets.developerMetadata.search": metadata_search,
    "spreadsheets.values.batchGetByDataFilter": values_batch_get_by_data_filter,
    "spreadsheets.values.get": values_get,
    "spreadsheets.values.batchGet": values_batch_get,
}
