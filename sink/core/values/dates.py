"""DATE: canonical value is ``yyyy-mm-dd``; the cell is a whole serial, text before 1900.

https://dev.mysql.com/doc/refman/9.4/en/datetime.html. Zero dates and partial ones (``2004-00-00``)
are refused, as Debezium cannot carry them.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sink.core.cell import LocalDateTime
from sink.core.errors import UnfitValueError
from sink.core.values.codec import Shown
from sink.core.values.column_codec import TextualCodec
from sink.core.values.moments import ZeroDateError, parse_moment
from sink.core.values.serials import EPOCH, to_serial, to_wall

_UNIX_EPOCH = date(1970, 1, 1)


class DateCodec(TextualCodec):
    """Days of the years 1 to 9999."""

    @property
    def takes(self) -> str:
        """See ColumnCodec."""
        return "a date, such as 2004-01-31"

    def read_debezium(self, raw: object) -> str:
        """See ColumnCodec. Days since 1970, or ISO text under ``time.precision.mode=isostring``."""
        if isinstance(raw, int) and not isinstance(raw, bool):
            return (_UNIX_EPOCH + timedelta(days=raw)).isoformat()
        wall = parse_moment(raw.removesuffix("Z")) if isinstance(raw, str) else None
        if wall is None:
            raise ZeroDateError
        return wall.date().isoformat()

    def write_debezium(self, value: str) -> object:
        """See ColumnCodec."""
        return (date.fromisoformat(value) - _UNIX_EPOCH).days

    def read_row(self, raw: object) -> str:
        """See ColumnCodec. PyMySQL returns what is no date as text."""
        if not isinstance(raw, date):
            raise ZeroDateError
        return raw.isoformat()

    def show(self, value: str) -> Shown:
        """See ColumnCodec."""
        serial = to_serial(datetime.fromisoformat(value))
        return value if serial is None else serial

    def mean_number(self, number: int | float) -> str:
        """See ColumnCodec."""
        return self._day(to_wall(number))

    def mean_text(self, text: str) -> str:
        """See ColumnCodec."""
        wall = parse_moment(text)
        if wall is None or wall.tzinfo is not None:
            self.refuse(text)
        return self._day(wall)

    def mean_moment(self, moment: LocalDateTime) -> str:
        """See ColumnCodec."""
        return self._day(moment.wall)

    def _day(self, wall: datetime) -> str:
        if wall.time() != EPOCH.time():
            raise UnfitValueError("takes a date without a time of day")
        return wall.date().isoformat()

    @property
    def number_format(self) -> tuple[str, str] | None:
        """See Codec."""
        return ("DATE", "yyyy-mm-dd")
