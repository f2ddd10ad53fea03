"""Rows of the mapped tables as an ordinary reader sees them. Nothing here can write.

The reader's account has SELECT alone. TIMESTAMP columns are read in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    Table,
    and_,
    create_engine,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.engine import Engine, RowMapping
from sqlalchemy.exc import SQLAlchemyError

from deploy.live_feed.display import ColumnType, Shown, show_row_value
from sink.core.mapping import Mapping
from sink.core.values.registry import fits_a_cell
from sink.state.markers import quoted

MAX_KEYS = 500
"""Rows that are looked up at once; beyond that reading the page anew is cheaper."""

_COLUMNS = text(
    "SELECT column_name AS name, data_type AS kind, COALESCE(datetime_precision, 0) AS fraction"
    " FROM information_schema.columns WHERE table_schema = :schema AND table_name = :name"
    " ORDER BY ordinal_position"
)

Key = tuple[Shown, ...]


_REFUSED = frozenset({1044, 1142, 1143})
"""Access denied to a database, to a table, to a column.

https://dev.mysql.com/doc/mysql-errors/9.7/en/server-error-reference.html
"""


class TableUnreadableError(Exception):
    """A table cannot be read; the text is for people. By itself: MySQL is away."""


class UnreadableMappingError(TableUnreadableError):
    """MySQL answers, but this mapping's table cannot be shown; the others are not concerned."""


@dataclass(frozen=True, slots=True)
class TablePage:
    """Part of a table in key order; each row holds the columns in the table's order."""

    columns: tuple[ColumnType, ...]
    rows: list[list[Shown]]
    total: int


class TableReader:
    """Reads mapped tables over a small pool of connections."""

    def __init__(self, url: str) -> None:
        self._engine: Engine = create_engine(
            url,
            pool_size=2,
            pool_pre_ping=True,
            isolation_level="AUTOCOMMIT",
            connect_args={
                "connect_timeout": 2,
                "read_timeout": 5,
                "init_command": "SET time_zone = '+00:00'",
            },
        )

    @property
    def address(self) -> str:
        """Where MySQL is expected; without account or password."""
        return f"{self._engine.url.host}:{self._engine.url.port or 3306}"

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def server_uuid(self) -> str:
        """The UUID under which the server itself numbers transactions (``@@server_uuid``)."""
        try:
            with self._engine.connect() as connection:
                return str(connection.scalar(text("SELECT @@server_uuid"))).lower()
        except SQLAlchemyError as error:
            raise self._unreadable(error) from error

    def column_types(self, mapping: Mapping) -> tuple[ColumnType, ...]:
        """The table's columns in order, the key's among them; none that no cell can hold.

        Raises UnreadableMappingError where the reader may not see them, TableUnreadableError.
        """
        try:
            with self._engine.connect() as connection:
                return self._column_types(connection, mapping)
        except SQLAlchemyError as error:
            raise self._unreadable(error, mapping) from error

    def page(self, mapping: Mapping, *, offset: int, limit: int) -> TablePage:
        """``limit`` rows from the ``offset``-th on, ordered by key."""
        try:
            with self._engine.connect() as connection:
                types = self._column_types(connection, mapping)
                table = _table(mapping, types)
                total = connection.scalar(select(func.count()).select_from(table)) or 0
                rows = connection.execute(
                    select(table).order_by(*_key(table, mapping)).offset(offset).limit(limit)
                )
                return TablePage(types, [_shown(row) for row in rows.mappings()], total)
        except SQLAlchemyError as error:
            raise self._unreadable(error, mapping) from error

    def rows_by_key(
        self, mapping: Mapping, keys: Iterable[Key], types: Sequence[ColumnType]
    ) -> dict[Key, list[Shown]]:
        """Those rows of at most MAX_KEYS keys that are there, by key as shown."""
        table = _table(mapping, types)
        columns = _key(table, mapping)
        wanted = [
            and_(*(column == part for column, part in zip(columns, key, strict=True)))
            for key in keys
        ]
        if not wanted:
            return {}
        try:
            with self._engine.connect() as connection:
                found = connection.execute(select(table).where(or_(*wanted))).mappings().all()
        except SQLAlchemyError as error:
            raise self._unreadable(error, mapping) from error
        return {
            tuple(show_row_value(row[column]) for column in mapping.key): _shown(row)
            for row in found
        }

    def _column_types(self, connection: Connection, mapping: Mapping) -> tuple[ColumnType, ...]:
        named = {"schema": mapping.database, "name": mapping.table_name}
        found = connection.execute(_COLUMNS, named)
        types = tuple(
            ColumnType(row.name, row.kind.lower(), int(row.fraction))
            for row in found
            if fits_a_cell(row.kind.lower())  # PyMySQL cannot even read a VECTOR
        )
        if not types:
            raise self._hidden(mapping)
        known = [kind.name for kind in types]
        missing = [column for column in mapping.key if column not in known]
        if missing:
            raise UnreadableMappingError(
                f"{mapping.table} has no column {missing[0]!r}, which the key of mapping "
                f"{mapping.name!r} names; its columns are {', '.join(known)}."
            )
        return types

    def _hidden(self, mapping: Mapping) -> UnreadableMappingError:
        """MySQL shows a table only to those who may do something with it."""
        user = self._engine.url.username
        return UnreadableMappingError(
            f"MySQL user {user!r}, with which this page looks, has no right to read "
            f"{mapping.table}, or there is no such table. Syncing goes on without the page. "
            f"As an administrator: GRANT SELECT ON {quoted(mapping.table)} TO '{user}'@'%';"
        )

    def _unreadable(
        self, error: SQLAlchemyError, mapping: Mapping | None = None
    ) -> TableUnreadableError:
        cause = getattr(error, "orig", None) or error
        if mapping is not None and cause.args and cause.args[0] in _REFUSED:
            return self._hidden(mapping)
        detail = cause.args[-1] if cause.args else cause
        return TableUnreadableError(f"MySQL at {self.address} does not answer: {detail}")


def _table(mapping: Mapping, types: Sequence[ColumnType]) -> Table:
    columns: list[Column[object]] = [Column(kind.name) for kind in types]
    return Table(mapping.table_name, MetaData(), *columns, schema=mapping.database)


def _key(table: Table, mapping: Mapping) -> list[Column[object]]:
    return [table.c[column] for column in mapping.key]


def _shown(row: RowMapping) -> list[Shown]:
    return [show_row_value(value) for value in row.values()]
