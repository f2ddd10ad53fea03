"""Both sides of a mapping, compared whole by paths of their own: SQL and Google's client."""

from __future__ import annotations

import datetime
from decimal import Decimal

from tests.integration.bridge import Bridge


class UnequalError(Exception):
    """Both sides differ after a case: it has no figure."""


_DAY_ZERO = datetime.datetime(1899, 12, 30, tzinfo=None)  # noqa: DTZ001  # a wall clock


def require_equal(bridge: Bridge) -> None:
    """Raise UnequalError where both sides differ."""
    told = difference(bridge)
    if told is not None:
        raise UnequalError(f"the sides differ: {told}")


def difference(bridge: Bridge) -> str | None:
    """The first difference in words; None where both sides hold the same."""
    columns = bridge.mapping.columns
    table = {
        tuple(map(cell_of, key)): [cell_of(row[column]) for column in columns]
        for key, row in bridge.table().items()
    }
    sheet = {
        tuple(map(cell_of, key)): [cell_of(row.get(column)) for column in columns]
        for key, row in bridge.sheet().items()
    }
    if table == sheet:
        return None
    only_table, only_sheet = table.keys() - sheet.keys(), sheet.keys() - table.keys()
    if only_table or only_sheet:
        return f"{len(only_table)} rows are in the table alone, {len(only_sheet)} in the sheet"
    unequal = [key for key in table if table[key] != sheet[key]]
    first = unequal[0]
    return f"{len(unequal)} rows differ: {first} is {table[first]} and {sheet[first]}"


def cell_of(value: object) -> object:
    """What a cell holds that shows a column's value (unformatted, dates as serial numbers).

    Fractions are compared at nine digits, a tenth of a millisecond of a day.

    https://developers.google.com/workspace/sheets/api/guides/formats#about_date_time_values
    """
    match value:
        case float():
            return round(value, 9)
        case Decimal():
            return float(value)
        case datetime.datetime():
            return round((value - _DAY_ZERO) / datetime.timedelta(days=1), 9)
        case datetime.date():
            return (value - _DAY_ZERO.date()).days
        case _:
            return value
