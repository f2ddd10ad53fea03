"""What the driver raises below SQLAlchemy is told like what SQLAlchemy raises."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pymysql  # type: ignore[import-untyped]  # it ships no types
import pytest
from sqlalchemy import Connection
from sqlalchemy.dialects.mysql.pymysql import MySQLDialect_pymysql
from sqlalchemy.exc import DBAPIError

from sink.state.database_errors import translated
from sink.state.errors import DatabaseUnavailableError
from sink.state.statements import run_whole
from sink.state.stored_rows import read_at_rest


def failing(number: int) -> Connection:
    """A connection all of whose statements fail with MySQL's error of this number."""

    def execute(_statement: object) -> None:
        raise pymysql.err.OperationalError(number, "as the server says it")

    raw = SimpleNamespace(
        cursor=lambda: SimpleNamespace(execute=execute, close=lambda: None), driver_connection=None
    )
    dialect = MySQLDialect_pymysql(dbapi=pymysql)
    return cast(Connection, SimpleNamespace(connection=raw, dialect=dialect))


def test_a_connection_that_is_lost_while_rows_are_asked_for_may_pass() -> None:
    with pytest.raises(DatabaseUnavailableError), translated():
        read_at_rest(failing(2013), 1, [b'{"id":1}'])


def test_a_connection_that_is_lost_while_rows_are_stored_may_pass() -> None:
    with pytest.raises(DatabaseUnavailableError), translated():
        run_whole(failing(2006), ["INSERT"], "INSERT")


def test_what_will_not_pass_is_told_as_it_is() -> None:
    with pytest.raises(DBAPIError, match="as the server says it"), translated():
        read_at_rest(failing(1142), 1, [b'{"id":1}'])
