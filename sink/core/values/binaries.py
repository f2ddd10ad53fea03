"""BINARY, VARBINARY, BLOB …: canonical value is base64; the cell shows hex, ``0x00FF``.

Hex is how MySQL's tools show bytes, says by its prefix what it is, and never looks like a number
or a word. BINARY(n) is filled with zero bytes to n, as MySQL returns it; the binlog leaves them
out. Debezium sends base64 under ``binary.handling.mode=base64``.
https://dev.mysql.com/doc/refman/9.4/en/binary-varbinary.html
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from sink.core.errors import UnfitValueError
from sink.core.values.codec import Shown
from sink.core.values.column_codec import TEXT_FORMAT, TextualCodec
from sink.core.values.long_text import fit_cell, refuse_cut

BLOB_BYTES = {
    "tinyblob": 2**8 - 1,
    "blob": 2**16 - 1,
    "mediumblob": 2**24 - 1,
    "longblob": 2**32 - 1,
}

_HEX = re.compile(r"0[xX]((?:[0-9A-Fa-f]{2})*)\Z")


@dataclass(frozen=True)
class BinaryCodec(TextualCodec):
    """Bytes, at most ``size``; exactly so many where the column is ``fixed``."""

    size: int
    fixed: bool = False

    @property
    def takes(self) -> str:
        """See ColumnCodec."""
        return "bytes as hex digits, such as 0x00FF"

    def read_debezium(self, raw: object) -> str:
        """See ColumnCodec."""
        if not isinstance(raw, str):
            self.broken(raw)
        try:
            return self.canonical(base64.b64decode(raw, validate=True))
        except binascii.Error:
            self.broken(raw)

    def write_debezium(self, value: str) -> object:
        """See ColumnCodec."""
        return value

    def read_row(self, raw: object) -> str:
        """See ColumnCodec."""
        if not isinstance(raw, bytes):
            self.broken(raw)
        return self.canonical(raw)

    def write_parameter(self, value: str) -> object:
        """See ColumnCodec."""
        return base64.b64decode(value)

    def show(self, value: str) -> Shown:
        """See ColumnCodec. No bytes are an empty cell."""
        digits = base64.b64decode(value).hex().upper()
        return fit_cell(f"0x{digits}") if digits else None

    def mean_empty(self) -> str:
        """See ColumnCodec."""
        return self.canonical(b"")

    def mean_text(self, text: str) -> str:
        """See ColumnCodec."""
        refuse_cut(text)
        match = _HEX.match(text.strip())
        if match is None:
            self.refuse(text)
        content = bytes.fromhex(match[1])
        if len(content) > self.size:
            raise UnfitValueError(f"takes at most {self.size} bytes; these are {len(content)}")
        return self.canonical(content)

    def canonical(self, content: bytes) -> str:
        """Base64 of the bytes as MySQL returns them."""
        filled = content.ljust(self.size, b"\0") if self.fixed else content
        return base64.b64encode(filled).decode()

    @property
    def number_format(self) -> tuple[str, str] | None:
        """See Codec."""
        return TEXT_FORMAT
