"""Row tables: the storage below a grid.

Rows are never changed in place: a write puts a new row object in its place. A copy of the outer
list is therefore a full checkpoint, cheap even at hundreds of thousands of rows, and that is what
makes a batch all-or-nothing. Inserting or deleting rows moves pointers only.
"""

from collections.abc import Sequence
from typing import Generic, TypeVar

from deploy.sheets_emulator.model.cell_value import CellValue

Item = TypeVar("Item")

_EMPTY_VALUES: list[CellValue] = []


class ValueTable:
    """The effective values, one ragged list a row."""

    def __init__(self) -> None:
        self.rows: list[list[CellValue]] = []

    def copy(self) -> "ValueTable":
        """A checkpoint; later writes to either do not show in the other."""
        table = ValueTable()
        table.rows = self.rows.copy()
        return table

    def get(self, row: int, column: int) -> CellValue:
        """The value, None where nothing is."""
        if row < len(self.rows):
            cells = self.rows[row]
            if column < len(cells):
                return cells[column]
        return None

    def set(self, row: int, column: int, value: CellValue) -> None:
        """Put one value."""
        self.put_row(row, column, [value])

    def put_row(self, row: int, column: int, values: Sequence[CellValue]) -> None:
        """Put values side by side, starting at `column`; None clears."""
        self.reach(row + 1)
        cells = self.rows[row].copy()
        missing = column - len(cells)
        if missing > 0:
            cells.extend([None] * missing)
        cells[column : column + len(values)] = values
        self.rows[row] = cells

    def reach(self, count: int) -> None:
        """Make sure that at least `count` rows exist."""
        missing = count - len(self.rows)
        if missing > 0:
            self.rows.extend([_EMPTY_VALUES] * missing)

    def take(
        self, start_row: int, end_row: int, start_column: int, end_column: int
    ) -> list[list[CellValue]]:
        """The block's values, every row padded to the full width."""
        width = end_column - start_column
        block = []
        for cells in self.rows[start_row:end_row]:
            part = cells[start_column:end_column]
            if len(part) < width:
                part.extend([None] * (width - len(part)))
            block.append(part)
        while len(block) < end_row - start_row:
            block.append([None] * width)
        return block

    def put(self, row: int, column: int, block: Sequence[Sequence[CellValue]]) -> None:
        """Put a block with its top left cell here."""
        for offset, values in enumerate(block):
            self.put_row(row + offset, column, values)

    def clear(self, start_row: int, end_row: int, start_column: int, end_column: int) -> None:
        """Empty the block."""
        for row in range(start_row, min(end_row, len(self.rows))):
            cells = self.rows[row]
            if len(cells) > start_column:
                stop = min(end_column, len(cells))
                new = cells.copy()
                new[start_column:stop] = [None] * (stop - start_column)
                self.rows[row] = new

    def insert_rows(self, at: int, count: int) -> None:
        """Put in empty rows before `at`."""
        if at < len(self.rows):
            self.rows[at:at] = [_EMPTY_VALUES] * count

    def delete_rows(self, start: int, end: int) -> None:
        """Take rows out."""
        del self.rows[start:end]

    def move_rows(self, start: int, end: int, destination: int) -> None:
        """Move rows before `destination`, counted before the removal."""
        self.reach(max(end, destination))
        moved = self.rows[start:end]
        del self.rows[start:end]
        at = destination if destination <= start else destination - len(moved)
        self.rows[at:at] = moved

    def insert_columns(self, at: int, count: int) -> None:
        """Put in empty columns before `at`."""
        for row, cells in enumerate(self.rows):
            if len(cells) > at:
                self.rows[row] = [*cells[:at], *([None] * count), *cells[at:]]

    def delete_columns(self, start: int, end: int) -> None:
        """Take columns out."""
        for row, cells in enumerate(self.rows):
            if len(cells) > start:
                self.rows[row] = cells[:start] + cells[end:]

    def move_columns(self, start: int, end: int, destination: int) -> None:
        """Move columns before `destination`, counted before the removal."""
        reach = max(end, destination)
        at = destination if destination <= start else destination - (end - start)
        for row, cells in enumerate(self.rows):
            if len(cells) > min(start, destination):
                padded = cells + [None] * max(0, reach - len(cells))
                moved = padded[start:end]
                rest = padded[:start] + padded[end:]
                self.rows[row] = rest[:at] + moved + rest[at:]


