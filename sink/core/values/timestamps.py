"""TIMESTAMP(n): canonical value is UTC text, ``2004-01-31T03:04:05Z`` and n fraction digits.

The cell shows the instant's wall time in the mapping's zone. When clocks go back, an hour of wall
times happens twice: its first pass shows as a date like any other, its second as text with the
offset, so that both are told apart; a wall time in that hour is read as the first pass. When
clocks go forward, a wall time that never was is refused.
https://dev.mysql.com/doc/refman/9.4/en/datetime.html: 1970-01-01 00:00:01 to 2038-01-19 03:14:07
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sink.core.cell import LocalDateTime
from sink.core.errors import UnfitValueError
from sink.core.values.codec import Shown
from sink.core.values.column_codec import TextualCodec
from sink.core.values.moments import (
    ZeroDateError,
    parse_moment,
    pattern_fraction,
    print_moment,
    refuse_finer,
)
from sink.core.values.serials import local_text, to_serial, to_wall

FIRST = datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
LAST = datetime(2038, 1, 19, 3, 14, 7, 999_999, tzinfo=UTC)

_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
"""What Debezium makes of a zero date where the column is NOT NULL; no TIMESTAMP is that early."""


@dataclass(frozen=True)
class TimestampCodec(TextualCodec):
    """Instants, shown in ``zone``."""

    zone: ZoneInfo

    @property
    def takes(self) -> str:
        """See ColumnCodec."""
        return "a date and time, such as 2004-01-31 15:30:00"

    def read_debezium(self, raw: object) -> str:
        """See ColumnCodec. ISO text with a zone."""
        if not isinstance(raw, str):
            self.broken(raw)
        try:
            instant = datetime.fromisoformat(raw)
        except ValueError as error:
            raise ZeroDateError from error
        if instant.tzinfo is None:
            self.broken(raw)
        if instant == _ZERO:
            raise ZeroDateError
        return self.canonical(instant)

    def write_debezium(self, value: str) -> object:
        """See ColumnCodec. The connector sends all digits that the column has."""
        return value

    def read_row(self, raw: object) -> str:
        """See ColumnCodec. The session's zone is UTC; PyMySQL returns a zero date as text."""
        if not isinstance(raw, datetime):
            raise ZeroDateError
        return self.canonical(raw.replace(tzinfo=UTC))

    def write_parameter(self, value: str) -> object:
        """See ColumnCodec. The offset makes it independent of the session's zone."""
        return value.replace("T", " ").replace("Z", "+00:00")

    def show(self, value: str) -> Shown:
        """See ColumnCodec."""
        local = datetime.fromisoformat(value).astimezone(self.zone)
        serial = None if local.fold else to_serial(local.replace(tzinfo=None))
        if serial is not None:
            return serial
        offset = local.isoformat(timespec="hours")[len("2004-01-31T03") :]
        return f"{print_moment(local, self.column.fraction)} {offset}"

    def mean_number(self, number: int | float) -> str:
        """See ColumnCodec."""
        return self._local(to_wall(number))

    def mean_text(self, text: str) -> str:
        """See ColumnCodec. Without an offset it is a wall time of the mapping's zone."""
        moment = parse_moment(text)
        if moment is None:
            self.refuse(text)
        return self._local(moment) if moment.tzinfo is None else self.canonical(moment)

    def mean_moment(self, moment: LocalDateTime) -> str:
        """See ColumnCodec."""
        return self._local(moment.wall)

    def _local(self, wall: datetime) -> str:
        try:
            instant = wall.replace(tzinfo=self.zone).astimezone(UTC)
        except OverflowError:
            self.refuse(local_text(wall))
        if instant.astimezone(self.zone).replace(tzinfo=None) != wall:
            raise UnfitValueError(
                f"takes a time that exists: {local_text(wall)} was skipped in {self.zone.key} "
                "when clocks went forward"
            )
        return self.canonical(instant)

    def canonical(self, instant: datetime) -> str:
        """UTC text with the column's fraction digits; refuses what is finer or out of range."""
        refuse_finer(instant.microsecond, self.column.fraction)
        if not FIRST <= instant <= LAST:
            raise UnfitValueError("takes times from 1970-01-01 to 2038-01-19 (UTC)")
        return print_moment(instant.astimezone(UTC), self.column.fraction, "T") + "Z"

    @property
    def number_format(self) -> tuple[str, str] | None:
        """See Codec."""
        return ("DATE_TIME", "yyyy-mm-dd hh:mm:ss" + pattern_fraction(self.column.fraction))
