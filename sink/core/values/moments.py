"""Wall times as text: parsed, and printed at a column's number of fraction digits.

Used by DATETIME and TIMESTAMP, whose text forms differ in the zone alone.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from sink.core.errors import UnfitValueError


class ZeroDateError(UnfitValueError):
    """The table holds what is no day of the calendar, such as ``0000-00-00`` or ``2004-00-00``."""

    def __init__(self) -> None:
        super().__init__(
            "holds a zero date, which is no day of the calendar; set it to NULL or to a real date"
        )


_DATE = r"(?P<date>\d{4}-\d{1,2}-\d{1,2})"
_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,9}))?)?"
_ZONE = r"(?P<zone>Z|[+-]\d{2}:?\d{2}(?::\d{2})?)"
_MOMENT = re.compile(rf"{_DATE}(?:[ T]{_TIME}(?: ?{_ZONE})?)?\Z", re.IGNORECASE)
_MICROSECOND_DIGITS = 6


def parse_moment(text: str) -> datetime | None:
    """The date-time of ``2004-01-02[ 03:04[:05[.678]]][Z|+01:00]``, aware if a zone is given.

    None if the text has another form or names no real moment; zero dates do not. Raises
    UnfitValueError for a fraction finer than microseconds.
    """
    match = _MOMENT.match(text.strip())
    if match is None:
        return None
    year, month, day = map(int, match["date"].split("-"))
    try:
        return datetime(
            year,
            month,
            day,
            int(match["hour"] or 0),
            int(match["minute"] or 0),
            int(match["second"] or 0),
            microseconds(match["fraction"]),
            _zone(match["zone"]),
        )
    except ValueError:
        return None


def microseconds(fraction: str | None) -> int:
    """Microseconds of the digits after the point."""
    digits = (fraction or "").rstrip("0")
    if len(digits) > _MICROSECOND_DIGITS:
        raise UnfitValueError("takes fractions of a second of at most 6 digits")
    return int(digits.ljust(_MICROSECOND_DIGITS, "0"))


def print_moment(wall: datetime, fraction: int, separator: str = " ") -> str:
    """ISO text with exactly ``fraction`` digits of a second."""
    whole = wall.replace(microsecond=0, tzinfo=None).isoformat(separator)
    return whole + fraction_text(wall.microsecond, fraction)


def fraction_text(microsecond: int, digits: int) -> str:
    """``.120`` for 120,000 microseconds and three digits; nothing for none."""
    return f".{microsecond:06d}"[: digits + 1] if digits else ""


def refuse_finer(microsecond: int, digits: int) -> None:
    """Raise UnfitValueError if a fraction of a second would be rounded."""
    if microsecond % 10 ** (_MICROSECOND_DIGITS - digits):
        if not digits:
            raise UnfitValueError("takes whole seconds; this time has a fraction of a second")
        raise UnfitValueError(
            f"takes fractions of a second with at most {digits} digit{'s' * (digits > 1)}"
        )


def pattern_fraction(digits: int) -> str:
    """The part of a cell's number format that shows fractions: at most three digits."""
    return "." + "0" * min(digits, 3) if digits else ""


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text in "Zz":
        return UTC
    digits = text[1:].replace(":", "").ljust(6, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]), seconds=int(digits[4:]))
    return timezone(-offset if text[0] == "-" else offset)
