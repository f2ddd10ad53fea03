"""Requests on rows and columns: insert, delete, append, move, properties, groups, sizes."""

from dataclasses import replace

from deploy.sheets_emulator.api import field_mask
from deploy.sheets_emulator.api.batch_update.cells import grow
from deploy.sheets_emulator.api.batch_update.context import Context
from deploy.sheets_emulator.api.errors import RequestError
from deploy.sheets_emulator.api.ranges import Lines, dimension_of, lines_of, sheet_of
from deploy.sheets_emulator.api.resource import dimension_group
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.area import COLUMNS, ROWS
from deploy.sheets_emulator.model.cell_value import CellValue
from deploy.sheets_emulator.model.sheet import DimensionGroup, Sheet
from deploy.sheets_emulator.model.spreadsheet import MOST_CELLS
from deploy.sheets_emulator.model.structure import delete_lines, insert_lines, move_lines
from deploy.sheets_emulator.number_format import format_value

_PIXELS_OF_A_CHARACTER = 7
_MARGIN_PIXELS = 12


def insert_dimension(context: Context, request: JsonObject) -> JsonObject:
    """Put in rows or columns; they take the neighbour's formats."""
    lines = lines_of(context.spreadsheet, request.get("range"))
    sheet, size, count = lines.sheet, lines.sheet.size(lines.dimension), lines.end - lines.start
    inherit: bool = request.get("inheritFromBefore", False)
    if lines.start > size or (lines.start == size and not inherit):
        raise RequestError(
            f"range.startIndex[{lines.start}] is after last {lines.noun} in grid[{size}]"
        )
    if inherit and lines.start == 0:
        raise RequestError(
            "inheritFromBefore cannot be true when inserting at the start of the sheet."
        )
    other = sheet.size(COLUMNS if lines.dimension == ROWS else ROWS)
    if context.spreadsheet.cell_count() + count * other > MOST_CELLS:
        raise RequestError(
            "This action would increase the number of cells in the workbook above the limit of "
            f"{MOST_CELLS} cells."
        )
    insert_lines(context.spreadsheet, sheet, lines.dimension, lines.start, count)
    source = lines.start - 1 if inherit else lines.end
    sheet.grid.inherit_formats(lines.dimension, source, lines.start, count)
    context.changed(sheet.sheet_id)
    return {}


def delete_dimension(context: Context, request: JsonObject) -> JsonObject:
    """Take rows or columns out; at least one must stay."""
    lines = lines_of(context.spreadsheet, request.get("range"))
    sheet, size = lines.sheet, lines.sheet.size(lines.dimension)
    if lines.start >= size:
        raise RequestError(
            f"Cannot delete a {lines.noun} that doesn't exist. Tried to delete {lines.noun} "
            f"index {lines.start} but there are only {size} {lines.noun}s."
        )
    end = min(lines.end, size)
    if end - lines.start >= size:
        raise RequestError(f"You can't delete all the {lines.noun}s on the sheet.")
    frozen: int = sheet.grid_options.get(f"frozen{lines.noun.title()}Count", 0)
    if lines.start <= frozen and end == size:
        raise RequestError(f"Sorry, it is not possible to delete all non-frozen {lines.noun}s.")
    if lines.start < frozen:
        left = frozen - (min(frozen, end) - lines.start)
        sheet.grid_options[f"frozen{lines.noun.title()}Count"] = left
    delete_lines(context.spreadsheet, sheet, lines.dimension, lines.start, end)
    context.changed(sheet.sheet_id)
    return {}


def append_dimension(context: Context, request: JsonObject) -> JsonObject:
    """Add empty rows or columns at the end."""
    sheet = sheet_of(context.spreadsheet, request.get("sheetId"))
    dimension, length = dimension_of(request), request.get("length", 0)
    if length <= 0:
        raise RequestError("length must be greater than 0.")
    rows = sheet.row_count + (length if dimension == ROWS else 0)
    columns = sheet.column_count + (length if dimension == COLUMNS else 0)
    grow(context, sheet, rows, columns)
    context.changed(sheet.sheet_id)
    return {}


_NONE: JsonObject = {}


def move_dimension(context: Context, request: JsonObject) -> JsonObject:
    """Move rows or columns; the destination counts before the removal."""
    lines = lines_of(context.spreadsheet, request.get("source"))
    size = lines.sheet.size(lines.dimension)
    destination: int = request.get("destinationIndex", 0)
    if lines.end > size or lines.start >= size:
        raise RequestError(f"source.endIndex[{lines.end}] is after last {lines.noun} in grid.")
    if not 0 <= destination <= size:
        raise RequestError(f"destinationIndex[{destination}] is outside of the grid.")
    if lines.start < destination < lines.end:
        raise RequestError("destinationIndex must not be inside of the source range.")
    if destination not in (lines.start, lines.end):
        move_lines(
            context.spreadsheet, lines.sheet, lines.dimension, lines.start, lines.end, destination
        )
    context.changed(lines.sheet.sheet_id)
    return {}


