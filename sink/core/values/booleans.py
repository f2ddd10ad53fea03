"""TINYINT(1) and BIT(1): canonical value is a bool; the cell is TRUE or FALSE.

MySQL's BOOL is TINYINT(1), which can also hold -128…127. Such a value is kept exactly: it is an
int, its cell a number. ``True`` stands for 1 and ``False`` for 0, which Python takes as equal.

One case is out of reach: of a table that is created with the word BOOL (not TINYINT(1)) while the
connector runs, the connector itself sends 2…127 and below 0 as ``true``; the reconciler, which
reads the table, finds the number.
"""

from __future__ import annotations

from dataclasses import dataclass

from sink.core.values.cell_numbers import exact_number, number_text, parse_number
from sink.core.values.codec import Shown, Value
from sink.core.values.column_codec import ColumnCodec

WORDS = {"true": True, "false": False}


@dataclass(frozen=True)
class BooleanCodec(ColumnCodec[bool | int]):
    """TRUE or FALSE, and whatever other small number the column can hold."""

    minimum: int = -128
    maximum: int = 127

    @property
    def takes(self) -> str:
        """See ColumnCodec."""
        return "TRUE or FALSE"

    def read_debezium(self, raw: object) -> bool | int:
        """See ColumnCodec. Comes as a JSON boolean or, without a converter, as a number."""
        if not isinstance(raw, int) or not self.minimum <= raw <= self.maximum:
            self.broken(raw)
        return self.canonical(raw)

    def read_row(self, raw: object) -> bool | int:
        """See ColumnCodec. PyMySQL gives BIT as bytes, TINYINT as an int."""
        if isinstance(raw, bytes):
            raw = int.from_bytes(raw, "big")
        return self.read_debezium(raw)

    def write_debezium(self, value: bool | int) -> object:
        """See ColumnCodec. BIT(1) is a JSON boolean, TINYINT(1) a number."""
        return value if self.column.data_type == "bit" else int(value)

    def write_parameter(self, value: bool | int) -> object:
        """See ColumnCodec."""
        return int(value)

    def show(self, value: bool | int) -> Shown:
        """See ColumnCodec."""
        return value

    def mean_bool(self, flag: bool) -> bool | int:
        """See ColumnCodec."""
        return flag

    def mean_number(self, number: int | float) -> bool | int:
        """See ColumnCodec."""
        meant = exact_number(number)
        if not self.minimum <= meant <= self.maximum or meant % 1:
            self.refuse(number_text(meant))
        return self.canonical(int(meant))

    def mean_text(self, text: str) -> bool | int:
        """See ColumnCodec. Text TRUE or FALSE is taken in any case of letters."""
        word = WORDS.get(text.strip().lower())
        number = parse_number(text)
        if word is None and number is not None and abs(number) <= self.maximum + 1:
            return self.mean_number(float(number))
        if word is None:
            self.refuse(text)
        return word

    def canonical(self, number: int) -> bool | int:
        """A bool for 0 and 1, the number itself beyond."""
        return bool(number) if number in (0, 1) else int(number)

    def own(self, value: Value) -> bool | int:
        """See ColumnCodec."""
        if not isinstance(value, int):
            self.broken(value)
        return self.canonical(value)
