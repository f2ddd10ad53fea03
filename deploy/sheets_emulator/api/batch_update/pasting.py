"""copyPaste and cutPaste.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request#pastetype
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from deploy.sheets_emulator.api.batch_update.context import Context
from deploy.sheets_emulator.api.errors import RequestError
from deploy.sheets_emulator.api.ranges import area_of, coordinate_of
from deploy.sheets_emulator.formulas.shifting import cells_cut, copied
from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.area import Area
from deploy.sheets_emulator.model.grid import Block, Grid
from deploy.sheets_emulator.model.sheet import Sheet

Item = TypeVar("Item")

_CONTENT = frozenset({"content"})
_PARTS: dict[str, frozenset[str]] = {
    "PASTE_NORMAL": frozenset({"content", "formats", "notes", "validations", "others", "merges"}),
    "PASTE_NO_BORDERS": frozenset({"content", "formats", "notes", "validations", "others"}),
    "PASTE_VALUES": frozenset({"values"}),
    "PASTE_FORMULA": _CONTENT,
    "PASTE_FORMAT": frozenset({"formats", "validations"}),
    "PASTE_DATA_VALIDATION": frozenset({"validations"}),
    "PASTE_CONDITIONAL_FORMATTING": frozenset(),
}


def _parts_of(request: JsonObject) -> frozenset[str]:
    kind = request.get("pasteType", "PASTE_NORMAL")
    if kind not in _PARTS:
        raise RequestError(f"Invalid pasteType: {kind}")
    return _PARTS[kind]


def copy_paste(context: Context, request: JsonObject) -> JsonObject:
    """Copy a range; a destination that is a multiple of its size is filled with repeats."""
    context.settle_formulas()
    source_sheet, source = area_of(context.spreadsheet, request.get("source"))
    target_sheet, target = area_of(context.spreadsheet, request.get("destination"))
    parts = _parts_of(request)
    block = source_sheet.grid.take(source)
    if request.get("pasteOrientation", "NORMAL") == "TRANSPOSE":
        block = _transposed(block)
    down = target.height // block.height if target.height % block.height == 0 else 1
    across = target.width // block.width if target.width % block.width == 0 else 1
    filled = Area(
        target.sheet_id,
        target.start_row,
        target.start_row + down * block.height,
        target.start_column,
        target.start_column + across * block.width,
    )
    _check_fits(target_sheet, filled)
    merges = [area for area in source_sheet.merges if source.contains(area)]
    if "merges" in parts:
        target_sheet.merges = [area for area in target_sheet.merges if not filled.contains(area)]
    for tile_row in range(filled.start_row, filled.end_row, block.height):
        for tile_column in range(filled.start_column, filled.end_column, block.width):
            by = (tile_row - source.start_row, tile_column - source.start_column)
            _put(target_sheet.grid, tile_row, tile_column, block, parts, by)
            if "merges" in parts:
                target_sheet.merges.extend(_moved(area, target.sheet_id, by) for area in merges)
    context.spreadsheet.formulas_are_stale = True
    context.cells_written += filled.height * filled.width
    context.changed(filled)
    return {}


def _check_fits(sheet: Sheet, area: Area) -> None:
    if area.end_row > sheet.row_count or area.end_column > sheet.column_count:
        raise RequestError("The destination range would lie outside of the grid.")


def _moved(area: Area, sheet_id: int, by: tuple[int, int]) -> Area:
    return Area(
        sheet_id,
        area.start_row + by[0],
        area.end_row + by[0],
        area.start_column + by[1],
        area.end_column + by[1],
    )


def _put(
    grid: Grid, row: int, column: int, block: Block, parts: frozenset[str], by: tuple[int, int]
) -> None:
    """Put the chosen parts of a block; formulas read as after a copy by `by`."""
    width = block.width
    if "content" in parts or "values" in parts:
        grid.values.put(row, column, block.values)
        formulas: Sequence[dict[int, str] | None] = [None] * block.height
        if "content" in parts:
            formulas = [
                items and {at: copied(text, *by) for at, text in items.items()}
                for items in block.formulas
            ]
        grid.formulas.put(row, column, width, formulas)
    if "formats" in parts:
        grid.formats.put(row, column, width, block.formats)
    if "notes" in parts:
        grid.notes.put(row, column, width, block.notes)
    if "validations" in parts:
        grid.validations.put(row, column, width, block.validations)
    if "others" in parts:
        grid.others.put(row, column, width, block.others)


def _transposed(block: Block) -> Block:
    def turn(rows: list[dict[int, Item] | None]) -> list[dict[int, Item] | None]:
        turned: list[dict[int, Item]] = [{} for _ in range(block.width)]
        for at, items in enumerate(rows):
            for column, item in (items or {}).items():
                turned[column][at] = item
        return [items or None for items in turned]

    return Block(
        block.width,
        block.height,
        [list(column) for column in zip(*block.values, strict=True)],
        turn(block.formulas),
        turn(block.formats),
        turn(block.notes),
        turn(block.validations),
        turn(block.others),
    )


def cut_paste(context: Context, request: JsonObject) -> JsonObject:
    """Move cells; references to them and named ranges around them follow, row metadata does not."""
    context.settle_formulas()
    source_sheet, source = area_of(context.spreadsheet, request.get("source"))
    target_sheet, row, column = coordinate_of(context.spreadsheet, request.get("destination") or {})
    parts = _parts_of(request)
    target = Area(target_sheet.sheet_id, row, row + source.height, column, column + source.width)
    _check_fits(target_sheet, target)
    if "content" in parts:
        move_cells(context, source_sheet, source, target_sheet, target)
    else:
        _put(target_sheet.grid, row, column, source_sheet.grid.take(source), parts, (0, 0))
        source_sheet.grid.clear(source)
    context.spreadsheet.formulas_are_stale = True
    context.cells_written += 2 * source.height * source.width
    context.changed(source)
    context.changed(target)
    return {}


def move_cells(
    context: Context, source_sheet: Sheet, source: Area, target_sheet: Sheet, target: Area
) -> None:
    """Move cells with all that they have; what referred to them follows."""
    block = source_sheet.grid.take(source)
    merges = [area for area in source_sheet.merges if source.contains(area)]
    source_sheet.grid.clear(source)
    source_sheet.merges = [area for area in source_sheet.merges if area not in merges]
    target_sheet.grid.put(target.start_row, target.start_column, block)
    by = (target.start_row - source.start_row, target.start_column - source.start_column)
    target_sheet.merges.extend(_moved(area, target.sheet_id, by) for area in merges)

    def follow(text: str, on_source: bool) -> str:
        return cells_cut(text, on_source, source_sheet.title, source, target_sheet.title, by)

    rewrite_formulas(context, lambda sheet, text: follow(text, sheet is source_sheet))
    context.spreadsheet.named_ranges = [
        replace(named, area=_moved(named.area, target.sheet_id, by))
        if named.area is not None and source.contains(named.area)
        else named
        for named in context.spreadsheet.named_ranges
    ]


def rewrite_formulas(context: Context, change: Callable[[Sheet, str], str]) -> None:
    """Give every formula the text that `change(sheet, text)` returns."""
    for sheet in context.spreadsheet.sheets:
        for row, column, text in list(sheet.grid.formula_cells()):
            changed = change(sheet, text)
            if changed != text:
                sheet.grid.formulas.set(row, column, changed)
