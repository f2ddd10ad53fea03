"""TINYINT … BIGINT, signed and unsigned, and YEAR: canonical value is an int.

Ranges: https://dev.mysql.com/doc/refman/9.4/en/integer-types.html. Debezium sends JSON numbers;
BIGINT UNSIGNED too, under ``bigint.unsigned.handling.mode=precise`` with the JSON converter's
``decimal.format=NUMERIC``.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sink.core.values.cell_numbers import (
    WHOLE,
    exact_number,
    number_text,
    parse_number,
    shown_number,
)
from sink.core.values.codec import Shown, Value
from sink.core.values.column_codec import ColumnCodec

LONGEST = 20
"""Digits of the greatest BIGINT UNSIGNED."""

INTEGER_BITS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "bigint": 64}


@dataclass(frozen=True)
class IntegerCodec(ColumnCodec[int]):
    """Whole numbers between ``minimum`` and ``maximum``."""

    minimum: int
    maximum: int

    @property
    def takes(self) -> str:
        """See ColumnCodec."""
        return f"a whole number from {self.minimum} to {self.maximum}"

    def read_debezium(self, raw: object) -> int:
        """See ColumnCodec. A TINYINT declared as BOOL may come as a JSON boolean."""
        if not isinstance(raw, int) or not self.holds(int(raw)):
            self.broken(raw)
        return int(raw)

    def read_row(self, raw: object) -> int:
        """See ColumnCodec."""
        return self.read_debezium(raw)

    def show(self, value: int) -> Shown:
        """See ColumnCodec."""
        return value if -WHOLE < value < WHOLE else shown_number(Decimal(value))

    def mean_number(self, number: int | float) -> int:
        """See ColumnCodec."""
        return self.whole(exact_number(number))

    def mean_text(self, text: str) -> int:
        """See ColumnCodec. A text may spell a number of any length."""
        number = parse_number(text)
        if number is None:
            self.refuse(text)
        return self.whole(number)

    def whole(self, number: Decimal) -> int:
        """The int that ``number`` is, if the column holds it."""
        in_reach = number.adjusted() < LONGEST
        if not in_reach or number % 1 or not self.holds(int(number)):
            self.refuse(number_text(number))
        return int(number)

    def holds(self, number: int) -> bool:
        """Whether the column can store ``number``."""
        return self.minimum <= number <= self.maximum

    def own(self, value: Value) -> int:
        """See ColumnCodec."""
        if not isinstance(value, int):
            self.broken(value)
        return int(value)

    @property
    def number_format(self) -> tuple[str, str] | None:
        """See Codec."""
        return ("NUMBER", "0")
