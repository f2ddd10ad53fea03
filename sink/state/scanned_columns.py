"""How a column is read where many rows are: as an element of one JSON array a row.

PyMySQL takes a row apart cell by cell, in Python, for longer than the server takes to read the
table. Of a JSON array it has one text to take over, which orjson takes apart. A value that JSON
cannot hold exactly goes as text, and comes out as what PyMySQL would have made of it.
https://dev.mysql.com/doc/refman/9.4/en/json-creation-functions.html#function_json-array
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pymysql.converters import (  # type: ignore[import-untyped]  # it ships no types
    convert_date,
    convert_datetime,
    convert_timedelta,
)

from sink.core.column_wise import Column, converted
from sink.core.columns import Column as Declared
from sink.core.errors import UnfitValueError
from sink.core.mapped_table import MappedTable
from sink.core.values.codec import Codec, Value
from sink.core.values.floats import FloatCodec
from sink.core.values.integers import IntegerCodec
from sink.core.values.sql import read_expression
from sink.core.values.text import TextCodec
from sink.core.version import ABSENT, Absent

log = logging.getLogger(__name__)

_TEXT = "CAST({column} AS CHAR)"
_HEX = "HEX({column})"
_BITS = "HEX(CAST({column} AS BINARY))"

_FORMS: dict[str, tuple[str, Callable[[str], object]]] = {
    "decimal": (_TEXT, Decimal),
    "date": (_TEXT, convert_date),
    "datetime": (_TEXT, convert_datetime),
    "timestamp": (_TEXT, convert_datetime),
    "time": (_TEXT, convert_timedelta),
    "json": (_TEXT, str),
    "bit": (_BITS, bytes.fromhex),
    **dict.fromkeys(("binary", "varbinary"), (_HEX, bytes.fromhex)),
    **dict.fromkeys(("tinyblob", "blob", "mediumblob", "longblob"), (_HEX, bytes.fromhex)),
}
"""What to select for a column instead of itself, and what makes PyMySQL's value of it."""


@dataclass(frozen=True, slots=True)
class ScannedColumn:
    """One column: the ``expression`` to select, and how its JSON becomes values."""

    name: str
    data_type: str
    expression: str
    codec: Codec
    as_driver: Callable[[str], object] | None
    table: str

    @classmethod
    def of(cls, column: Declared, table: MappedTable) -> ScannedColumn:
        """How ``column`` is read."""
        form, as_driver = _FORMS.get(column.data_type, ("{column}", None))
        expression = form.format(column=read_expression(column))
        codec, kind = table.codecs[column.name], column.data_type
        return cls(column.name, kind, expression, codec, as_driver, table.mapping.table)

    def key_values(self, raw: Sequence[Any]) -> list[Value]:
        """The values of a key column. Raises UnfitValueError for one that no codec can tell."""
        return list(raw) if self._is_value else converted(raw, self._value)

    def values(self, raw: Sequence[Any]) -> Column:
        """The values of any other column; one that no codec can tell is ABSENT."""
        if self._is_value:
            return raw
        if isinstance(self.codec, FloatCodec):
            return [self._known(value) for value in raw]
        return converted(raw, self._known)

    @property
    def _is_value(self) -> bool:
        """Whether the JSON value is the column's value already."""
        kind = type(self.codec)
        return kind is IntegerCodec or (kind is TextCodec and self.data_type != "char")

    def _value(self, raw: object) -> Value:
        if self.as_driver is not None and isinstance(raw, str):
            raw = self.as_driver(raw)
        return self.codec.from_row(raw)

    def _known(self, raw: object) -> Value | Absent:
        try:
            return self._value(raw)
        except UnfitValueError as error:
            log.warning("%s.%s %s", self.table, self.name, error.reason)
            return ABSENT


def json_array(columns: Sequence[ScannedColumn]) -> str:
    """The expression of a whole row."""
    return f"JSON_ARRAY({', '.join(column.expression for column in columns)})"