def update_dimension_properties(context: Context, request: JsonObject) -> JsonObject:
    """Set size or hiding of rows or columns."""
    lines = lines_of(context.spreadsheet, request.get("range"))
    mask = _mask(request)
    special = lines.sheet.properties_of(lines.dimension)
    before: JsonObject | None = None
    changed: JsonObject = {}
    for index in range(lines.start, min(lines.end, lines.sheet.size(lines.dimension))):
        known = special.get(index, _NONE)
        if known is not before:  # side by side most are the same
            before = known
            changed = field_mask.merge(known, request.get("properties", {}), mask)
            changed = {name: value for name, value in changed.items() if value}
        if changed:
            special[index] = changed
        else:
            special.pop(index, None)
    context.changed(lines.sheet.sheet_id)
    return {}


def _mask(request: JsonObject) -> field_mask.MaskTree:
    try:
        return field_mask.written_fields(request.get("fields"))
    except ValueError as error:
        raise RequestError(str(error)) from None


def auto_resize_dimensions(context: Context, request: JsonObject) -> JsonObject:
    """Make columns as wide as their longest text; rows go back to their usual height."""
    context.settle_formulas()
    lines = lines_of(context.spreadsheet, request.get("dimensions"))
    sheet, special = lines.sheet, lines.sheet.properties_of(lines.dimension)
    for index in range(lines.start, min(lines.end, sheet.size(lines.dimension))):
        if lines.dimension == ROWS:
            special.pop(index, None)
            continue
        width = max((_text_width(row, index) for row in sheet.grid.values.rows), default=0)
        if width:
            pixels = width * _PIXELS_OF_A_CHARACTER + _MARGIN_PIXELS
            special[index] = {**special.get(index, {}), "pixelSize": pixels}
    context.changed(sheet.sheet_id)
    return {}


def _text_width(row: list[CellValue], column: int) -> int:
    """Characters of the longest line that the cell shows."""
    if column >= len(row) or row[column] is None:
        return 0
    return max(map(len, format_value(row[column], None).split("\n")))


def _groups(sheet: Sheet, dimension: str) -> list[JsonObject]:
    return [dimension_group(group, sheet) for group in sheet.groups if group.dimension == dimension]


def add_dimension_group(context: Context, request: JsonObject) -> JsonObject:
    """Fold rows or columns into a group; one inside another lies deeper."""
    lines = lines_of(context.spreadsheet, request.get("range"))
    sheet = lines.sheet
    depth = 1 + max(
        (
            group.depth
            for group in sheet.groups
            if group.dimension == lines.dimension
            and group.start <= lines.start
            and lines.end <= group.end
        ),
        default=0,
    )
    sheet.groups.append(DimensionGroup(lines.dimension, lines.start, lines.end, depth))
    sheet.groups.sort(key=lambda group: (group.depth, group.start))
    # Seen in recorded answers: the flag shows after the first group and stays.
    sheet.grid_options[f"{lines.noun}GroupControlAfter"] = True
    context.changed(sheet.sheet_id)
    return {"addDimensionGroup": {"dimensionGroups": _groups(sheet, lines.dimension)}}


def delete_dimension_group(context: Context, request: JsonObject) -> JsonObject:
    """Take a group away; the rows or columns stay."""
    lines = lines_of(context.spreadsheet, request.get("range"))
    sheet = lines.sheet
    matching = [group for group in sheet.groups if _same_lines(group, lines)]
    if not matching:
        raise RequestError("The specified range is not part of a dimension group.")
    sheet.groups.remove(max(matching, key=lambda group: group.depth))
    context.changed(sheet.sheet_id)
    left = _groups(sheet, lines.dimension)
    return {"deleteDimensionGroup": {"dimensionGroups": left} if left else {}}


def update_dimension_group(context: Context, request: JsonObject) -> JsonObject:
    """Fold or unfold a group."""
    wanted: JsonObject = request.get("dimensionGroup", {})
    lines = lines_of(context.spreadsheet, wanted.get("range"))
    mask = _mask(request)
    for at, group in enumerate(lines.sheet.groups):
        if _same_lines(group, lines) and group.depth == wanted.get("depth", 1):
            if field_mask.includes(mask, "collapsed"):
                collapsed = bool(wanted.get("collapsed"))
                lines.sheet.groups[at] = replace(group, collapsed=collapsed)
            context.changed(lines.sheet.sheet_id)
            return {}
    raise RequestError("There is no dimension group with that range and depth.")


def _same_lines(group: DimensionGroup, lines: Lines) -> bool:
    return (group.dimension, group.start, group.end) == (lines.dimension, lines.start, lines.end)
