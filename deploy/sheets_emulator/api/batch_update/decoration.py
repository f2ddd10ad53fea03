"""Requests on what surrounds the content: merges, protection, rules, borders."""

from collections.abc import Iterator

from deploy.sheets_emulator.api import field_mask
from deploy.sheets_emulator.api.batch_update.context import Context
from deploy.sheets_emulator.api.batch_update.sheets import mask_of
from deploy.sheets_emulator.api.cell_data import intern_format
from deploy.sheets_emulator.api.errors import RequestError
from deploy.sheets_emulator.api.ranges import area_of, sheet_of
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.area import Area
from deploy.sheets_emulator.model.sheet import Sheet


def merge_cells(context: Context, request: JsonObject) -> JsonObject:
    """Merge the range, or its rows or columns each; only the top left content stays."""
    sheet, area = area_of(context.spreadsheet, request.get("range"))
    kind = request.get("mergeType", "MERGE_ALL")
    for merge in sheet.merges:
        if merge.intersects(area) and not area.contains(merge):
            raise RequestError(
                "You must select all cells in a merged range to merge or unmerge them."
            )
    sheet.merges = [merge for merge in sheet.merges if not area.contains(merge)]
    for part in _parts(area, kind):
        if part.height * part.width < 2:
            continue
        sheet.merges.append(part)
        first = sheet.grid.values.get(part.start_row, part.start_column)
        formula = sheet.grid.formulas.get(part.start_row, part.start_column)
        sheet.grid.clear_content(part)
        if first is not None or formula is not None:
            sheet.grid.set_content(part.start_row, part.start_column, first, formula)
    context.spreadsheet.formulas_are_stale = True
    context.changed(area)
    return {}


def _parts(area: Area, kind: str) -> Iterator[Area]:
    if kind == "MERGE_ROWS":
        for row in range(area.start_row, area.end_row):
            yield Area(area.sheet_id, row, row + 1, area.start_column, area.end_column)
    elif kind == "MERGE_COLUMNS":
        for column in range(area.start_column, area.end_column):
            yield Area(area.sheet_id, area.start_row, area.end_row, column, column + 1)
    else:
        yield area


def unmerge_cells(context: Context, request: JsonObject) -> JsonObject:
    """Take the merges in the range apart."""
    sheet, area = area_of(context.spreadsheet, request.get("range"))
    for merge in sheet.merges:
        if merge.intersects(area) and not area.contains(merge):
            raise RequestError(
                "You must select all cells in a merged range to merge or unmerge them."
            )
    sheet.merges = [merge for merge in sheet.merges if not area.contains(merge)]
    context.changed(area)
    return {}


def add_protected_range(context: Context, request: JsonObject) -> JsonObject:
    """Protect a range or a tab; the reply holds the id."""
    wanted: JsonObject = dict(request.get("protectedRange", {}))
    sheet = _owner(context, wanted)
    wanted.setdefault("protectedRangeId", context.spreadsheet.new_id())
    if _find_protected(context, wanted["protectedRangeId"]) is not None:
        raise RequestError(
            f"A protected range with ID: {wanted['protectedRangeId']} already exists."
        )
    wanted["requestingUserCanEdit"] = True
    sheet.protected_ranges.append(wanted)
    context.changed(sheet.sheet_id)
    return {"addProtectedRange": {"protectedRange": wanted}}


def _owner(context: Context, protected: JsonObject) -> Sheet:
    if protected.get("namedRangeId") is not None:
        for named in context.spreadsheet.named_ranges:
            if named.named_range_id == protected["namedRangeId"] and named.area is not None:
                return sheet_of(context.spreadsheet, named.area.sheet_id)
        raise RequestError(f"Cannot find a named range with ID: {protected['namedRangeId']}")
    if protected.get("range") is None:
        raise RequestError("Must specify either range or namedRangeId.")
    return sheet_of(context.spreadsheet, protected["range"].get("sheetId"))


