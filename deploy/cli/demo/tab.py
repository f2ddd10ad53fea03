"""One tab as the tour sees it: rows by key, columns by header."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from deploy.cli.demo.comparison import Cell, Value
from deploy.cli.demo.eyes import Cells, SheetEye, column_letter
from deploy.cli.demo.hands import Typed
from deploy.cli.failure import CommandError


class Tab:
    """``key`` is the header of the column by which rows are found."""

    def __init__(self, eye: SheetEye, name: str, key: str) -> None:
        self.name = name
        self._eye = eye
        self._key = key
        self._headers = eye.headers(name)
        if key not in self._headers:
            raise CommandError(
                f"tab {name!r} has no column {key!r}; its headers are {self._headers}",
                mend="Put the header row back as it was, or start anew: make clean demo",
            )

    def last_row(self) -> int:
        """The number of the last row that has a key."""
        return len(self._eye.column(self.name, self._place(self._key)))

    def find(self, key: Cell | Value) -> int:
        """The number of the row with that key. Raises CommandError where there is none."""
        column = self._eye.column(self.name, self._place(self._key))
        if key not in column:
            raise CommandError(
                f"tab {self.name!r} has no row {key!r}",
                mend="Was it changed meanwhile? Start anew: make clean demo",
            )
        return next(number for number, cell in enumerate(column, start=1) if cell == key)

    def at(self, row: int) -> Cells:
        """The cells of a row by header."""
        return self._eye.named(self.name, row, row, self._headers)[0]

    def find_between(self, key: Value, first: int, last: int) -> Cells:
        """The row with that key among a few, else an empty one."""
        rows = self._eye.named(self.name, first, last, self._headers)
        return next((row for row in rows if row[self._key] == key), {})

    def cell(self, header: str, row: int) -> str:
        """The A1 name of a cell."""
        return f"{column_letter(self._place(header))}{row}"

    def block(self, first: str, last: str, row: int) -> str:
        """The A1 range of a row from one header to another."""
        return f"{self.cell(first, row)}:{self.cell(last, row)}"

    def whole(self, row: int) -> str:
        """The A1 range of a row below all headers."""
        return self.block(self._headers[0], self._headers[-1], row)

    def typed(self, row: Mapping[str, Value]) -> list[Typed]:
        """What a person types to make ``row``, cell by cell in the order of the headers."""
        return [as_typed(row.get(header)) for header in self._headers]

    def _place(self, header: str) -> int:
        return self._headers.index(header) + 1


def as_typed(value: Value) -> Typed:
    """What a person types into a cell for ``value``; an empty text leaves it empty."""
    match value:
        case None:
            return ""
        case Decimal():
            return float(value)
        case datetime():
            return value.isoformat(" ")
        case date():
            return value.isoformat()
        case _:
            return value
