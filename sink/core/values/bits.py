"""BIT(n), n > 1: canonical value is an int. BIT(1) is a boolean (``booleans``).

PyMySQL gives bytes, most significant first; Debezium's ``Bits`` are bytes, least significant first
(https://debezium.io/documentation/reference/stable/connectors/mysql.html#mysql-basic-types),
base64 in JSON.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from sink.core.values.integers import IntegerCodec


@dataclass(frozen=True)
class BitCodec(IntegerCodec):
    """Whole numbers of ``n`` bits."""

    def read_debezium(self, raw: object) -> int:
        """See ColumnCodec."""
        if not isinstance(raw, str):
            self.broken(raw)
        try:
            return self.held(int.from_bytes(base64.b64decode(raw, validate=True), "little"))
        except binascii.Error:
            self.broken(raw)

    def write_debezium(self, value: int) -> object:
        """See ColumnCodec."""
        size = (self.maximum.bit_length() + 7) // 8
        return base64.b64encode(value.to_bytes(size, "little")).decode()

    def read_row(self, raw: object) -> int:
        """See ColumnCodec."""
        if not isinstance(raw, bytes):
            self.broken(raw)
        return self.held(int.from_bytes(raw, "big"))

    def held(self, number: int) -> int:
        """``number``, if the column can store it."""
        if not self.holds(number):
            self.broken(number)
        return number
