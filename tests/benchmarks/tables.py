"""The table that most cases use: five columns of the common types beside the key."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from tests.benchmarks.ground import MeasuredTable

COLUMNS = ("qty", "price", "name", "note", "day")
DECLARATION = (
    "id INT PRIMARY KEY, qty INT, price DECIMAL(10,2), name VARCHAR(40), note VARCHAR(100), "
    "day DATE"
)
_FIRST_DAY = date(2020, 1, 1)
_SERIAL_OF_FIRST_DAY = (_FIRST_DAY - date(1899, 12, 30)).days


def table(name: str) -> MeasuredTable:
    """A table of that name, of the common form."""
    return MeasuredTable(name, "id", COLUMNS)


def stored(row: int, generation: int) -> tuple[object, ...]:
    """The five cells of a row, all different in each generation, as MySQL takes them."""
    return (
        row + 10_000 * generation,
        Decimal(row * 100 + generation) / 100,
        f"name {row} of {generation}",
        f"a note on row {row}, written as number {generation}",
        _FIRST_DAY + timedelta(days=(row + 7 * generation) % 2_000),
    )


def typed(row: int, generation: int) -> tuple[object, ...]:
    """The same as the sheet holds them; a date is its serial number, shown by the cell's format."""
    qty, price, name, note, _ = stored(row, generation)
    assert isinstance(price, Decimal)
    return qty, float(price), name, note, _SERIAL_OF_FIRST_DAY + (row + 7 * generation) % 2_000


def posted(cell: object, column: str) -> object:
    """A cell's content as the script posts it."""
    if column == "day":
        assert isinstance(cell, int)
        return {"date": f"{_FIRST_DAY + timedelta(days=cell - _SERIAL_OF_FIRST_DAY)}T00:00:00.000"}
    return cell
