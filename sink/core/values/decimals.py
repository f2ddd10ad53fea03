"""DECIMAL(p,s): canonical value is plain text with exactly ``s`` decimals, such as ``12.50``.

https://dev.mysql.com/doc/refman/9.4/en/precision-math-decimal-characteristics.html. Debezium sends
text under ``decimal.handling.mode=string``.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from sink.core.errors import UnfitValueError
from sink.core.mapping import in_quotes
from sink.core.values.cell_numbers import exact_number, number_text, parse_number, shown_number
from sink.core.values.codec import Shown
from sink.core.values.column_codec import TextualCodec

LONGEST = 65
"""Digits of the longest DECIMAL."""


@dataclass(frozen=True)
class DecimalCodec(TextualCodec):
    """Decimals of at most ``whole`` digits before the point and ``scale`` after it."""

    whole: int
    scale: int

    @property
    def takes(self) -> str:
        """See ColumnCodec."""
        if not self.scale:
            return "a whole number"
        return f"a number with at most {self.scale} decimal{'s' * (self.scale > 1)}"

    def read_debezium(self, raw: object) -> str:
        """See ColumnCodec."""
        if not isinstance(raw, str | int | Decimal) or isinstance(raw, bool):
            self.broken(raw)
        try:
            return self.canonical(Decimal(raw))
        except (InvalidOperation, UnfitValueError):
            self.broken(raw)

    def read_row(self, raw: object) -> str:
        """See ColumnCodec."""
        return self.read_debezium(raw)

    def write_parameter(self, value: str) -> object:
        """See ColumnCodec."""
        return Decimal(value)

    def show(self, value: str) -> Shown:
        """See ColumnCodec."""
        return shown_number(Decimal(value))

    def mean_number(self, number: int | float) -> str:
        """See ColumnCodec."""
        return self.canonical(exact_number(number))

    def mean_text(self, text: str) -> str:
        """See ColumnCodec. A text may spell a number of any length."""
        number = parse_number(text)
        if number is None:
            self.refuse(text)
        return self.canonical(number)

    def canonical(self, number: Decimal) -> str:
        """Plain text at the column's scale; refuses what would be rounded or overflow."""
        if not number:
            return format(Decimal((0, (0,), -self.scale)), "f")
        if number < 0 and self.column.unsigned:
            raise UnfitValueError(f"takes no number below 0, not {in_quotes(number_text(number))}")
        if number.adjusted() >= self.whole:
            raise UnfitValueError(
                f"takes at most {self.whole} digit{'s' * (self.whole != 1)} "
                f"before the point, not {in_quotes(number_text(number))}"
            )
        digits = number.as_tuple()
        surplus = -self.scale - int(digits.exponent)
        if not surplus:
            return format(number, "f")
        if surplus > 0 and any(digits.digits[-surplus:]):
            self.refuse(number_text(number))
        whole, _, fraction = format(number, "f").partition(".")
        fraction = fraction[: self.scale].ljust(self.scale, "0")
        return f"{whole}.{fraction}" if self.scale else whole

    @property
    def number_format(self) -> tuple[str, str] | None:
        """See Codec. Every decimal of the column is shown, so that 12.5 reads 12.50."""
        return ("NUMBER", "0." + "0" * self.scale if self.scale else "0")
