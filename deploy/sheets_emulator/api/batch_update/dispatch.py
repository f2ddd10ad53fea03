"""Runs the requests of a batch in order and names the one that failed.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request
"""

from deploy.sheets_emulator.api import protection
from deploy.sheets_emulator.api.batch_update import (
    cells,
    decoration,
    dimensions,
    filtering,
    metadata,
    named_ranges,
    pasting,
    ranges_of_cells,
    sheets,
)
from deploy.sheets_emulator.api.batch_update.context import Context, Handler
from deploy.sheets_emulator.api.errors import ApiError, RequestError, invalid
from deploy.sheets_emulator.json_types import JsonObject

HANDLERS: dict[str, Handler] = {
    "addConditionalFormatRule": decoration.add_conditional_format_rule,
    "addDimensionGroup": dimensions.add_dimension_group,
    "addNamedRange": named_ranges.add_named_range,
    "addProtectedRange": decoration.add_protected_range,
    "addSheet": sheets.add_sheet,
    "appendCells": cells.append_cells,
    "appendDimension": dimensions.append_dimension,
    "autoResizeDimensions": dimensions.auto_resize_dimensions,
    "clearBasicFilter": filtering.clear_basic_filter,
    "copyPaste": pasting.copy_paste,
    "createDeveloperMetadata": metadata.create_developer_metadata,
    "cutPaste": pasting.cut_paste,
    "deleteConditionalFormatRule": decoration.delete_conditional_format_rule,
    "deleteDeveloperMetadata": metadata.delete_developer_metadata,
    "deleteDimension": dimensions.delete_dimension,
    "deleteDimensionGroup": dimensions.delete_dimension_group,
    "deleteNamedRange": named_ranges.delete_named_range,
    "deleteProtectedRange": decoration.delete_protected_range,
    "deleteRange": ranges_of_cells.delete_range,
    "deleteSheet": sheets.delete_sheet,
    "duplicateSheet": sheets.duplicate_sheet,
    "findReplace": ranges_of_cells.find_replace,
    "insertDimension": dimensions.insert_dimension,
    "insertRange": ranges_of_cells.insert_range,
    "mergeCells": decoration.merge_cells,
    "moveDimension": dimensions.move_dimension,
    "repeatCell": cells.repeat_cell,
    "setBasicFilter": filtering.set_basic_filter,
    "setDataValidation": decoration.set_data_validation,
    "sortRange": ranges_of_cells.sort_range,
    "unmergeCells": decoration.unmerge_cells,
    "updateBorders": decoration.update_borders,
    "updateCells": cells.update_cells,
    "updateDeveloperMetadata": metadata.update_developer_metadata,
    "updateDimensionGroup": dimensions.update_dimension_group,
    "updateDimensionProperties": dimensions.update_dimension_properties,
    "updateNamedRange": named_ranges.update_named_range,
    "updateProtectedRange": decoration.update_protected_range,
    "updateSheetProperties": sheets.update_sheet_properties,
    "updateSpreadsheetProperties": sheets.update_spreadsheet_properties,
}


def kind_of(request: JsonObject, index: int) -> str:
    """The one member that a request sets; ApiError 400 if it sets none or two."""
    if not request:
        raise invalid(f"Invalid requests[{index}]: No request set.")
    if len(request) > 1:
        names = ", ".join(sorted(request))
        raise invalid(f"Invalid requests[{index}]: oneof field 'kind' is set twice: {names}.")
    return next(iter(request))


def run(context: Context, requests: list[JsonObject]) -> list[JsonObject]:
    """Carry the requests out; the replies mirror them.

    Raises ApiError 400 `Invalid requests[i].<kind>: …` at the first that cannot be done; the
    caller puts the spreadsheet back as it was.
    """
    if not requests:
        raise invalid("Must specify at least one request.")
    replies: list[JsonObject] = []
    for index, request in enumerate(requests):
        kind = kind_of(request, index)
        handler = HANDLERS.get(kind)
        if handler is None:
            raise ApiError(
                501, f"Invalid requests[{index}].{kind}: The emulator does not know this request."
            )
        try:
            before = len(context.touched)
            replies.append(handler(context, request[kind]))
            protection.check(context, before)
        except RequestError as error:
            raise invalid(f"Invalid requests[{index}].{kind}: {error}") from None
    return replies
