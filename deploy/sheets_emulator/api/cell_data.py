"""CellData: how a cell is read from and written to the grid.

Source: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/cells
"""

import functools

import orjson

from deploy.sheets_emulator.api import field_mask
from deploy.sheets_emulator.api.colours import in_step
from deploy.sheets_emulator.api.errors import RequestError
from deploy.sheets_emulator.api.field_mask import MaskTree
from deploy.sheets_emulator.formulas.functions import RESULT_FORMATS
from deploy.sheets_emulator.formulas.tokens import FormulaSyntaxError, normalize, tokenize
from deploy.sheets_emulator.json_types import JsonObject, JsonValue
from deploy.sheets_emulator.model.cell_value import (
    MOST_CHARACTERS,
    TOO_LONG,
    CellValue,
    extended_value,
    number,
)
from deploy.sheets_emulator.model.grid import Grid
from deploy.sheets_emulator.model.sheet import Sheet
from deploy.sheets_emulator.number_format import DEFAULT_PATTERNS, format_value

#: Rarer fields of CellData that are kept as they came.
OTHER_FIELDS = ("textFormatRuns", "pivotTable", "chipRuns")

DEFAULT_FORMAT: JsonObject = {
    "backgroundColor": {"red": 1, "green": 1, "blue": 1},
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {
        "foregroundColor": {},
        "fontFamily": "arial,sans,sans-serif",
        "fontSize": 10,
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
        "foregroundColorStyle": {"rgbColor": {}},
    },
    "backgroundColorStyle": {"rgbColor": {"red": 1, "green": 1, "blue": 1}},
}


@functools.lru_cache(maxsize=4096)
def _interned(encoded: bytes) -> JsonObject:
    decoded: JsonObject = orjson.loads(encoded)
    return decoded


def intern_format(cell_format: JsonObject) -> JsonObject:
    """One shared object for equal formats; cells never change a format in place."""
    return _interned(orjson.dumps(cell_format, option=orjson.OPT_SORT_KEYS))


def number_format(grid: Grid, row: int, column: int) -> dict[str, str] | None:
    """The number format that shows the cell: its own, or what its formula implies."""
    cell_format = grid.formats.get(row, column)
    if cell_format is not None and "numberFormat" in cell_format:
        own: dict[str, str] = cell_format["numberFormat"]
        return own
    if not grid.formulas.rows:
        return None
    formula = grid.formulas.get(row, column)
    return None if formula is None else _implied_format(grid, formula)


def _implied_format(grid: Grid, formula: str) -> dict[str, str] | None:
    try:
        tokens = [token for token in tokenize(formula) if token.kind != "space"]
    except FormulaSyntaxError:
        return None
    if not tokens:
        return None
    first = tokens[0]
    if first.kind == "name" and first.text in RESULT_FORMATS:
        kind, pattern = RESULT_FORMATS[first.text]
        return {"type": kind, "pattern": pattern}
    reference = first.reference
    if reference is None or reference.is_block or reference.tab is not None:
        return None
    cell_format = grid.formats.get(reference.row or 0, reference.column or 0)
    own: dict[str, str] | None = (cell_format or {}).get("numberFormat")
    return own


def formatted(grid: Grid, row: int, column: int, value: CellValue) -> str:
    """The text that the cell shows."""
    return format_value(value, number_format(grid, row, column))


def _effective_format(grid: Grid, row: int, column: int) -> JsonObject:
    own = grid.formats.get(row, column) or {}
    effective = {**DEFAULT_FORMAT, **own}
    if "textFormat" in own:
        effective["textFormat"] = {**DEFAULT_FORMAT["textFormat"], **own["textFormat"]}
    shown = number_format(grid, row, column)
    if shown is not None:
        effective["numberFormat"] = shown
    return effective


class CellReader:
    """Reads cells of a grid as CellData, only what the mask asks for."""

    def __init__(self, grid: Grid, mask: MaskTree) -> None:
        self._grid = grid
        self._mask = mask
        self._value = field_mask.includes(mask, "userEnteredValue")
        self._effective_value = field_mask.includes(mask, "effectiveValue")
        self._text = field_mask.includes(mask, "formattedValue")
        self._format = field_mask.includes(mask, "userEnteredFormat")
        self._effective_format = field_mask.includes(mask, "effectiveFormat")
        self._note = field_mask.includes(mask, "note")
        self._rule = field_mask.includes(mask, "dataValidation")
        # Only a mask that goes below the cell's own fields has to be applied again.
        self._is_deep = any(mask.values())

    def read(self, row: int, column: int, value: CellValue) -> JsonObject:
        """The cell that holds `value`; `{}` for an empty one."""
        grid = self._grid
        data: JsonObject = {}
        formula = grid.formulas.get(row, column) if grid.formulas.rows else None
        if value is not None or formula is not None:
            extended = extended_value(value)
            if self._value:
                data["userEnteredValue"] = (
                    extended if formula is None else {"formulaValue": formula}
                )
            if self._effective_value:
                data["effectiveValue"] = extended
            if self._text:
                data["formattedValue"] = formatted(grid, row, column, value)
        cell_format = grid.formats.get(row, column) if grid.formats.rows else None
        if cell_format is not None and self._format:
            data["userEnteredFormat"] = cell_format
        if self._effective_format and (value is not None or cell_format is not None):
            data["effectiveFormat"] = _effective_format(grid, row, column)
        if self._note and (note := grid.notes.get(row, column)) is not None:
            data["note"] = note
        if self._rule and (rule := grid.validations.get(row, column)) is not None:
            data["dataValidation"] = rule
        if grid.others.rows and (others := grid.others.get(row, column)) is not None:
            data |= {
                name: item for name, item in others.items() if field_mask.includes(self._mask, name)
            }
        return data if not self._is_deep else _kept(data, self._mask)


