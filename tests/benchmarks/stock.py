"""The table of most cases: a key and five columns, and what its cells are made to hold."""

from __future__ import annotations

import datetime
from decimal import Decimal

COLUMNS = {
    "id": "INT NOT NULL",
    "amount": "INT NOT NULL",
    "price": "DECIMAL(10,2) NULL",
    "name": "VARCHAR(60) NULL",
    "day": "DATE NULL",
    "note": "VARCHAR(80) NULL",
}
TURN = 1_000_000
_FIRST_DAY = datetime.date(2020, 1, 1)


def filled(rows: int) -> str:
    """The statement that fills ``{table}`` with that many rows, their amounts 0."""
    return (
        "INSERT INTO {table} WITH RECURSIVE digits (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM "
        "digits WHERE n < 99) SELECT number, 0, number / 8, CONCAT('Item ', number), "
        "DATE_ADD('2020-01-01', INTERVAL number % 1000 DAY), NULL FROM (SELECT 1 + high.n * 10000 "
        "+ mid.n * 100 + low.n AS number FROM digits high, digits mid, digits low) numbers "
        f"WHERE number <= {rows}"
    )


def row(number: int, turn: int) -> tuple[int, Decimal, str, datetime.date, str]:
    """The five cells of a row at a turn: all differ from those of the turn before."""
    return (
        amount(number, turn),
        Decimal(number * 25 + turn) / 100,
        f"Item {number}, turn {turn}",
        _FIRST_DAY + datetime.timedelta(days=(number + turn) % 1000),
        f"note {turn} of row {number}",
    )


def cells_as_typed(number: int, turn: int) -> list[object]:
    """The same five cells as a person types or pastes them."""
    amount_, price, name, day, note = row(number, turn)
    return [amount_, str(price), name, day.isoformat(), note]


def amount(number: int, turn: int) -> int:
    """A number that no other row or turn has: by it a change is known on both sides."""
    return turn * TURN + number
