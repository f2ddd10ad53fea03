"""A block of cells and how blocks move when rows or columns are put in, taken out or moved."""

from dataclasses import dataclass, replace
from typing import Protocol

from deploy.sheets_emulator.json_types import JsonObject

ROWS = "ROWS"
COLUMNS = "COLUMNS"


@dataclass(frozen=True, slots=True)
class Area:
    """Half-open block of cells on one sheet, indexes from 0."""

    sheet_id: int
    start_row: int
    end_row: int
    start_column: int
    end_column: int

    @property
    def height(self) -> int:
        """Number of rows."""
        return self.end_row - self.start_row

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.end_column - self.start_column

    def intersects(self, other: "Area") -> bool:
        """True if the two share a cell."""
        return (
            self.sheet_id == other.sheet_id
            and self.start_row < other.end_row
            and other.start_row < self.end_row
            and self.start_column < other.end_column
            and other.start_column < self.end_column
        )

    def contains(self, other: "Area") -> bool:
        """True if every cell of the other is in this one."""
        return (
            self.sheet_id == other.sheet_id
            and self.start_row <= other.start_row
            and other.end_row <= self.end_row
            and self.start_column <= other.start_column
            and other.end_column <= self.end_column
        )

    def to_grid_range(self) -> JsonObject:
        """The API's GridRange; a sheet id of 0 is left out, as Google does."""
        grid_range: JsonObject = {"sheetId": self.sheet_id} if self.sheet_id else {}
        grid_range["startRowIndex"] = self.start_row
        grid_range["endRowIndex"] = self.end_row
        grid_range["startColumnIndex"] = self.start_column
        grid_range["endColumnIndex"] = self.end_column
        return grid_range


class Shift(Protocol):
    """How a change of structure along one dimension moves what is attached to it."""

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Where the half-open span is afterwards; None if all of it is gone."""


@dataclass(frozen=True, slots=True)
class Insertion:
    """`count` new rows or columns before index `at`."""

    at: int
    count: int

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """A span that begins at or after the place moves; one that it splits grows."""
        if start >= self.at:
            return start + self.count, end + self.count
        if end > self.at:
            return start, end + self.count
        return start, end


@dataclass(frozen=True, slots=True)
class Deletion:
    """Rows or columns start…end-1 are taken out."""

    start: int
    end: int

    def _point(self, index: int) -> int:
        if index <= self.start:
            return index
        return max(self.start, index - (self.end - self.start))

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """What is left of the span; None if nothing."""
        new_start, new_end = self._point(start), self._point(end)
        return (new_start, new_end) if new_start < new_end else None


@dataclass(frozen=True, slots=True)
class Move:
    """Rows or columns start…end-1 go before `destination`, counted before they are removed."""

    start: int
    end: int
    destination: int

    def index(self, index: int) -> int:
        """Where one row or column is afterwards."""
        size = self.end - self.start
        if self.destination > self.end:
            if self.start <= index < self.end:
                return index + self.destination - self.end
            if self.end <= index < self.destination:
                return index - size
        elif self.destination < self.start:
            if self.start <= index < self.end:
                return index - (self.start - self.destination)
            if self.destination <= index < self.start:
                return index + size
        return index

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """A span that stays in one piece follows; one that would be torn keeps its place."""
        first, last = self.index(start), self.index(end - 1)
        if last - first == end - 1 - start:
            return first, last + 1
        return start, end


def shift_area(area: Area, dimension: str, shift: Shift) -> Area | None:
    """The area after the shift along `dimension` (ROWS or COLUMNS); None if it is gone."""
    if dimension == ROWS:
        span = shift.span(area.start_row, area.end_row)
        return None if span is None else replace(area, start_row=span[0], end_row=span[1])
    span = shift.span(area.start_column, area.end_column)
    return None if span is None else replace(area, start_column=span[0], end_column=span[1])
