"""Rows and columns that came, went or moved, as they are read from requests."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from deploy.sheets_emulator.json_types import JsonObject
from deploy.sheets_emulator.model.area import COLUMNS, ROWS, Area, Deletion, Insertion, Move, Shift

_FAR = 1 << 40


@dataclass(frozen=True, slots=True)
class Moved:
    """One change of a tab's rows or columns."""

    sheet_id: int
    dimension: str
    shift: Insertion | Deletion | Move

    def span(self, sheet_id: int, dimension: str, start: int, end: int) -> tuple[int, int] | None:
        """Where the span is afterwards; None if all of it is gone."""
        if (sheet_id, dimension) != (self.sheet_id, self.dimension):
            return start, end
        shift: Shift = self.shift
        return shift.span(start, end)


@dataclass(slots=True)
class Later:
    """What others did to the rows and columns since a step was noted."""

    moves: list[Moved] = field(default_factory=list)

    def cell(self, sheet_id: int, row: int, column: int) -> tuple[int, int] | None:
        """Where a cell is by now."""
        at_row, at_column = self.line(sheet_id, ROWS, row), self.line(sheet_id, COLUMNS, column)
        return None if at_row is None or at_column is None else (at_row, at_column)

    def line(self, sheet_id: int, dimension: str, index: int) -> int | None:
        """Where a row or column is by now; None if it is gone."""
        for moved in self.moves:
            span = moved.span(sheet_id, dimension, index, index + 1)
            if span is None:
                return None
            index = span[0]
        return index

    def gap(self, sheet_id: int, dimension: str, index: int) -> int:
        """Where a place between rows or columns is by now: before that which came after it."""
        for moved in self.moves:
            span = moved.span(sheet_id, dimension, index, index + 1)
            if span is not None:
                index = span[0]
            elif isinstance(moved.shift, Deletion):
                index = moved.shift.start
        return index


def moves_of(requests: list[JsonObject]) -> Iterator[Moved]:
    """The changes of rows and columns among requests that were carried out."""
    for request in requests:
        (kind, wanted), *_ = request.items()
        if kind not in ("insertDimension", "deleteDimension", "moveDimension"):
            continue
        lines: JsonObject = wanted["source" if kind == "moveDimension" else "range"]
        start, end = lines.get("startIndex", 0), lines.get("endIndex", _FAR)
        shift: Insertion | Deletion | Move
        if kind == "insertDimension":
            shift = Insertion(start, end - start)
        elif kind == "deleteDimension":
            shift = Deletion(start, end)
        else:
            shift = Move(start, end, wanted.get("destinationIndex", 0))
        yield Moved(lines.get("sheetId", 0), lines["dimension"], shift)


def lines_json(sheet_id: int, dimension: str, start: int, count: int) -> JsonObject:
    """A DimensionRange."""
    return {
        "sheetId": sheet_id,
        "dimension": dimension,
        "startIndex": start,
        "endIndex": start + count,
    }


def around(cells: list[tuple[int, int]], sheet_id: int) -> Area | None:
    """The smallest area that holds the cells."""
    if not cells:
        return None
    rows, columns = [row for row, _ in cells], [column for _, column in cells]
    return Area(sheet_id, min(rows), max(rows) + 1, min(columns), max(columns) + 1)
