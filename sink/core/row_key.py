"""Row keys: one identity of a row for both topics, the state tables and the sheet.

Two keys are the same row where their canonical values are equal. Whether MySQL takes 'abc' and
'ABC' for one key is the collation's business, which only the server can tell.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial, total_ordering
from typing import Final

from sink.core.column_wise import converted
from sink.core.errors import EnvelopeError, UnfitValueError
from sink.core.values.codec import Codec, Value

LARGEST = 2_000
"""Bytes of a key's canonical form that the state tables take; an index of InnoDB has few more."""

_JSON = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
_JACKSON_ESCAPED = re.compile(r"\\(?:u([0-9a-f]{4})|.)|[\U00010000-\U0010FFFF]")


@total_ordering
@dataclass(init=False, slots=True)
class RowKey:
    """The primary key's canonical values by column, in primary-key order.

    Hashable and ordered: numbers by size before texts by code point.
    """

    columns: Final[tuple[str, ...]]
    values: Final[tuple[Value, ...]]

    def __init__(
        self,
        columns: tuple[str, ...],
        values: tuple[Value, ...],
    ) -> None:
        self.columns = columns
        self.values = values

    @classmethod
    def from_values(cls, columns: Sequence[str], values: Sequence[Value]) -> RowKey:
        """The key of a row with these canonical values.

        Raises UnfitValueError where one is NULL: no primary key holds NULL.
        """
        if None in values:
            raise UnfitValueError("cannot be empty: it is the row's key")
        return cls(tuple(columns), tuple(values))

    @classmethod
    def from_debezium(
        cls, raw: object, columns: Sequence[str], codecs: Mapping[str, Codec]
    ) -> RowKey:
        """The key that a change event's record bears, decoded from JSON.

        Raises EnvelopeError where it is not a key of this table.
        """
        if not isinstance(raw, dict) or raw.keys() != set(columns):
            raise EnvelopeError(f"not a key of {', '.join(columns)}: {raw!r:.80}")
        try:
            return cls.from_values(
                columns, [codecs[column].from_debezium(raw[column]) for column in columns]
            ).require_storable()
        except UnfitValueError as error:
            raise EnvelopeError(f"not a key of {', '.join(columns)}: {error.reason}") from error

    def require_storable(self) -> RowKey:
        """The key itself. Raises UnfitValueError where it is too long for the state tables."""
        # a character takes twelve bytes at most: those of short keys need not be counted
        length = sum(len(value) for value in self.values if isinstance(value, str))
        if length > LARGEST // 20 and len(self.canonical) > LARGEST:
            raise UnfitValueError(f"is too long for a row's key, which may take {LARGEST} bytes")
        return self

    @property
    def canonical(self) -> bytes:
        """JSON of the canonical values in key order, as compact as Debezium's.

        The same bytes as Debezium's key with schemas off for whole numbers, decimals, texts and
        bytes; ``debezium`` tells those of types that it writes in another form (dates as days).
        """
        members = zip(self.columns, self.values, strict=True)
        return b"{" + b",".join([_member(column, value) for column, value in members]) + b"}"

    def debezium(self, codecs: Mapping[str, Codec]) -> bytes:
        """The key's bytes in the topic of change events (but for large and small doubles)."""
        return _dump(
            {
                column: codecs[column].to_debezium(value)
                for column, value in zip(self.columns, self.values, strict=True)
            }
        )

    @property
    def display(self) -> str:
        """The key for people: its values, as text."""
        return ", ".join(str(value) for value in self.values)

    def __hash__(self) -> int:
        return hash(self.values)  # keys that are met with one another have the same columns

    def __lt__(self, other: RowKey) -> bool:
        return _order(self) < _order(other)


def canonical_keys(columns: Sequence[str], values: Sequence[Sequence[Value]]) -> list[bytes]:
    """``RowKey.canonical`` of many rows; ``values`` are the key's columns, one after the other."""
    parts = [
        converted(of_column, partial(_member, column))
        for column, of_column in zip(columns, values, strict=True)
    ]
    return [b"{" + b",".join(row) + b"}" for row in zip(*parts, strict=True)]


def _member(column: str, value: Value) -> bytes:
    if type(value) is int:  # a boolean is none
        return b"%b:%d" % (_name(column), value)
    return _name(column) + b":" + _dump(value)


@cache
def _name(column: str) -> bytes:
    return _dump(column)


def _order(key: RowKey) -> list[tuple[bool, float | int, str]]:
    return [
        (True, 0, value) if isinstance(value, str) else (False, value or 0, "")
        for value in key.values
    ]


def _dump(raw: object) -> bytes:
    """JSON as Java's Jackson writes it: characters beyond U+FFFF and controls as ``\\uD83D``."""
    text = _JSON.encode(raw)
    if not text.isascii() or "\\" in text:
        text = _JACKSON_ESCAPED.sub(_upper_escape, text)
    return text.encode()


def _upper_escape(match: re.Match[str]) -> str:
    if match[0].startswith("\\"):
        return match[0] if match[1] is None else f"\\u{match[1].upper()}"
    units = match[0].encode("utf-16-be").hex().upper()
    return f"\\u{units[:4]}\\u{units[4:]}"
