"""From ``information_schema.COLUMNS`` to a Column.

https://dev.mysql.com/doc/refman/9.4/en/information-schema-columns-table.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from sink.core.columns import Column

FIELDS: Final = (
    "COLUMN_NAME",
    "DATA_TYPE",
    "COLUMN_TYPE",
    "IS_NULLABLE",
    "CHARACTER_MAXIMUM_LENGTH",
    "NUMERIC_PRECISION",
    "NUMERIC_SCALE",
    "DATETIME_PRECISION",
    "COLLATION_NAME",
    "COLUMN_DEFAULT",
    "EXTRA",
)
"""What to select, ordered by ORDINAL_POSITION."""

_MEMBER = re.compile(r"'((?:[^'\\]|''|\\.)*)'", re.DOTALL)
_ESCAPED = re.compile(r"''|\\(.)", re.DOTALL)
_NAMED_ESCAPES = {"0": "\0", "n": "\n", "r": "\r", "t": "\t", "b": "\b", "Z": "\x1a"}


def declared_column(row: Mapping[str, object]) -> Column:
    """The column that a row with ``FIELDS`` describes."""
    data_type = str(row["DATA_TYPE"]).lower()
    declaration = str(row["COLUMN_TYPE"])
    extra = str(row["EXTRA"] or "").upper()
    collation = row["COLLATION_NAME"]
    return Column(
        name=str(row["COLUMN_NAME"]),
        data_type=data_type,
        declaration=declaration,
        nullable=row["IS_NULLABLE"] == "YES",
        length=_number(row["CHARACTER_MAXIMUM_LENGTH"]),
        precision=_number(row["NUMERIC_PRECISION"]),
        scale=_number(row["NUMERIC_SCALE"]),
        fraction=_number(row["DATETIME_PRECISION"]) or 0,
        unsigned="unsigned" in declaration.lower().split(),
        members=members(declaration) if data_type in ("enum", "set") else (),
        collation=None if collation is None else str(collation),
        has_default=row["COLUMN_DEFAULT"] is not None or "DEFAULT_GENERATED" in extra,
        auto_increment="AUTO_INCREMENT" in extra,
        generated="VIRTUAL GENERATED" in extra or "STORED GENERATED" in extra,
    )


def members(declaration: str) -> tuple[str, ...]:
    """The members of ``enum('a','it''s')`` or ``set(…)``, in declared order."""
    return tuple(
        _ESCAPED.sub(_unescaped, quoted)
        for quoted in _MEMBER.findall(declaration[declaration.index("(") :])
    )


def _unescaped(match: re.Match[str]) -> str:
    escaped = match[1]
    if escaped is None:
        return "'"
    return _NAMED_ESCAPES.get(escaped, escaped)


def _number(raw: object) -> int | None:
    return None if raw is None else int(str(raw))
