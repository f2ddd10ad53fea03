"""The cells of one tab: their values and everything else a cell can have, side by side."""

from collections.abc import Iterator
from dataclasses import dataclass

from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.area import COLUMNS, ROWS, Area
from deploy.sheets_emulator.model.cell_value import CellValue
from deploy.sheets_emulator.model.tables import SideTable, ValueTable

#: Side tables by the name that code uses for them.
FORMULAS, FORMATS, NOTES, VALIDATIONS, OTHERS = (
    "formulas",
    "formats",
    "notes",
    "validations",
    "others",
)


@dataclass(slots=True)
class Block:
    """A copy of part of a grid: values and, for each side table taken, its items."""

    height: int
    width: int
    values: list[list[CellValue]]
    formulas: list[dict[int, str] | None]
    formats: list[dict[int, JsonObject] | None]
    notes: list[dict[int, str] | None]
    validations: list[dict[int, JsonObject] | None]
    others: list[dict[int, JsonObject] | None]


class Grid:
    """Values plus formulas, formats, notes, validation rules and rarer cell data.

    The value table holds what a formula gave; the formula's text is in `formulas`.
    """

    def __init__(self) -> None:
        self.values = ValueTable()
        self.formulas: SideTable[str] = SideTable()
        self.formats: SideTable[JsonObject] = SideTable()
        self.notes: SideTable[str] = SideTable()
        self.validations: SideTable[JsonObject] = SideTable()
        self.others: SideTable[JsonObject] = SideTable()

    def copy(self) -> "Grid":
        """A checkpoint of everything."""
        grid = Grid.__new__(Grid)
        grid.values = self.values.copy()
        grid.formulas = self.formulas.copy()
        grid.formats = self.formats.copy()
        grid.notes = self.notes.copy()
        grid.validations = self.validations.copy()
        grid.others = self.others.copy()
        return grid

    def _tables(self) -> Iterator[ValueTable | SideTable[str] | SideTable[JsonObject]]:
        yield self.values
        yield self.formulas
        yield self.formats
        yield self.notes
        yield self.validations
        yield self.others

    def take(self, area: Area) -> Block:
        """A copy of the area."""
        corners = (area.start_row, area.end_row, area.start_column, area.end_column)
        return Block(
            area.height,
            area.width,
            self.values.take(*corners),
            self.formulas.take(*corners),
            self.formats.take(*corners),
            self.notes.take(*corners),
            self.validations.take(*corners),
            self.others.take(*corners),
        )

    def put(self, row: int, column: int, block: Block) -> None:
        """Put a block, all that its cells have, with its top left cell here."""
        self.values.put(row, column, block.values)
        self.formulas.put(row, column, block.width, block.formulas)
        self.formats.put(row, column, block.width, block.formats)
        self.notes.put(row, column, block.width, block.notes)
        self.validations.put(row, column, block.width, block.validations)
        self.others.put(row, column, block.width, block.others)

    def clear(self, area: Area) -> None:
        """Empty the cells of everything."""
        for table in self._tables():
            table.clear(area.start_row, area.end_row, area.start_column, area.end_column)

    def clear_content(self, area: Area) -> None:
        """Empty values and formulas; formats, notes and rules stay."""
        corners = (area.start_row, area.end_row, area.start_column, area.end_column)
        self.values.clear(*corners)
        self.formulas.clear(*corners)

    def set_content(self, row: int, column: int, value: CellValue, formula: str | None) -> None:
        """Put a value, or a formula whose value is to be worked out."""
        self.values.set(row, column, value)
        self.formulas.set(row, column, formula)

    def insert(self, dimension: str, at: int, count: int) -> None:
        """Put in empty rows or columns before `at`."""
        for table in self._tables():
            if dimension == ROWS:
                table.insert_rows(at, count)
            else:
                table.insert_columns(at, count)

    def delete(self, dimension: str, start: int, end: int) -> None:
        """Take rows or columns out."""
        for table in self._tables():
            if dimension == ROWS:
                table.delete_rows(start, end)
            else:
                table.delete_columns(start, end)

    def move(self, dimension: str, start: int, end: int, destination: int) -> None:
        """Move rows or columns before `destination`, counted before the removal."""
        for table in self._tables():
            if dimension == ROWS:
                table.move_rows(start, end, destination)
            else:
                table.move_columns(start, end, destination)

    def inherit_formats(self, dimension: str, source: int, start: int, count: int) -> None:
        """Give new rows or columns the formats and the rules of the neighbour at index `source`.

        That rules come along is how the editor does it; the reference speaks of formats alone.
        """
        for table in (self.formats, self.validations):
            if dimension == COLUMNS:
                for row, items in enumerate(table.rows):
                    item = items.get(source) if items else None
                    if item is not None:
                        for column in range(start, start + count):
                            table.set(row, column, item)
            elif source < len(table.rows) and table.rows[source]:
                missing = start + count - len(table.rows)
                table.rows.extend([None] * missing)
                table.rows[start : start + count] = [table.rows[source]] * count

    def trim(self, rows: int, columns: int) -> None:
        """Drop what lies outside after the sheet was made smaller."""
        for table in self._tables():
            table.delete_rows(rows, max(rows, len(table.rows)))
            table.delete_columns(columns, 1 << 30)

    def has_formulas(self) -> bool:
        """True if any cell has a formula."""
        return any(self.formulas.rows)

    def formula_cells(self) -> Iterator[tuple[int, int, str]]:
        """(row, column, text) of every formula, in reading order."""
        for row, items in enumerate(self.formulas.rows):
            if items:
                for column in sorted(items):
                    yield row, column, items[column]

    def used_rows(self) -> int:
        """Index after the last row that holds a value."""
        rows = self.values.rows
        count = len(rows)
        while count and not any(value is not None for value in rows[count - 1]):
            count -= 1
        return count
