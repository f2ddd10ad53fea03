"""Keys that the database gives to new rows, known before the rows are written.

MySQL has no ``INSERT … RETURNING``. What a default's expression gives is evaluated first. A number
of AUTO_INCREMENT is had by inserting the row and taking that back: InnoDB never takes back the
counter, so nobody else is given the number, and the row can then be written under its key like any
other. The trial also shows whether the database takes the row at all.
https://dev.mysql.com/doc/refman/8.4/en/innodb-auto-increment-handling.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from sink.core.change_event import Image
from sink.core.condition import not_shown
from sink.core.mapped_table import MappedTable
from sink.core.row_key import RowKey
from sink.core.values.codec import Value
from sink.core.values.sql import quoted, read_expression
from sink.state.database_errors import raise_unless_refused
from sink.state.refusal_causes import Causes


def give_key(
    connection: Connection,
    table: MappedTable,
    cells: Image,
    outside: Callable[[Sequence[RowKey]], frozenset[RowKey]],
) -> RowKey | str:
    """See ``sink.ports.Transaction.give_key``; ``outside`` tells which rows are not to be shown."""
    missing = [column for column in table.key if column not in cells]
    cells = dict(cells)
    savepoint = connection.begin_nested()
    try:
        for column in missing:
            if not table.declared[column].auto_increment:
                cells[column] = _evaluated(connection, table, column, cells)
        number = _tried(connection, table, cells)
        for column in missing:
            if table.declared[column].auto_increment:
                cells[column] = table.codecs[column].from_row(number)
        key = table.key_from_values(cells)
        if outside([key]):
            return not_shown(table.mapping.where or "")
    except DBAPIError as error:
        raise_unless_refused(error, table.mapping.table)
        causes = Causes(connection, table)
        return causes.told(causes.of(error), "insert")
    finally:
        if savepoint.is_active:
            savepoint.rollback()
    return key


def _evaluated(connection: Connection, table: MappedTable, column: str, cells: Image) -> Value:
    """What the default of ``column`` gives in a row with ``cells``."""
    declared = table.declared[column]
    names = ", ".join(f"%s AS {quoted(name)}" for name in cells) or "1"
    expression = (declared.default_expression or "NULL").replace("%", "%%")
    found = connection.exec_driver_sql(
        f"SELECT {read_expression(declared)} FROM (SELECT {expression} AS {quoted(column)} "
        f"FROM (SELECT {names}) AS cells) AS made",
        tuple(table.codecs[name].to_parameter(value) for name, value in cells.items()),
    )
    return table.codecs[column].from_row(found.scalar_one())


def _tried(connection: Connection, table: MappedTable, cells: Image) -> int:
    """Insert a row that is taken back afterwards; returns its number, 0 where it was given none."""
    mapping = table.mapping
    names = ", ".join(quoted(name) for name in cells)
    marks = ", ".join(["%s"] * len(cells))
    done = connection.exec_driver_sql(
        f"INSERT INTO {quoted(mapping.database)}.{quoted(mapping.table_name)} ({names}) "
        f"VALUES ({marks})",
        tuple(table.codecs[name].to_parameter(value) for name, value in cells.items()),
    )
    return int(done.lastrowid)
