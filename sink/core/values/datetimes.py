"""DATETIME(n): canonical value is wall-clock text, ``2004-01-31 03:04:05`` and n fraction digits.

It has no zone; the cell shows the same wall time whatever the mapping's zone is.
https://dev.mysql.com/doc/refman/9.4/en/datetime.html
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sink.core.cell import LocalDateTime
from sink.core.values.codec import Shown
from sink.core.values.column_codec import TextualCodec
from sink.core.values.moments import (
    ZeroDateError,
    parse_moment,
    pattern_fraction,
    print_moment,
    refuse_finer,
)
from sink.core.values.serials import to_serial, to_wall

_UNIX_EPOCH = datetime.fromisoformat("1970-01-01")
_MILLISECOND_DIGITS = 3


class DateTimeCodec(TextualCodec):
    """Wall times of the years 1 to 9999."""

    @property
    def takes(self) -> str:
        """See ColumnCodec."""
        return "a date and time, such as 2004-01-31 15:30:00"

    def read_debezium(self, raw: object) -> str:
        """See ColumnCodec.

        Milliseconds since 1970 for at most three fraction digits, else microseconds; or ISO text
        under ``time.precision.mode=isostring``.
        """
        if isinstance(raw, int) and not isinstance(raw, bool):
            return self.canonical(_UNIX_EPOCH + raw * self._unit)
        wall = parse_moment(raw) if isinstance(raw, str) else None
        if wall is None:
            raise ZeroDateError
        return self.canonical(wall)

    def write_debezium(self, value: str) -> object:
        """See ColumnCodec."""
        return (datetime.fromisoformat(value) - _UNIX_EPOCH) // self._unit

    def read_row(self, raw: object) -> str:
        """See ColumnCodec. PyMySQL returns what is no date as text."""
        if not isinstance(raw, datetime):
            raise ZeroDateError
        return self.canonical(raw)

    def show(self, value: str) -> Shown:
        """See ColumnCodec."""
        serial = to_serial(datetime.fromisoformat(value))
        return value if serial is None else serial

    def mean_number(self, number: int | float) -> str:
        """See ColumnCodec."""
        return self.canonical(to_wall(number))

    def mean_text(self, text: str) -> str:
        """See ColumnCodec. A date alone is its midnight."""
        wall = parse_moment(text)
        if wall is None or wall.tzinfo is not None:
            self.refuse(text)
        return self.canonical(wall)

    def mean_moment(self, moment: LocalDateTime) -> str:
        """See ColumnCodec."""
        return self.canonical(moment.wall)

    def canonical(self, wall: datetime) -> str:
        """Text with the column's fraction digits; refuses a finer time."""
        refuse_finer(wall.microsecond, self.column.fraction)
        return print_moment(wall, self.column.fraction)

    @property
    def _unit(self) -> timedelta:
        coarse = self.column.fraction <= _MILLISECOND_DIGITS
        return timedelta(milliseconds=1) if coarse else timedelta(microseconds=1)

    @property
    def number_format(self) -> tuple[str, str] | None:
        """See Codec."""
        return ("DATE_TIME", "yyyy-mm-dd hh:mm:ss" + pattern_fraction(self.column.fraction))