class SideTable(Generic[Item]):
    """What only some cells have (formula, format, note…): a small dictionary a row, or None."""

    def __init__(self) -> None:
        self.rows: list[dict[int, Item] | None] = []

    def copy(self) -> "SideTable[Item]":
        """A checkpoint; later writes to either do not show in the other."""
        table: SideTable[Item] = SideTable()
        table.rows = self.rows.copy()
        return table

    def get(self, row: int, column: int) -> Item | None:
        """The cell's item, if it has one."""
        if row < len(self.rows):
            items = self.rows[row]
            if items is not None:
                return items.get(column)
        return None

    def set(self, row: int, column: int, item: Item | None) -> None:
        """Put or (None) remove the cell's item."""
        if row >= len(self.rows):
            if item is None:
                return
            self.rows.extend([None] * (row + 1 - len(self.rows)))
        items = dict(self.rows[row] or ())
        if item is None:
            items.pop(column, None)
        else:
            items[column] = item
        self.rows[row] = items or None

    def take(
        self, start_row: int, end_row: int, start_column: int, end_column: int
    ) -> list[dict[int, Item] | None]:
        """The block's items, columns counted from the block's own left side."""
        block: list[dict[int, Item] | None] = [
            items
            and {c - start_column: i for c, i in items.items() if start_column <= c < end_column}
            for items in self.rows[start_row:end_row]
        ]
        block.extend([None] * (end_row - start_row - len(block)))
        return block

    def put(
        self, row: int, column: int, width: int, block: Sequence[dict[int, Item] | None]
    ) -> None:
        """Replace the block's items; cells without one lose theirs."""
        if not self.rows and not any(block):
            return
        missing = row + len(block) - len(self.rows)
        if missing > 0:
            self.rows.extend([None] * missing)
        for at, items in enumerate(block, row):
            old = self.rows[at]
            if old is None and not items:
                continue
            new = {c: i for c, i in (old or {}).items() if not column <= c < column + width}
            for offset, item in (items or {}).items():
                new[column + offset] = item
            self.rows[at] = new or None

    def clear(self, start_row: int, end_row: int, start_column: int, end_column: int) -> None:
        """Remove the block's items."""
        for row in range(start_row, min(end_row, len(self.rows))):
            items = self.rows[row]
            if items:
                left = {c: i for c, i in items.items() if not start_column <= c < end_column}
                self.rows[row] = left or None

    def insert_rows(self, at: int, count: int) -> None:
        """Put in empty rows before `at`."""
        if at < len(self.rows):
            self.rows[at:at] = [None] * count

    def delete_rows(self, start: int, end: int) -> None:
        """Take rows out."""
        del self.rows[start:end]

    def move_rows(self, start: int, end: int, destination: int) -> None:
        """Move rows before `destination`, counted before the removal."""
        if not self.rows:
            return
        self.rows.extend([None] * (max(end, destination) - len(self.rows)))
        moved = self.rows[start:end]
        del self.rows[start:end]
        at = destination if destination <= start else destination - len(moved)
        self.rows[at:at] = moved

    def insert_columns(self, at: int, count: int) -> None:
        """Put in empty columns before `at`."""
        for row, items in enumerate(self.rows):
            if items:
                self.rows[row] = {(c if c < at else c + count): i for c, i in items.items()}

    def delete_columns(self, start: int, end: int) -> None:
        """Take columns out."""
        gone = end - start
        for row, items in enumerate(self.rows):
            if items:
                left = {
                    (c if c < start else c - gone): i
                    for c, i in items.items()
                    if not start <= c < end
                }
                self.rows[row] = left or None

    def move_columns(self, start: int, end: int, destination: int) -> None:
        """Move columns before `destination`, counted before the removal."""
        for row, items in enumerate(self.rows):
            if items:
                self.rows[row] = {_moved(c, start, end, destination): i for c, i in items.items()}


def _moved(index: int, start: int, end: int, destination: int) -> int:
    size = end - start
    if destination > end:
        if start <= index < end:
            return index + destination - end
        return index - size if end <= index < destination else index
    if destination < start:
        if start <= index < end:
            return index - (start - destination)
        return index + size if destination <= index < start else index
    return index
