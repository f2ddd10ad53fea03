"""Column values as short text that a person can read, alike from MySQL and from Debezium.

Numbers stay numbers where JSON carries them exactly; whatever else becomes text. Debezium's forms:
https://debezium.io/documentation/reference/stable/connectors/mysql.html#mysql-temporal-types
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

Shown = None | bool | int | float | str

_EXACT = 2**53
_LONGEST = 300
_MILLISECOND_DIGITS = 3
_BINARY = frozenset({"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "bit"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ColumnType:
    """What must be known of a column to show its values; ``fraction`` is of its seconds."""

    name: str
    data_type: str
    fraction: int = 0


def show_row_value(value: object) -> Shown:
    """A value as PyMySQL gives it."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if -_EXACT <= value <= _EXACT else str(value)
    return _shorten(_row_text(value))


def _row_text(value: object) -> str:
    match value:
        case Decimal():
            return f"{value:f}"
        case datetime():
            return _wall_clock(value)
        case timedelta():
            return _duration(value)
        case bytes():
            return "0x" + value.hex()
    return str(value)


def show_event_value(value: object, column: ColumnType) -> Shown:
    """A value of a before or after image, as the connector's settings make it."""
    if isinstance(value, int) and column.data_type in _FROM_NUMBER:
        return _FROM_NUMBER[column.data_type](value, column)
    if isinstance(value, str) and column.data_type in _BINARY:
        return _shorten("0x" + _decoded(value).hex())
    if isinstance(value, str) and column.data_type == "timestamp":
        return _instant(value)
    return show_row_value(value)


def _day(value: int, _: ColumnType) -> str:
    """Days since 1970."""
    return (_EPOCH + timedelta(days=value)).date().isoformat()


def _moment(value: int, column: ColumnType) -> str:
    """Milliseconds since 1970 up to three digits of fraction, microseconds beyond."""
    scale = 1_000 if column.fraction <= _MILLISECOND_DIGITS else 1
    return _wall_clock(_EPOCH + timedelta(microseconds=value * scale))


def _span(value: int, _: ColumnType) -> str:
    """Microseconds."""
    return _duration(timedelta(microseconds=value))


_FROM_NUMBER: dict[str, Callable[[int, ColumnType], str]] = {
    "date": _day,
    "datetime": _moment,
    "time": _span,
}


def _wall_clock(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(sep=" ")


def _instant(text: str) -> str:
    try:
        return _wall_clock(datetime.fromisoformat(text).astimezone(UTC))
    except ValueError:
        return _shorten(text)


def _duration(span: timedelta) -> str:
    sign = "-" if span < timedelta() else ""
    whole, micro = divmod(abs(span) // timedelta(microseconds=1), 1_000_000)
    fraction = f".{micro:06d}".rstrip("0") if micro else ""
    return f"{sign}{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}{fraction}"


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return text.encode()


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