def _kept(data: JsonObject, mask: MaskTree) -> JsonObject:
    kept: JsonObject = field_mask.keep(data, mask)
    return kept


def value_from_json(extended: JsonObject) -> tuple[CellValue, str | None]:
    """(value, formula) of an ExtendedValue; RequestError for one that cannot be written."""
    for kind, content in extended.items():
        if kind == "stringValue":
            if len(content) > MOST_CHARACTERS:
                raise RequestError(TOO_LONG)
            return content or None, None
        if kind == "numberValue":
            return number(content), None
        if kind == "boolValue":
            return content, None
        if kind == "formulaValue":
            if not content.startswith("="):
                raise RequestError(f"Formula must start with '=': {content}")
            return None, normalize(content)
        raise RequestError(f"userEnteredValue.{kind} cannot be written.")
    return None, None


class CellWriter:
    """Writes the masked fields of CellData messages into a sheet.

    `fields` is the request's mask; after the writes `wrote_formulas` says whether the formulas
    have to be worked out, and `cells` how many cells were written.
    """

    def __init__(self, fields: str | None) -> None:
        try:
            mask = field_mask.written_fields(fields)
        except ValueError as error:
            raise RequestError(str(error)) from None
        everything = not mask
        unknown = set(mask) - _WRITABLE
        if unknown:
            raise RequestError(f"Invalid field: {min(unknown)}")
        self._value = everything or "userEnteredValue" in mask
        self._note = everything or "note" in mask
        self._validation = everything or "dataValidation" in mask
        self._others = tuple(name for name in OTHER_FIELDS if everything or name in mask)
        self._format = everything or "userEnteredFormat" in mask
        self._format_mask = mask.get("userEnteredFormat", {})
        self._only_value = mask == {"userEnteredValue": {}}
        self.wrote_formulas = False
        self.cells = 0

    def write_row(
        self, sheet: Sheet, row: int, column: int, cells: list[JsonObject], width: int
    ) -> None:
        """Write cells side by side; those up to `width` that are not given are cleared."""
        count = max(width, len(cells))
        self.cells += count
        grid = sheet.grid
        if self._value:
            values: list[CellValue] = []
            formulas: dict[int, str] = {}
            for at, cell in enumerate(cells):
                extended = cell.get("userEnteredValue")
                if not extended:
                    values.append(None)
                    continue
                value, formula = value_from_json(extended)
                values.append(value)
                if formula is not None:
                    formulas[at] = formula
            values.extend([None] * (count - len(cells)))
            grid.values.put_row(row, column, values)
            if formulas or grid.formulas.rows:
                self.wrote_formulas = True
                grid.formulas.put(row, column, count, [formulas])
        if self._only_value:
            return
        for at in range(count):
            self._write_rest(grid, row, column + at, cells[at] if at < len(cells) else {})

    def _write_rest(self, grid: Grid, row: int, column: int, cell: JsonObject) -> None:
        if self._note:
            grid.notes.set(row, column, cell.get("note") or None)
        if self._format:
            style: JsonObject = cell.get("userEnteredFormat") or {}
            if self._format_mask:
                before = grid.formats.get(row, column) or {}
                style = field_mask.merge(before, style, self._format_mask)
            style = in_step(style, self._format_mask)
            grid.formats.set(row, column, intern_format(style_of(style)) if style else None)
        if self._validation:
            grid.validations.set(row, column, cell.get("dataValidation") or None)
        if self._others:
            others = dict(grid.others.get(row, column) or {})
            for name in self._others:
                others.pop(name, None)
                if cell.get(name):
                    others[name] = cell[name]
            grid.others.set(row, column, others or None)


_WRITABLE = frozenset(
    {
        "userEnteredValue",
        "userEnteredFormat",
        "note",
        "dataValidation",
        "effectiveValue",
        "effectiveFormat",
        "formattedValue",
        "hyperlink",
        "dataSourceTable",
        "dataSourceFormula",
        *OTHER_FIELDS,
    }
)


def style_of(style: JsonObject) -> JsonObject:
    """The format with a number format's pattern filled in; an unspecified type removes it."""
    shown: JsonValue = style.get("numberFormat")
    if shown is None:
        return style
    kind = shown.get("type", "NUMBER_FORMAT_TYPE_UNSPECIFIED")
    if kind == "NUMBER_FORMAT_TYPE_UNSPECIFIED":
        return {name: item for name, item in style.items() if name != "numberFormat"}
    if not shown.get("pattern"):
        return {**style, "numberFormat": {"type": kind, "pattern": DEFAULT_PATTERNS.get(kind, "")}}
    return style
