"""Whether a cell of the sheet shows a value of the table: the tour's own, plain idea of it.

It shares nothing with the sink's codecs, so that a mistake there cannot hide here. Cells are what
``values.get`` gives with UNFORMATTED_VALUE and SERIAL_NUMBER: a date is a number of days since
1899-12-30 (https://developers.google.com/workspace/sheets/api/guides/formats#about_date_time_values).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

Value = None | int | str | Decimal | date | datetime
Cell = None | bool | int | float | str

_EPOCH = datetime.combine(date(1899, 12, 30), time())


def shows(cell: Cell, value: Value) -> bool:
    """Whether ``cell`` shows exactly ``value``."""
    match value:
        case None:
            return cell is None or cell == ""
        case str():
            return cell == value
        case datetime():
            return _moment(cell) == value
        case date():
            return _moment(cell) == datetime.combine(value, time())
        case _:
            return _number(cell) == Decimal(value)


def differences(row: Mapping[str, Value], cells: Mapping[str, Cell]) -> list[str]:
    """The columns of ``row`` that ``cells`` do not show, in words; empty if all are equal."""
    return [
        f"{column}: {cells.get(column)!r} instead of {value!r}"
        for column, value in row.items()
        if not shows(cells.get(column), value)
    ]


def _number(cell: Cell) -> Decimal | None:
    if cell is None or isinstance(cell, bool):
        return None
    try:
        return Decimal(str(cell))
    except InvalidOperation:
        return None


def _moment(cell: Cell) -> datetime | None:
    if isinstance(cell, str):
        try:
            return datetime.fromisoformat(cell)
        except ValueError:
            return None
    if cell is None or isinstance(cell, bool):
        return None
    # A serial number is a double: exact to some microseconds in our century.
    return _EPOCH + timedelta(milliseconds=round(cell * 86_400_000))
