"""YEAR: canonical value is an int, 1901 to 2155, or 0 for MySQL's year ``0000``.

Typed years are taken as four digits; MySQL's two-digit years are a guess that nobody asked for.
https://dev.mysql.com/doc/refman/9.4/en/year.html
"""

from __future__ import annotations

from sink.core.values.integers import IntegerCodec

DEBEZIUM_ZERO = 1900


class YearCodec(IntegerCodec):
    """Years."""

    @property
    def takes(self) -> str:
        """See ColumnCodec."""
        return f"a year from {self.minimum} to {self.maximum}"

    def read_debezium(self, raw: object) -> int:
        """See ColumnCodec. Debezium adds 1900 to the byte that MySQL stores: 0000 comes as 1900."""
        return 0 if raw == DEBEZIUM_ZERO else super().read_debezium(raw)

    def write_debezium(self, value: int) -> object:
        """See ColumnCodec."""
        return value or DEBEZIUM_ZERO

    def write_parameter(self, value: int) -> object:
        """See ColumnCodec. The number 0 is the year 0000, the text '0' would be 2000."""
        return value

    def holds(self, number: int) -> bool:
        """See IntegerCodec."""
        return number == 0 or super().holds(number)
