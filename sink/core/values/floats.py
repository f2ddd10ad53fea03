"""FLOAT and DOUBLE: canonical value is a float, never -0.0.

DOUBLE is exact everywhere: MySQL, Debezium and Python print the shortest text that reads back.
FLOAT is single precision. Debezium sends it in full, MySQL's text protocol prints 6 digits of it,
so that it is selected as a DOUBLE (``sink.core.values.sql``); its canonical value is the shortest
decimal that reads back as the same single-precision number: 0.1, not 0.10000000149011612.
FLOAT(m,d) and DOUBLE(m,d) are rounded by MySQL to d decimals, and so are their canonical values.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from decimal import Decimal

from sink.core.errors import UnfitValueError
from sink.core.values.cell_numbers import exact_number, parse_number, shown_number
from sink.core.values.codec import Shown, Value
from sink.core.values.column_codec import ColumnCodec

SINGLE_DIGITS = range(6, 10)
"""Six significant digits may name a single-precision number, nine always do (IEEE 754)."""


@dataclass(frozen=True)
class FloatCodec(ColumnCodec[float]):
    """Binary floating-point numbers; ``single`` for FLOAT."""

    single: bool

    @property
    def takes(self) -> str:
        """See ColumnCodec."""
        return "a number"

    def read_debezium(self, raw: object) -> float:
        """See ColumnCodec."""
        if not isinstance(raw, int | float) or isinstance(raw, bool):
            self.broken(raw)
        return self.canonical(float(raw))

    def read_row(self, raw: object) -> float:
        """See ColumnCodec."""
        return self.read_debezium(raw)

    def write_parameter(self, value: float) -> object:
        """See ColumnCodec. The very single, as MySQL refuses a decimal above the greatest one."""
        return _single(value) if self.single else value

    def show(self, value: float) -> Shown:
        """See ColumnCodec. In text, all digits that tell the number from its neighbours."""
        exact = Decimal(repr(value))
        shown = shown_number(exact)
        return repr(value) if isinstance(shown, str) else shown

    def mean_number(self, number: int | float) -> float:
        """See ColumnCodec."""
        return self.meant(exact_number(number))

    def mean_text(self, text: str) -> float:
        """See ColumnCodec."""
        number = parse_number(text)
        if number is None:
            self.refuse(text)
        return self.meant(number)

    def meant(self, number: Decimal) -> float:
        """The nearest number that the column holds."""
        if self.column.unsigned and number < 0:
            raise UnfitValueError("takes no number below 0")
        try:
            return self.canonical(float(number))
        except OverflowError as error:
            raise UnfitValueError("takes no number as large as this") from error

    def canonical(self, number: float) -> float:
        """See the module; raises OverflowError beyond the type's range."""
        if number in (float("inf"), float("-inf")):
            raise OverflowError
        if self.single:
            number = _single(number)
        if self.column.scale is not None:
            number = float(f"{number:.{self.column.scale}f}")
        elif self.single:
            number = _shortest(number)
        return number or 0.0

    def own(self, value: Value) -> float:
        """See ColumnCodec."""
        if not isinstance(value, int | float) or isinstance(value, bool):
            self.broken(value)
        return float(value)


def _single(number: float) -> float:
    """The single-precision number nearest to ``number``; raises OverflowError."""
    (rounded,) = struct.unpack("<f", struct.pack("<f", number))
    return float(rounded)


def _shortest(single: float) -> float:
    """The shortest decimal that reads back as ``single``."""
    for digits in SINGLE_DIGITS:
        candidate = float(f"{single:.{digits}g}")
        if _single(candidate) == single:
            return candidate
    return single
