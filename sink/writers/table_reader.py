"""Rows of the mapped table, locked and read by key, in as few statements as there can be.

What is MySQL's own (quoting, row constructors, ``FOR UPDATE``) stays on this page, the ones beside
it and in ``sink.state``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, CursorResult

from sink.core.change_event import Image
from sink.core.mapped_table import MappedTable
from sink.core.row_key import RowKey
from sink.core.values.sql import quoted, read_expression
from sink.state.database_errors import usable
from sink.state.server_clock import NOW
from sink.state.statements import driver_cursor


class TableReader:
    """Reads rows of one mapping over a connection that others opened."""

    def __init__(self, connection: Connection, table: MappedTable) -> None:
        self._connection = connection
        self._table = table
        name = table.mapping
        self._name = f"{quoted(name.database)}.{quoted(name.table_name)}"
        self._key = ", ".join(quoted(column) for column in table.key)
        self._key_read = self._expressions(table.key)
        self._read = self._expressions((*table.key, *table.cells))
        # statements that have parameters are formatted with %
        self._where = None if name.where is None else f"({name.where.replace('%', '%%')})"

    def _expressions(self, columns: Sequence[str]) -> str:
        declared = self._table.declared
        return ", ".join(
            f"{read_expression(declared[column])} AS {quoted(column)}" for column in columns
        )

    def keys(self) -> list[RowKey]:
        """The keys of all rows that the sheet shows."""
        rows = self._asked(f"SELECT {self._key_read} FROM {self._name}{self._shown}", ())
        return [self._key_of(dict(row)) for row in rows.mappings()]

    def size(self) -> int:
        """How many rows the sheet shows."""
        counted = self._asked(f"SELECT COUNT(*) FROM {self._name}{self._shown}", ())
        return int(counted.scalar_one())

    @property
    def _shown(self) -> str:
        return "" if self._where is None else f" WHERE {self._where}"

    def outside(self, keys: Sequence[RowKey]) -> frozenset[RowKey]:
        """Those of ``keys`` whose rows are there and do not satisfy the mapping's condition."""
        if self._where is None or not keys:
            return frozenset()
        marks = ", ".join([self._marks(len(self._table.key))] * len(keys))
        rows = self._asked(
            f"SELECT {self._key_read} FROM {self._name} WHERE ({self._key}) IN ({marks}) "
            f"AND {self._where} IS NOT TRUE",
            tuple(value for key in keys for value in self._parameters(key)),
        )
        return frozenset(self._key_of(dict(row)) for row in rows.mappings())

    def rows(self, keys: Sequence[RowKey], *, lock: bool = False) -> dict[RowKey, Image]:
        """The cells of rows; those that are not there are left out.

        ``lock``: nobody else can change them until the end of the transaction.
        """
        if not keys:
            return {}
        with self._cursor(self._selected(keys, lock=lock), keys) as cursor:
            return self._images(cursor)

    def locked_now(self, keys: Sequence[RowKey]) -> tuple[dict[RowKey, Image], int]:
        """The cells of rows, locked, and the server's clock since when they were; µs."""
        statement = f"{self._selected(keys, lock=True)}; {NOW}"
        with self._cursor(statement, keys) as cursor:
            found = self._images(cursor)
            cursor.nextset()
            (now,) = cursor.fetchone()
            return found, int(now)

    def _selected(self, keys: Sequence[RowKey], *, lock: bool) -> str:
        marks = ", ".join([self._marks(len(self._table.key))] * len(keys))
        locking = " FOR UPDATE" if lock else ""
        return f"SELECT {self._read} FROM {self._name} WHERE ({self._key}) IN ({marks}){locking}"

    @contextmanager
    def _cursor(self, statement: str, keys: Sequence[RowKey]) -> Iterator[Any]:
        """The driver's cursor, once it has run the statement: several of them are one trip."""
        with usable(self._table.mapping.table), driver_cursor(self._connection, statement) as own:
            own.execute(statement, [value for key in keys for value in self._parameters(key)])
            yield own

    def _images(self, cursor: Any) -> dict[RowKey, Image]:
        columns = (*self._table.key, *self._table.cells)
        found = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        return {self._key_of(row): self._table.image_from_row(row) for row in found}

    def _asked(self, statement: str, parameters: tuple[object, ...]) -> CursorResult[Any]:
        with usable(self._table.mapping.table):
            return self._connection.exec_driver_sql(statement, parameters)

    def _key_of(self, row: Mapping[str, object]) -> RowKey:
        codecs = self._table.codecs
        return self._table.key_from_values(
            {column: codecs[column].from_row(row[column]) for column in self._table.key}
        )

    def _parameters(self, key: RowKey) -> list[object]:
        codecs = self._table.codecs
        return [
            codecs[column].to_parameter(value)
            for column, value in zip(self._table.key, key.values, strict=True)
        ]

    @staticmethod
    def _marks(count: int) -> str:
        return f"({', '.join(['%s'] * count)})"
