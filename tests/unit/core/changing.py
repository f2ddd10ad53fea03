"""Declarations for tests of changed tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sink.core.columns import Column, Table
from sink.core.declared import Declared
from sink.core.mapped_table import MappedTable
from sink.core.mapping import Mapping as TableMapping

INT = Column("", "int", "int", precision=10)
TEXT = Column("", "varchar", "varchar(20)", length=20)
PRICE = Column("", "decimal", "decimal(8,2)", precision=8, scale=2)
DAY = Column("", "date", "date")
MOMENT = Column("", "timestamp", "timestamp")


def mapped(
    columns: Mapping[str, Column],
    headers: Mapping[str, str] | None = None,
    *,
    key: tuple[str, ...] = ("id",),
    zone: str = "UTC",
) -> MappedTable:
    """A table with these columns behind its key; ``headers`` empty: all of them are mapped."""
    kinds = {**{name: INT for name in key if name not in columns}, **columns}
    named = {name: replace(kind, name=name) for name, kind in kinds.items()}
    mapping = TableMapping(
        "parts", "shop.parts", "S", "parts", key, columns=dict(headers or {}), time_zone=zone
    )
    return MappedTable.of(mapping, Table("shop.parts", named, key))


def declared(
    columns: Mapping[str, Column],
    headers: Mapping[str, str] | None = None,
    *,
    key: tuple[str, ...] = ("id",),
    zone: str = "UTC",
) -> Declared:
    """How such a table is declared."""
    return Declared.of(mapped(columns, headers, key=key, zone=zone))
