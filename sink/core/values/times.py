"""TIME(n): canonical value is ``[-]HH:MM:SS`` and n fraction digits, -838:59:59 to 838:59:59.

A TIME is a duration as well as a time of day; the cell is a number of days with an elapsed-time
format. https://dev.mysql.com/doc/refman/9.4/en/time.html
"""

from __future__ import annotations

import re
from datetime import timedelta

from sink.core.cell import LocalDateTime
from sink.core.errors import UnfitValueError
from sink.core.values.codec import Shown
from sink.core.values.column_codec import TextualCodec
from sink.core.values.moments import fraction_text, microseconds, pattern_fraction, refuse_finer
from sink.core.values.serials import EPOCH, duration_serial, to_duration

LONGEST = timedelta(hours=838, minutes=59, seconds=59)
_SECOND = timedelta(seconds=1)
_MICROSECOND = timedelta(microseconds=1)
_TIME = re.compile(r"([+-]?)(\d{1,3}):([0-5]?\d)(?::([0-5]?\d)(?:\.(\d{1,9}))?)?Z?\Z")


class TimeCodec(TextualCodec):
    """Times of day and durations of either sign."""

    @property
    def takes(self) -> str:
        """See ColumnCodec."""
        return "a time, such as 15:30:00"

    def read_debezium(self, raw: object) -> str:
        """See ColumnCodec. Microseconds; ISO text cannot be negative or beyond a day."""
        if isinstance(raw, int) and not isinstance(raw, bool):
            return self.canonical(timedelta(microseconds=raw))
        duration = _parse(raw) if isinstance(raw, str) else None
        if duration is None:
            self.broken(raw)
        return self.canonical(duration)

    def write_debezium(self, value: str) -> object:
        """See ColumnCodec."""
        return _duration(value) // _MICROSECOND

    def read_row(self, raw: object) -> str:
        """See ColumnCodec."""
        if not isinstance(raw, timedelta):
            self.broken(raw)
        return self.canonical(raw)

    def show(self, value: str) -> Shown:
        """See ColumnCodec. Text for what is finer than a millisecond."""
        duration = _duration(value)
        return value if duration.microseconds % 1000 else duration_serial(duration)

    def mean_number(self, number: int | float) -> str:
        """See ColumnCodec."""
        return self.canonical(to_duration(number))

    def mean_text(self, text: str) -> str:
        """See ColumnCodec."""
        duration = _parse(text.strip())
        if duration is None:
            self.refuse(text)
        return self.canonical(duration)

    def mean_moment(self, moment: LocalDateTime) -> str:
        """See ColumnCodec. Apps Script tells a time as a moment counted from 1899-12-30."""
        return self.canonical(moment.wall - EPOCH)

    def canonical(self, duration: timedelta) -> str:
        """Text with the column's fraction digits; refuses what is finer or out of range."""
        refuse_finer(duration.microseconds, self.column.fraction)
        if not -LONGEST <= duration <= LONGEST:
            raise UnfitValueError("takes a time from -838:59:59 to 838:59:59, not a date")
        sign = "-" if duration < timedelta(0) else ""
        seconds, rest = divmod(abs(duration), _SECOND)
        hours, minutes = divmod(seconds // 60, 60)
        whole = f"{sign}{hours:02d}:{minutes:02d}:{seconds % 60:02d}"
        return whole + fraction_text(rest // _MICROSECOND, self.column.fraction)

    @property
    def number_format(self) -> tuple[str, str] | None:
        """See Codec."""
        return ("TIME", "[hh]:mm:ss" + pattern_fraction(self.column.fraction))


def _parse(text: str) -> timedelta | None:
    """The duration of ``[-]H:MM[:SS[.ffffff]]``, None for another form."""
    match = _TIME.match(text)
    if match is None:
        return None
    sign, hours, minutes, seconds, fraction = match.groups()
    duration = timedelta(
        hours=int(hours),
        minutes=int(minutes),
        seconds=int(seconds or 0),
        microseconds=microseconds(fraction),
    )
    return -duration if sign == "-" else duration


def _duration(value: str) -> timedelta:
    duration = _parse(value)
    assert duration is not None, value
    return duration