def _find_protected(context: Context, protected_id: int) -> tuple[Sheet, int] | None:
    for sheet in context.spreadsheet.sheets:
        for at, protected in enumerate(sheet.protected_ranges):
            if protected["protectedRangeId"] == protected_id:
                return sheet, at
    return None


def update_protected_range(context: Context, request: JsonObject) -> JsonObject:
    """Change the masked fields of a protection."""
    wanted: JsonObject = request.get("protectedRange", {})
    mask = mask_of(request)
    sheet, at = _known_protected(context, wanted.get("protectedRangeId", 0))
    kept_id = sheet.protected_ranges[at]["protectedRangeId"]
    merged = field_mask.merge(sheet.protected_ranges[at], wanted, mask)
    sheet.protected_ranges[at] = {**merged, "protectedRangeId": kept_id}
    context.changed(sheet.sheet_id)
    return {}


def delete_protected_range(context: Context, request: JsonObject) -> JsonObject:
    """Take a protection away."""
    sheet, at = _known_protected(context, request.get("protectedRangeId", 0))
    del sheet.protected_ranges[at]
    context.changed(sheet.sheet_id)
    return {}


def _known_protected(context: Context, protected_id: int) -> tuple[Sheet, int]:
    found = _find_protected(context, protected_id)
    if found is None:
        raise RequestError(f"No protected range with ID: {protected_id}")
    return found


def set_data_validation(context: Context, request: JsonObject) -> JsonObject:
    """Give every cell of the range a rule, or take the rules away."""
    sheet, area = area_of(context.spreadsheet, request.get("range"))
    rule: JsonObject | None = request.get("rule")
    row: dict[int, JsonObject] = dict.fromkeys(range(area.width), rule) if rule else {}
    sheet.grid.validations.put(area.start_row, area.start_column, area.width, [row] * area.height)
    context.changed(area)
    return {}


def update_borders(context: Context, request: JsonObject) -> JsonObject:
    """Set the borders around and inside a range."""
    sheet, area = area_of(context.spreadsheet, request.get("range"))
    for row in range(area.start_row, area.end_row):
        for column in range(area.start_column, area.end_column):
            edges = {
                "top": "top" if row == area.start_row else "innerHorizontal",
                "bottom": "bottom" if row == area.end_row - 1 else "innerHorizontal",
                "left": "left" if column == area.start_column else "innerVertical",
                "right": "right" if column == area.end_column - 1 else "innerVertical",
            }
            given = {side: request[name] for side, name in edges.items() if name in request}
            own = sheet.grid.formats.get(row, column) or {}
            borders = {**own.get("borders", {}), **given}
            borders = {side: line for side, line in borders.items() if _is_drawn(line)}
            style = {name: item for name, item in own.items() if name != "borders"}
            if borders:
                style["borders"] = borders
            sheet.grid.formats.set(row, column, intern_format(style) if style else None)
    context.changed(area)
    return {}


def _is_drawn(line: JsonObject) -> bool:
    return line.get("style", "NONE") not in ("NONE", "STYLE_UNSPECIFIED")


def add_conditional_format_rule(context: Context, request: JsonObject) -> JsonObject:
    """Keep a conditional format; it colours nothing here."""
    rule: JsonObject = request.get("rule", {})
    ranges: list[JsonObject] = rule.get("ranges", [])
    if not ranges:
        raise RequestError("rule.ranges must not be empty.")
    sheet = sheet_of(context.spreadsheet, ranges[0].get("sheetId"))
    sheet.conditional_formats.insert(request.get("index", 0), rule)
    context.changed(sheet.sheet_id)
    return {}


def delete_conditional_format_rule(context: Context, request: JsonObject) -> JsonObject:
    """Drop a conditional format by its place in the tab's list."""
    sheet = sheet_of(context.spreadsheet, request.get("sheetId"))
    index: int = request.get("index", 0)
    if not 0 <= index < len(sheet.conditional_formats):
        raise RequestError(f"No conditional format on sheet: {sheet.sheet_id} at index: {index}")
    rule = sheet.conditional_formats.pop(index)
    context.changed(sheet.sheet_id)
    return {"deleteConditionalFormatRule": {"rule": rule}}
