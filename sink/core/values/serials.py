"""Dates in cells: days since 1899-12-30, the time of day as their fraction.

https://developers.google.com/workspace/sheets/api/guides/formats#about_date_time_values. A serial
is trusted to the millisecond, which is what survives a double and Apps Script's dates. What is
finer, and years before 1900, cells show as text.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from sink.core.errors import UnfitValueError
from sink.core.values.cell_numbers import fifteen_digits

EPOCH = datetime.fromisoformat("1899-12-30")
FIRST_YEAR = 1900
DAY_MS = 86_400_000
_MILLISECOND = timedelta(milliseconds=1)


def to_serial(wall: datetime) -> int | float | None:
    """The serial of a wall time, or None where a cell needs text for it."""
    if wall.year < FIRST_YEAR or wall.microsecond % 1000:
        return None
    return duration_serial(wall - EPOCH)


def duration_serial(duration: timedelta) -> int | float:
    """Days as a cell's number; exact to the millisecond."""
    days, rest = divmod(duration // _MILLISECOND, DAY_MS)
    return float(Decimal(days) + Decimal(rest) / DAY_MS) if rest else days


def to_duration(number: int | float) -> timedelta:
    """The duration that a cell's number of days means, to the millisecond."""
    fifteen_digits(number)
    try:
        return timedelta(milliseconds=round(Decimal(repr(number)) * DAY_MS))
    except OverflowError as error:
        raise UnfitValueError("shows a number that is no date or time") from error


def to_wall(number: int | float) -> datetime:
    """The wall time that a serial means; raises UnfitValueError outside years 1…9999."""
    try:
        return EPOCH + to_duration(number)
    except OverflowError as error:
        raise UnfitValueError("shows a number that is no date of the years 1 to 9999") from error


def local_text(wall: datetime) -> str:
    """A wall time as text: the date alone at midnight, a fraction only if there is one."""
    if wall.time() == EPOCH.time():
        return wall.date().isoformat()
    text = wall.isoformat(" ", "milliseconds")
    return text.removesuffix(".000")
