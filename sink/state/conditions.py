"""Asks the server whether a mapping's condition fits its table.

A CHECK constraint may hold just what a condition may: an expression over the columns of one row
that gives the same result whenever it is asked, without variables, queries and stored functions. So
it is tried as one, on an empty temporary copy of the table that ends with the connection.
https://dev.mysql.com/doc/refman/8.4/en/create-table-check-constraints.html
"""

from __future__ import annotations

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from sink.core.errors import ConfigurationError
from sink.core.mapping import Mapping
from sink.core.values.sql import quoted
from sink.state import schema
from sink.state.database_errors import error_number, may_pass, server_message, translated

SYNTAX = (1064, 1149)
NO_COLUMN = (1054, 3820)
NOT_ALLOWED = range(3812, 3824)
"""What a CHECK constraint must not hold."""


def require_condition(engine: Engine, mapping: Mapping) -> None:
    """Raises ConfigurationError where the server does not take the mapping's condition."""
    if mapping.where is None:
        return
    table = f"{quoted(mapping.database)}.{quoted(mapping.table_name)}"
    copy = f"`{schema.SCHEMA}`.{quoted(f'where__{mapping.name}')}"
    condition = mapping.where.replace("%", "%%")
    with translated(), engine.connect() as plain:
        connection = plain.execution_options(isolation_level="AUTOCOMMIT")

        def run(statement: str) -> None:
            connection.exec_driver_sql(statement, ())

        run(f"DROP TEMPORARY TABLE IF EXISTS {copy}")
        run(f"CREATE TEMPORARY TABLE {copy} AS SELECT * FROM {table} LIMIT 0")
        try:
            run(f"ALTER TABLE {copy} ADD CHECK ((({condition})) IS TRUE)")
        except DBAPIError as error:
            if may_pass(error):
                raise
            raise _refused(mapping, error) from error
        run(f"DROP TEMPORARY TABLE IF EXISTS {copy}")


def _refused(mapping: Mapping, error: DBAPIError) -> ConfigurationError:
    number, message = error_number(error), server_message(error)
    said = f"mapping {mapping.name!r}: where = {mapping.where!r} cannot be used"
    if number in SYNTAX:
        return ConfigurationError(
            f"{said}: the server does not understand it ({message})",
            mend='Write it as in SELECT … WHERE, such as where = "active = 1"',
        )
    if number in NO_COLUMN:
        return ConfigurationError(
            f"{said}: {message}", mend=f"Name only columns of {mapping.table}"
        )
    if number in NOT_ALLOWED:
        return ConfigurationError(
            f"{said}: its result may change though the row does not ({message})",
            mend="Use only the row's columns and functions that always give the same result: no "
            "NOW(), RAND(), variables, stored functions or queries",
        )
    return ConfigurationError(f"{said}: {message}", mend="Correct it")
